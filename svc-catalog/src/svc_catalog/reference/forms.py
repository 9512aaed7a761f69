"""The first forms, one file each, with the questions that several of them share."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from ..domain.forms import Form
from . import files

_FORM: Final = TypeAdapter(Form)


def forms() -> list[Form]:
    """Every form of the reference data, by code."""
    parts = files.read("form_parts.toml")
    made = [_FORM.validate_python(_with_parts(record, parts)) for record in files.read_all("forms")]
    return sorted(made, key=lambda each: each.code)


def _with_parts(node: Any, parts: Mapping[str, Any]) -> Any:
    """The same, with each question that names a part made whole; what stands beside the name goes before."""
    if isinstance(node, list):
        return [_with_parts(each, parts) for each in node]
    if not isinstance(node, dict):
        return node
    whole = {name: _with_parts(value, parts) for name, value in node.items() if name != "part"}
    return {**parts[node["part"]], **whole} if "part" in node else whole
