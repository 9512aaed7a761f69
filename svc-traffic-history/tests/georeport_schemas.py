"""The official JSON Schemas of GeoReport v2 (`open311_schemas/`), which every answer has to hold."""

import json
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

_FOLDER: Final = Path(__file__).parent / "open311_schemas"
_SCHEMAS: Final = {
    file.name: DRAFT202012.create_resource(json.loads(file.read_text())) for file in _FOLDER.glob("*.json")
}
_REGISTRY: Final[Registry[Any]] = Registry().with_resources(_SCHEMAS.items())


def faults(name: str, answer: Any) -> list[str]:
    """What the schema with a name (`services`, `service-definition`, `requests`) finds wrong."""
    schema = _SCHEMAS[f"{name}.json"].contents
    check = Draft202012Validator(
        schema, registry=_REGISTRY, format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [f"{error.json_path}: {error.message}" for error in check.iter_errors(answer)]
