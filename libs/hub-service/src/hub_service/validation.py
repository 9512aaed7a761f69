"""Validation errors of pydantic as members of the `invalid-request` problem.

The wrong value itself is never repeated: it may be personal.
"""

from collections.abc import Sequence
from typing import Any, Final

from hub_core.problem import FieldError

from .problems import InvalidRequest, MalformedRequest

_BY_TYPE: Final = {
    "missing": "This field is required",
    "extra_forbidden": "This field is not known",
    "string_type": "Text is expected here",
    "string_too_short": "The text is too short",
    "string_too_long": "The text is too long",
    "string_pattern_mismatch": "The text does not have the expected form",
    "string_unicode": "The text is not valid Unicode",
    "enum": "This is not one of the allowed values",
    "literal_error": "This is not one of the allowed values",
    "uuid_parsing": "This is not a valid identifier",
    "uuid_type": "This is not a valid identifier",
    "int_type": "A whole number is expected here",
    "int_parsing": "A whole number is expected here",
    "bool_type": "True or false is expected here",
    "bool_parsing": "True or false is expected here",
    "greater_than_equal": "The number is too small",
    "less_than_equal": "The number is too large",
    "date_from_datetime_parsing": "This is not a valid date",
    "date_parsing": "This is not a valid date",
    "datetime_parsing": "This is not a valid instant",
    "model_attributes_type": "An object is expected here",
    "model_type": "An object is expected here",
    "list_type": "A list is expected here",
    "too_long": "There are too many items",
    "too_short": "There are too few items",
}
_OTHERWISE: Final = "This value is not valid"
_PLACES: Final = ("query", "path", "header", "cookie")
_MOST: Final = 100


def problem_of(errors: Sequence[Any]) -> InvalidRequest | MalformedRequest:
    """The problem for what pydantic found; `malformed-request` when the body is no JSON at all."""
    if any(error["type"] == "json_invalid" for error in errors):
        return MalformedRequest()
    return InvalidRequest(
        errors=[
            FieldError(_pointer(error["loc"]), code, _BY_TYPE.get(code, _OTHERWISE))
            for error in errors[:_MOST]
            for code in [_code(error)]
        ]
    )


def _code(error: Any) -> str:
    """Pydantic's code; a text's length is a text's, also when measured after its normalisation."""
    code: str = error["type"]
    return f"string_{code}" if code in ("too_short", "too_long") and isinstance(error["input"], str) else code


def _pointer(location: Sequence[str | int]) -> str:
    place, *members = location
    if place in _PLACES:
        return f"{place}/{'/'.join(str(member) for member in members)}"[:512]
    return "".join("/" + str(member).replace("~", "~0").replace("/", "~1") for member in members)[:512]
