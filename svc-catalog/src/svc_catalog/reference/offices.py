"""The first offices: a counter of each county unit that receives people, and those that are known by name."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from pydantic import TypeAdapter

from hub_core.county import BY_CODE, COUNTIES, County

from ..domain.institutions import institution_id
from ..domain.places import Office, office_id
from . import files

_OFFICE: Final = TypeAdapter(Office)
_POLICE: Final = {"B": "DGPMB"}
"""The county police where it is not called IPJ."""


def offices() -> list[Office]:
    """Every office of the reference data."""
    data = files.read("offices.toml")
    records = [each for pattern in data["pattern"] for each in _of_counties(pattern)] + data["office"]
    return [_office(record, data["valid_from"]) for record in records]


def _of_counties(pattern: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for county in COUNTIES:
        known = {
            "code": county.code,
            "county": county.name,
            "seat": county.seat,
            "police": _POLICE.get(county.code, f"IPJ-{county.code}"),
        }
        yield {
            **pattern,
            "code": pattern["code"].format_map(known),
            "institution": pattern["institution"].format_map(known),
            "names": {language: name.format_map(known) for language, name in pattern["names"].items()},
            "siruta": county.seat_siruta,
            "county": county.code,
        }


def _office(record: Mapping[str, Any], valid_from: date) -> Office:
    given = {key: value for key, value in record.items() if key != "institution"}
    unit = institution_id(record["institution"])
    county = record.get("county") or _county_of(record["institution"]).code
    return _OFFICE.validate_python(
        {
            "valid_from": valid_from,
            **given,
            "id": office_id(record["code"]),
            "institution_id": unit,
            "county": county,
        }
    )


def _county_of(institution: str) -> County:
    """The county in the code of a county's unit, such as `SPCP-B`."""
    return BY_CODE[institution.rpartition("-")[2]]
