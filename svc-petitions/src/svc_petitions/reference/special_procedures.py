"""Procedures that are no petitions, from `data/special_procedures.toml`."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import TypeAdapter

from ..domain.special_procedures import SpecialProcedure

_PROCEDURES: Final = TypeAdapter(list[SpecialProcedure])


@cache
def special_procedures() -> Sequence[SpecialProcedure]:
    """The procedures in the order of the file."""
    text = (files(__package__.rpartition(".")[0]) / "data/special_procedures.toml").read_text()
    return _PROCEDURES.validate_python(tomllib.loads(text)["procedure"])
