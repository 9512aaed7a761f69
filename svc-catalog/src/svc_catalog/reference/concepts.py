"""What codes mean, in words."""

from collections.abc import Mapping
from functools import cache

from pydantic import TypeAdapter

from ..domain.text import Texts
from . import files


@cache
def concepts() -> Mapping[str, Mapping[str, Texts]]:
    """The names of codes, by the kind of code, such as `audience`, and the code."""
    return TypeAdapter(dict[str, dict[str, Texts]]).validate_python(files.read("concepts.toml"))


def name(kind: str, code: str) -> Texts:
    """What a code is called; open codes that have no name yet are made readable."""
    known = concepts()[kind].get(code)
    readable = code.replace("_", " ").capitalize()
    return known or Texts(ro=readable, en=readable)
