"""The offices of the first day, from `data/offices.toml`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from hub_core.county import BY_CODE

from ..domain.offices import Office, Pool, pool_id
from ..domain.schedules import Hours, Weekly


@cache
def offices() -> Sequence[Office]:
    """Every office, with its pools."""
    return tuple(_office(record) for record in _records())


@cache
def weeks() -> Mapping[UUID, tuple[Weekly, ...]]:
    """The hours of the first day, by pool."""
    first = _data()["valid_from"]
    return {
        pool_id(UUID(record["id"]), pool["code"]): _week(pool["hours"], first)
        for record in _records()
        for pool in record["pool"]
    }


@cache
def declares_bridge_days() -> UUID:
    """The institution that declares the days off which the government grants."""
    return UUID(_data()["bridge_days"])


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__.rpartition(".")[0]) / "data/offices.toml").read_text())


def _records() -> Iterator[dict[str, Any]]:
    data = _data()
    for pattern in data["pattern"]:
        for seat in data["seat"]:
            county = BY_CODE[seat["county"]]
            ids = seat[pattern["kind"]]
            yield {
                "id": ids["office"],
                "code": pattern["code"].format(code=county.code),
                "institution_id": ids["institution"],
                "county": county.code,
                "serves": [county.code],
                "latitude": seat["latitude"],
                "longitude": seat["longitude"],
                "names": {tongue: name.format(seat=county.seat) for tongue, name in pattern["names"].items()},
                "pool": pattern["pool"],
            }
    yield from data["office"]


def _office(record: Mapping[str, Any]) -> Office:
    office_id = UUID(record["id"])
    return Office(
        id=office_id,
        code=record["code"],
        institution_id=UUID(record["institution_id"]),
        county=record["county"],
        serves=tuple(record["serves"]),
        names=record["names"],
        valid_from=_data()["valid_from"],
        latitude=record["latitude"],
        longitude=record["longitude"],
        pools=tuple(
            Pool(
                id=pool_id(office_id, pool["code"]),
                office_id=office_id,
                code=pool["code"],
                names=pool["names"],
                types=tuple(pool["types"]),
            )
            for pool in record["pool"]
        ),
    )


def _week(hours: Mapping[str, Any], first: date) -> tuple[Weekly, ...]:
    stretch = Hours(hours["opens"], hours["closes"], hours["slot_minutes"], hours["counters"])
    return tuple(Weekly(weekday, stretch, first) for weekday in hours["weekdays"])
