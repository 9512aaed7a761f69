"""Which counties are next to which, from `data/neighbours.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import TypeAdapter

_NEIGHBOURS: Final = TypeAdapter(dict[str, tuple[str, ...]])


@cache
def neighbours() -> Mapping[str, tuple[str, ...]]:
    """The neighbours of each county, by vehicle codes."""
    text = (files(__package__.rpartition(".")[0]) / "data/neighbours.toml").read_text()
    return _NEIGHBOURS.validate_python(tomllib.loads(text))
