"""The check of a form's data: first its JSON Schema, then what a schema cannot say.

The values themselves are never repeated: they are personal.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from hub_core.language import Language
from hub_core.problem import FieldError

from ..domain import form_checks, form_schema
from ..domain.forms import FieldKind, Form, Sources

REQUIRED: Final = "This field is required"
UNKNOWN: Final = "This field is not known"
NOT_ASKED: Final = "This is not asked for in this case: leave it out"
TICK: Final = "Tick this box to go on"
CHOICE: Final = "This is not one of the allowed values"
TEXT: Final = "Text is expected here"
OBJECT: Final = "An object is expected here"
LIST: Final = "A list is expected here"
YES_OR_NO: Final = "True or false is expected here"
BLANK: Final = "This field may not be empty"
TOO_SHORT: Final = "At least {bound} characters are needed"
TOO_LONG: Final = "At most {bound} characters are allowed"
TOO_FEW: Final = "At least {bound} are needed"
TOO_MANY: Final = "At most {bound} are allowed"
TWICE: Final = "The same is there twice"
EMAIL: Final = "Enter an e-mail address, such as name@example.org"
DATE: Final = "Enter a date as year-month-day, such as 2026-11-21"
TIME: Final = "Enter the hour as hours:minutes, such as 17:45"
PHONE: Final = "Enter a telephone number, such as 0745 123 456"
PLATE: Final = "Enter the registration number in capitals, such as CV 12 ABC"
DIGITS: Final = "Only digits are allowed here"
ONE_LINE: Final = "Write this in one line; it may not be empty"
FILE: Final = "This is not the reference of an uploaded file"
OTHERWISE: Final = "This value is not valid"

_TYPES: Final = {"string": TEXT, "object": OBJECT, "array": LIST, "boolean": YES_OR_NO}
_PATTERNS: Final = {
    FieldKind.LINE: ONE_LINE,
    FieldKind.TEXT: BLANK,
    FieldKind.PHONE: PHONE,
    FieldKind.TIME: TIME,
    FieldKind.PLATE: PLATE,
    FieldKind.DIGITS: DIGITS,
    FieldKind.POSTAL_CODE: DIGITS,
    FieldKind.CNP: form_checks.CNP,
    FieldKind.CUI: form_checks.CUI,
    FieldKind.EVIDENCE: FILE,
}
_BOUNDS: Final = {
    "minLength": TOO_SHORT,
    "maxLength": TOO_LONG,
    "minItems": TOO_FEW,
    "maxItems": TOO_MANY,
}
_BY_KEYWORD: Final = {"enum": CHOICE, "oneOf": CHOICE, "uniqueItems": TWICE}
_FORMATS: Final = {"email": EMAIL, "date": DATE}
TEXTS: Final = (
    *(REQUIRED, UNKNOWN, NOT_ASKED, TICK, CHOICE, OTHERWISE, TWICE, BLANK, FILE),
    *(*_TYPES.values(), *_PATTERNS.values(), *_BOUNDS.values(), *_FORMATS.values()),
    *form_checks.TEXTS,
)
"""Every message that a caller can meet."""

# RFC 5321 4.1.2, as far as people use it: a dot-string of ASCII, @, a host name of two labels or more.
_MAILBOX: Final = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?",
    re.IGNORECASE | re.ASCII,
)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_END: Final = re.compile(r"\$\Z")
_formats: Final = FormatChecker(formats=())


@_formats.checks("email")
def _is_mailbox(value: object) -> bool:
    return not isinstance(value, str) or _MAILBOX.fullmatch(value) is not None


@_formats.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or (
        _DATE.fullmatch(value) is not None and date.fromisoformat(value) is not None
    )


def _pattern(
    _validator: Any, pattern: str, instance: object, _schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """`pattern` as ECMA-262 reads it: `$` is the very end, not the place before a last line break."""
    if isinstance(instance, str) and not re.search(_END.sub(r"\\Z", pattern), instance):
        yield ValidationError("the text does not match")


def _properties(
    validator: Any, properties: Mapping[str, Any], instance: object, _schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """`properties`, whose members that may not be there are faulted where they stand.

    The library names no place for the schema `false`.
    """
    if isinstance(instance, dict):
        for name, schema in properties.items():
            if name in instance:
                told = {"not": {}} if schema is False else schema
                yield from validator.descend(instance[name], told, path=name, schema_path=name)


def _items(
    validator: Any, items: Mapping[str, Any], instance: object, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """`items`, up to as many as there may be: what is too long is faulted as a whole."""
    if isinstance(instance, list):
        for position, item in enumerate(instance[: schema["maxItems"]]):
            yield from validator.descend(item, items, path=position)


def _unique(
    _validator: Any, _wanted: object, instance: object, _schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """`uniqueItems`, in a time that grows with the length only: anybody may send what they like."""
    if isinstance(instance, list) and len({json.dumps(item, sort_keys=True) for item in instance}) < len(
        instance
    ):
        yield ValidationError("an item is there twice")


_extend: Final[Any] = validators.extend  # it has no types
_Validator: Final = _extend(
    Draft202012Validator,
    {"pattern": _pattern, "properties": _properties, "items": _items, "uniqueItems": _unique},
)


def faults(form: Form, sources: Sources, data: Mapping[str, Any], today: date) -> list[FieldError]:
    """What is wrong with the data, by JSON pointer; `code` is the keyword of the schema, or a check's name.

    A pointer that the schema faults is not looked at further.
    """
    schema = form_schema.schema(form, sources, Language.EN, "")
    del schema["$id"]
    found = [
        fault
        for error in _Validator(schema, format_checker=_formats).iter_errors(data)
        for fault in _of(form, error)
    ]
    known = {fault.pointer for fault in found}
    found += [fault for fault in form_checks.faults(form, data, today) if fault.pointer not in known]
    return sorted(dict.fromkeys(found), key=lambda fault: fault.pointer)


def _of(form: Form, error: Any) -> Iterator[FieldError]:
    place = _pointer(error.absolute_path)
    keyword = error.validator
    if keyword == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        yield from (FieldError(_pointer([*error.absolute_path, name]), keyword, REQUIRED) for name in missing)
    elif keyword == "additionalProperties":
        unknown = [name for name in error.instance if name not in error.schema["properties"]]
        yield from (FieldError(_pointer([*error.absolute_path, name]), keyword, UNKNOWN) for name in unknown)
    elif keyword == "not":
        yield FieldError(place, "not-asked", NOT_ASKED)
    elif keyword in _BOUNDS:
        yield _of_bound(place, keyword, error.validator_value)
    else:
        yield FieldError(
            place, _CODES.get(keyword, keyword), _text(form, place, keyword, error.validator_value)
        )


def _of_bound(place: str, keyword: str, bound: int) -> FieldError:
    if (keyword, bound) == ("minLength", 1):
        return FieldError(place, keyword, BLANK)
    return FieldError(place, keyword, _BOUNDS[keyword], {"bound": bound})


def _text(form: Form, place: str, keyword: str, value: Any) -> str:
    if keyword == "enum" and value == [True]:
        return TICK
    if keyword == "type":
        return _TYPES.get(value, OTHERWISE)
    if keyword == "format":
        return _FORMATS.get(value, OTHERWISE)
    if keyword == "pattern":
        asked = form.at(place)
        return _PATTERNS.get(asked.kind, OTHERWISE) if asked else OTHERWISE
    return _BY_KEYWORD.get(keyword, OTHERWISE)


def _pointer(path: Sequence[str | int]) -> str:
    return "".join("/" + str(member).replace("~", "~0").replace("/", "~1") for member in path)


_CODES: Final = {"oneOf": "enum"}
"""A choice with titles is an enumeration to the caller."""
