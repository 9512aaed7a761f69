"""The files under `data/`: the truth of the reference data."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final

_DATA: Final = files("svc_catalog") / "data"


def read(name: str) -> dict[str, Any]:
    """One file, as its TOML says."""
    return tomllib.loads((_DATA / name).read_text(encoding="utf-8"))


def read_all(folder: str) -> Iterator[dict[str, Any]]:
    """Every file of a folder, by name."""
    for file in sorted((_DATA / folder).iterdir(), key=lambda each: each.name):
        yield tomllib.loads(file.read_text(encoding="utf-8"))
