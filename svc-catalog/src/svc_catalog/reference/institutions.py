"""The ministry's structures, the counties' units, and the authorities outside that people mean."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from hub_core.county import BY_CODE, COUNTIES, County

from ..domain.institutions import Institution, institution_id
from . import files

_INSTITUTION: Final = TypeAdapter(Institution)


def institutions() -> list[Institution]:
    """Every institution of the reference data."""
    central = files.read("institutions.toml")
    county = files.read("county_units.toml")
    records = [record | {"counties": ()} for record in central["institution"]]
    units = [each for unit in county["unit"] for each in _units(unit, county["hungarian"])]
    outside = files.read("outside.toml")
    records += [record | {"kind": "OUTSIDE", "counties": ()} for record in outside["institution"]]
    return [_institution(record, central["valid_from"]) for record in records] + [
        _institution(record, county["valid_from"]) for record in units
    ]


def hungarian_counties() -> dict[str, str]:
    """The Hungarian names of counties by vehicle code, where one is usual."""
    names: dict[str, str] = files.read("county_units.toml")["hungarian"]
    return names


def _units(unit: Mapping[str, Any], hungarian: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The records of one kind of county unit: the exceptions, then the pattern for the other counties."""
    common = {key: value for key, value in unit.items() if key not in {"exceptions", "names", "verified"}}
    covered: set[str] = set()
    for exception in unit["exceptions"]:
        first = BY_CODE[exception["counties"][0]]
        yield common | exception | _of_county(unit, first) | {"code": exception["code"]}
        covered |= set(exception["counties"])
    for county in COUNTIES:
        if county.code not in covered:
            named = {
                language: pattern.format(
                    county=hungarian.get(county.code, county.name) if language == "hu" else county.name
                )
                for language, pattern in unit["names"].items()
            }
            given = {"counties": (county.code,), "names": named, "verified": unit.get("verified", False)}
            yield common | given | _of_county(unit, county)


def _of_county(unit: Mapping[str, Any], county: County) -> dict[str, Any]:
    """What of a unit's pattern differs by county: code, parent, contacts."""
    contacts = [
        {key: value for key, value in contact.items() if key != "except_counties"}
        | {"value": contact["value"].format(domain=county.code.lower())}
        for contact in unit.get("contacts", ())
        if county.code not in contact.get("except_counties", ())
    ]
    return {
        "code": unit["code"].format(code=county.code),
        "parent": unit["parent"].format(code=county.code),
        "contacts": contacts,
    }


def _institution(record: Mapping[str, Any], valid_from: object) -> Institution:
    given = {key: value for key, value in record.items() if key not in {"parent", "successor"}}
    return _INSTITUTION.validate_python(
        {
            "valid_from": valid_from,
            **given,
            "id": institution_id(record["code"]),
            "parent_id": _id_of(record.get("parent")),
            "successor_id": _id_of(record.get("successor")),
        }
    )


def _id_of(code: str | None) -> UUID | None:
    return institution_id(code) if code else None
