"""The first rule tables, a file for each field."""

from typing import Final

from pydantic import TypeAdapter

from hub_core.rules import Rule

from . import files

_RULE: Final = TypeAdapter(Rule)


def rules() -> list[Rule]:
    """Every rule of the reference data."""
    records = [record for file in files.read_all("rules") for record in file["rule"]]
    return [_RULE.validate_python({"valid_to": None, **record}) for record in records]
