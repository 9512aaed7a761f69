"""What can be booked, from `data/types.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import TypeAdapter

from ..domain.types import BookableType

_TYPES: Final = TypeAdapter(list[BookableType])


@cache
def types() -> Mapping[str, BookableType]:
    """The types by code, in the order of the file."""
    text = (files(__package__.rpartition(".")[0]) / "data/types.toml").read_text()
    return {each.code: each for each in _TYPES.validate_python(tomllib.loads(text)["type"])}
