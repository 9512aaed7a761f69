"""The ages that change what is brought, from `data/ages.toml`."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import TypeAdapter

from ..domain.documents import FULL_AGE_RULE, LEAP_RULE, Age

_AGES: Final = TypeAdapter(tuple[Age, ...])


@cache
def ages() -> Sequence[Age]:
    """Every age, the youngest first."""
    text = (files(__package__.rpartition(".")[0]) / "data/ages.toml").read_text()
    return _AGES.validate_python(tomllib.loads(text)["age"])


@cache
def age_rules() -> Sequence[str]:
    """The codes of the legal numbers that ages are counted by."""
    codes = {code for age in ages() for code in (age.rule, age.until) if code}
    return sorted(codes | {FULL_AGE_RULE, LEAP_RULE})
