"""The datasets of the catalog."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from pydantic import TypeAdapter

from ..domain.changes import ChangeKind
from ..domain.text import Texts
from . import files


@dataclass(frozen=True, slots=True)
class Distribution:
    """A form in which a dataset may be taken; `file_type` is a code of the EU's authority table.

    Where two are of one type, they are told apart by `code`.
    """

    path: str
    media_type: str
    file_type: str
    conforms_to: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """Data that may be taken. `kinds` are the changes by which it is known when it last changed."""

    code: str
    title: Texts
    description: Texts
    kinds: tuple[ChangeKind, ...]
    themes: tuple[str, ...]
    frequency: str
    distributions: tuple[Distribution, ...]
    rights: Texts | None = None


@dataclass(frozen=True, slots=True)
class OpenData:
    """The datasets, their licence (a code of the EU's authority table), and since when they are kept."""

    licence: str
    since: date
    datasets: tuple[Dataset, ...]


@cache
def open_data() -> OpenData:
    """What of the catalog is open data."""
    given = files.read("open_data.toml")
    return TypeAdapter(OpenData).validate_python(
        {"licence": given["licence"], "since": given["since"], "datasets": given["dataset"]}
    )
