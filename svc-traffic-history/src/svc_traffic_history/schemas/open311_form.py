"""A report of aggressive driving as a form of GeoReport v2 has it.

Who reports says the token: `api_key` and the fields about a person are taken and not looked at, because
clients of the standard send them to everybody.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

from pydantic import ValidationError

from hub_core.problem import FieldError
from hub_service import validation
from hub_service.problems import InvalidRequest, MalformedRequest

from ..domain import georeport
from ..errors.open311 import JurisdictionNotFound, ServiceCodeNotFound
from .driving_reports import SendDrivingReport

_MOST_FIELDS: Final = 64
_MANOEUVRES: Final = "attribute[manoeuvres][]"
_PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "address_string": ("place", "description"),
    "attribute[correspondence_address]": ("address",),
    "attribute[county]": ("place", "county"),
    "attribute[declaration]": ("declaration", "version"),
    "attribute[happened_at]": ("event_time",),
    "attribute[plate]": ("plate", "number"),
    "attribute[plate_country]": ("plate", "country"),
    "attribute[seen_by_chance]": ("seen_by_chance",),
    "attribute[siruta]": ("place", "siruta"),
    "description": ("description",),
    "lat": ("place", "coordinates", "latitude"),
    "long": ("place", "coordinates", "longitude"),
    "phone": ("phone",),
    _MANOEUVRES: ("manoeuvres",),
}
"""Where what a field says stands in a report."""
_REQUIRED: Final = (
    *("service_code", "phone", _MANOEUVRES),
    *(f"attribute[{code}]" for code in ("happened_at", "county", "plate", "seen_by_chance")),
    *(f"attribute[{code}]" for code in ("declaration", "correspondence_address")),
)
_OTHERS: Final[Mapping[str, str]] = {
    "service_code": "What is reported.",
    "jurisdiction_id": "May be left out: there is one.",
    "api_key": "Not looked at: the header Authorization says who reports.",
    "account_id": "Not looked at.",
    "device_id": "Not looked at.",
    "email": "Not looked at.",
    "first_name": "Not looked at.",
    "last_name": "Not looked at.",
}
_SAID: Final[Mapping[str, str]] = {
    "address_string": "The place in words: the road, the kilometre, the junction.",
    "attribute[correspondence_address]": "Your address for letters.",
    "attribute[county]": "The county, by its code.",
    "attribute[declaration]": "The version of the declaration that you agree to, as the definition has it.",
    "attribute[happened_at]": "When it was (ISO 8601).",
    "attribute[plate]": "The registration number.",
    "attribute[plate_country]": "The country of the plate (ISO 3166-1), unless it is Romania.",
    "attribute[seen_by_chance]": "YES, if you were a participant in traffic and saw it by chance.",
    "attribute[siruta]": "The locality, by its SIRUTA code.",
    "description": "What happened, in your words.",
    "lat": "Degrees north (WGS 84), with `long`.",
    "long": "Degrees east (WGS 84), with `lat`.",
    "phone": "A telephone number at which you can be reached.",
}
_TEXT: Final = {"type": "string", "maxLength": 4000, "pattern": r"^[^\x00]*$"}
FORM: Final = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {
                "type": "object",
                "required": list(_REQUIRED),
                "properties": {
                    name: _TEXT | {"description": said} for name, said in (*_OTHERS.items(), *_SAID.items())
                }
                | {
                    _MANOEUVRES: {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 9,
                        "items": {"type": "string", "maxLength": 2, "pattern": "^[a-z]{1,2}$"},
                        "description": "What the driver did: the field is repeated for each.",
                    }
                },
            }
        }
    },
}
"""The form in the contract."""


def read(body: bytes) -> SendDrivingReport:
    """The report of a form in UTF-8.

    Raises `MalformedRequest` for what is no form, `InvalidRequest` with the names of fields,
    `JurisdictionNotFound`, `ServiceCodeNotFound`.
    """
    given: dict[str, list[str]] = defaultdict(list)
    for name, value in _fields(body):
        if value:
            given[_MANOEUVRES if name == "attribute[manoeuvres]" else name].append(value)
    _must_be_known(given)
    if given.get("jurisdiction_id", [georeport.JURISDICTION]) != [georeport.JURISDICTION]:
        raise JurisdictionNotFound
    if given["service_code"] != [georeport.SERVICE]:
        raise ServiceCodeNotFound
    try:
        return SendDrivingReport.model_validate(_nested(given))
    except ValidationError as error:
        found = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        raise validation.problem_of(found) from None


def field_of(pointer: str) -> str:
    """The field that a pointer into a report means; what is no such pointer stays as it is."""
    parts = pointer.strip("/").split("/")
    for name, place in _PLACES.items():
        if list(place) == parts[: len(place)]:
            return name
    return next((name for name, place in _PLACES.items() if list(place[: len(parts)]) == parts), pointer)


def _fields(body: bytes) -> Sequence[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise MalformedRequest from None


def _must_be_known(given: Mapping[str, Sequence[str]]) -> None:
    faults = [
        FieldError(name[:64], "unknown", "This parameter is not known")
        for name in given
        if name not in _PLACES and name not in _OTHERS
    ]
    faults += [
        FieldError(name, "repeated", "This field is given more than once")
        for name, values in given.items()
        if len(values) > 1 and name != _MANOEUVRES
    ]
    faults += [
        FieldError(name, "missing", "This field is required") for name in _REQUIRED if name not in given
    ]
    if faults:
        raise InvalidRequest(errors=faults)


def _nested(given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What the fields say, as the JSON of the contract has it."""
    report: dict[str, Any] = {}
    for name, place in _PLACES.items():
        if name not in given:
            continue
        *outer, last = place
        inner = report
        for step in outer:
            inner = inner.setdefault(step, {})
        inner[last] = given[name] if name == _MANOEUVRES else given[name][0]
    report["seen_by_chance"] = report["seen_by_chance"] == "YES"
    report["declaration"]["agreed"] = True
    return report
