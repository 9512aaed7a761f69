"""The first rule tables, a file for each field."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from hub_core.rules import Rule

from ..domain.rules import RuleField, RuleTable
from . import files

_TABLE: Final = TypeAdapter(RuleTable)


def rule_tables() -> list[RuleTable]:
    """Every rule table of the reference data."""
    return [
        _table(record, field)
        for field in RuleField
        for record in files.read(f"rules/{field.lower().replace('_', '-')}.toml")["rule"]
    ]


def rules() -> list[Rule]:
    """Every row of every table."""
    return [row for table in rule_tables() for row in table.rows]


def _table(record: Mapping[str, Any], field: RuleField) -> RuleTable:
    common = {"code": record["code"], "unit": record["unit"], "counting": record.get("counting")}
    rows = [{"value": 0, "valid_to": None, **row, **common} for row in record["rows"]]
    return _TABLE.validate_python({**common, "title": record["title"], "field": field, "rows": rows})
