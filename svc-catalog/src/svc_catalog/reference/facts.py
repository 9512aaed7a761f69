"""The facts that conditions ask for."""

from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter

from hub_core.county import COUNTIES

from ..domain.facts import Fact, Facts
from . import files
from .institutions import hungarian_counties

_FACTS: Final = TypeAdapter(list[Fact])


@cache
def facts() -> Facts:
    """The catalog of facts, in the order in which one would ask."""
    return Facts(_FACTS.validate_python([_complete(record) for record in files.read("facts.toml")["fact"]]))


def _complete(record: dict[str, Any]) -> dict[str, Any]:
    if record.get("options") != "COUNTIES":
        return record
    hungarian = hungarian_counties()
    options = [
        {"code": each.code, "text": {"ro": each.name, "en": each.name, "hu": hungarian.get(each.code)}}
        for each in COUNTIES
    ]
    return record | {"options": options}
