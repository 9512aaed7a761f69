"""The names of counties and towns, from `data/places.toml`."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import TypeAdapter

from ..domain.places import Gazetteer, Names

_NAMES: Final = TypeAdapter(dict[str, Names])


@cache
def gazetteer() -> Gazetteer:
    """The places by which a text says where something happened."""
    text = (files(__package__.rpartition(".")[0]) / "data/places.toml").read_text()
    return Gazetteer(_NAMES.validate_python(tomllib.loads(text)))
