"""What is wrong with the data of a form beyond its schema: check digits, numbers, dates in the future."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from hub_core import cnp, cui, phone
from hub_core.problem import FieldError

from .forms import Field, FieldKind, Form

CNP: Final = "This is not a valid personal number (CNP): check the digits"
CUI: Final = "This is not a valid fiscal code (CUI): check the digits"
PHONE: Final = "This is not a valid telephone number; a number from abroad begins with + and the country code"
FUTURE: Final = "This date is in the future"
TWICE: Final = "The same personal number is there twice"
TEXTS: Final = (CNP, CUI, PHONE, FUTURE, TWICE)


def faults(form: Form, data: Mapping[str, Any], today: date) -> Iterator[FieldError]:
    """Each fault with its JSON pointer; values of another type than the schema's are passed over."""
    for section in form.sections:
        yield from _of_members(section.fields, data.get(section.name), f"/{section.name}", today)


def _of_members(fields: tuple[Field, ...], data: object, pointer: str, today: date) -> Iterator[FieldError]:
    if not isinstance(data, dict):
        return
    for asked in fields:
        value, place = data.get(asked.name), f"{pointer}/{asked.name}"
        if asked.kind is FieldKind.LIST and isinstance(value, list):
            for position, item in enumerate(value):
                yield from _of_members(asked.fields, item, f"{place}/{position}", today)
            yield from _repeated(asked.fields, value, place)
        elif isinstance(value, str) and (fault := _of_value(asked, value, today)):
            yield FieldError(place, *fault)


def _of_value(asked: Field, value: str, today: date) -> tuple[str, str] | None:
    try:
        match asked.kind:
            case FieldKind.CNP:
                code, text = "cnp", CNP
                cnp.validate(value, today)
            case FieldKind.CUI:
                code, text = "cui", CUI
                cui.parse(value)
            case FieldKind.PHONE:
                code, text = "phone", PHONE
                phone.parse(value)
            case FieldKind.DATE if asked.past:
                code, text = "future", FUTURE
                return (code, text) if _date(value) > today else None
    except ValueError:
        return code, text
    return None


def _date(value: str) -> date:
    """The date; the first of all where it is none, which the schema says."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return date.min


def _repeated(fields: tuple[Field, ...], items: list[Any], pointer: str) -> Iterator[FieldError]:
    """A personal number that stands in two items."""
    for name in (each.name for each in fields if each.kind is FieldKind.CNP):
        seen: set[str] = set()
        for position, item in enumerate(items):
            number = item.get(name) if isinstance(item, dict) else None
            if not isinstance(number, str):
                continue
            if number in seen:
                yield FieldError(f"{pointer}/{position}/{name}", "repeated", TWICE)
            seen.add(number)
