"""What to bring: whom it is told to, ages, and the catalog away. The lists themselves: tests/appointments."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, cnp, ids
from hub_core.language import Language
from hub_core.principal import Assurance
from hub_events.session import Session
from svc_passport_booking.clients import Catalog
from svc_passport_booking.domain import documents as domain
from svc_passport_booking.errors.appointments import OutsideWindow
from svc_passport_booking.reference.ages import ages
from svc_passport_booking.reference.types import types

from .build import a_cnp, some_slots

DOCUMENTS = "/passport-booking/v1/documents"
_serials = itertools.count()
TEXT = {"ro": "Act", "hu": None, "en": None}
ANSWER: dict[str, Any] = {
    "outcome": "MORE_NEEDED",
    "evidence": [
        {
            "evidence": "photos",
            "title": TEXT,
            "note": None,
            "mandatory": True,
            "certain": False,
            "channels": [],
        }
    ],
    "unmet": [],
    "told": [],
    "questions": [
        {
            "fact": "former_passport",
            "kind": "CODE",
            "question": TEXT,
            "help": None,
            "answers": [{"code": "NONE", "text": TEXT}],
            "highest": None,
            "decides": ["EVIDENCE"],
        }
    ],
    "costs": [],
}


@dataclass
class AnotherCatalog:
    """The catalog as its contract has it; it refuses some facts, or is away."""

    refused: set[str] = field(default_factory=set)
    is_away: bool = False
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    async def ask(self, path: str, question: Mapping[str, Any]) -> dict[str, Any] | None:
        assert path == "/catalog/v1/services/passport-booking/eligibility"
        if self.is_away:
            raise httpx2.ConnectError("away")
        self.asked.append(question)
        flaws = [
            {"pointer": f"/facts/{fact}", "code": "unknown"}
            for fact in question["facts"]
            if fact in self.refused
        ]
        if flaws:
            answer = httpx2.Response(
                422, json={"errors": flaws}, request=httpx2.Request("POST", "http://catalog")
            )
            answer.raise_for_status()
        return ANSWER


@pytest.fixture
def catalog(app: FastAPI, client: httpx2.AsyncClient) -> Iterator[AnotherCatalog]:
    made = AnotherCatalog()
    app.state.catalog = Catalog(made)
    yield made
    app.state.catalog = None


@dataclass
class Booked:
    """A guest's or a person's appointment, and by what it is opened."""

    id: str
    code: str
    last_four: str
    headers: dict[str, str]


@pytest.fixture
async def booked(client: httpx2.AsyncClient, sessions: async_sessionmaker[Session], signed_in: Any) -> Booked:
    """An appointment tomorrow of somebody signed in, for a child and a parent."""
    tomorrow = clock.now() + timedelta(days=1)
    [slot] = await some_slots(sessions, 3, first=tomorrow)
    person = ids.new_id()
    headers = signed_in(person, {"appointments:read", "appointments:write"}, assurance=Assurance.SUBSTANTIAL)
    turns_fourteen = clock.local_date(slot.starts_at)
    born = date(turns_fourteen.year - 14, turns_fourteen.month, turns_fourteen.day)
    child, parent = cnp.complete(f"5{born:%y%m%d}12{900 + next(_serials)}"), a_cnp()
    wish = {
        "slot_id": slot.id,
        "type": "PE",
        "persons": [
            {"family_name": "Popescu", "given_name": name, "cnp": number.number}
            for name, number in (("Ana", parent), ("Ion", child))
        ],
        "situation": {"former_passport": "NONE", "colour": "RED"},
    }
    answer = await client.post("/passport-booking/v1/appointments", json=wish, headers=headers)
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    return Booked(shown["id"], shown["code"], parent.number[-4:], headers)


async def test_only_who_has_booked_is_told_what_to_bring(
    client: httpx2.AsyncClient, booked: Booked, signed_in: Any, catalog: AnotherCatalog
) -> None:
    path = f"/passport-booking/v1/appointments/{booked.id}/documents"
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=signed_in(scopes={"appointments:write"}))).status_code == 403
    assert (await client.get(path, headers=signed_in(scopes={"appointments:read"}))).status_code == 404
    wrong = {"code": booked.code, "last_four": f"{(int(booked.last_four) + 1) % 10_000:04d}"}
    answer = await client.post("/passport-booking/v1/guest-appointments/documents", json=wrong)
    assert answer.status_code == 404
    assert catalog.asked == []


async def test_an_appointments_documents_are_those_of_its_day_and_situation(
    client: httpx2.AsyncClient, booked: Booked, catalog: AnotherCatalog
) -> None:
    """What the catalog does not know of the situation is passed over: it was said long ago."""
    catalog.refused = {"colour"}
    answer = await client.get(
        f"/passport-booking/v1/appointments/{booked.id}/documents", headers=booked.headers
    )
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    parent, child = answer.json()["persons"]
    assert (parent["number"], child["number"], child["age"]) == (0, 1, 14)
    assert [each["age"] for each in child["birthdays"]] == [14]
    assert [each["evidence"] for each in child["documents"]] == ["photos"]
    told = {question["facts"]["person"]: question for question in catalog.asked[-2:]}
    assert told["MINOR_CHILD"]["facts"] == {
        "person": "MINOR_CHILD",
        "age": 14,
        "passport_type": "ELECTRONIC",
        "domicile_abroad": "NO",
        "abroad": "NO",
        "former_passport": "NONE",
    }
    assert told["SELF"]["on"] == answer.json()["day"]
    pair = {"code": booked.code, "last_four": booked.last_four}
    as_guest = await client.post("/passport-booking/v1/guest-appointments/documents", json=pair)
    assert as_guest.json() == answer.json()


async def test_without_the_catalog_ages_are_told_and_nothing_fails(
    client: httpx2.AsyncClient, booked: Booked, catalog: AnotherCatalog
) -> None:
    catalog.is_away = True
    answer = await client.get(
        f"/passport-booking/v1/appointments/{booked.id}/documents", headers=booked.headers
    )
    assert answer.status_code == 200
    shown = answer.json()
    assert not shown["is_complete"]
    _, child = shown["persons"]
    assert (child["outcome"], child["documents"], child["age"]) == (None, [], 14)
    assert [each["age"] for each in child["birthdays"]] == [14]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"type": "PX"}, "/type", "unknown"),
        ({"day": "2026-01-01"}, "/day", "past"),
        ({"persons": [{"birth_date": "2999-01-01"}]}, "/persons/0/birth_date", "birth-to-come"),
        ({"persons": [{"cnp": "5991231019011"}]}, "/persons/0/cnp", "birth-to-come"),
        ({"persons": [{"cnp": "0000000000000"}]}, "/persons/0/cnp", "value_error"),
        ({"persons": [{}]}, "/persons/0/cnp", "missing"),
        ({"persons": []}, "/persons", "too_short"),
    ],
)
async def test_what_cannot_be_asked_is_said(
    client: httpx2.AsyncClient, catalog: AnotherCatalog, body: dict[str, Any], pointer: str, code: str
) -> None:
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)
    asked = {"type": "PE", "day": str(tomorrow), "persons": [{"birth_date": "1985-03-12"}]} | body
    answer = await client.post(DOCUMENTS, json=asked)
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]
    assert catalog.asked == []


async def test_more_persons_than_an_appointment_has_are_refused(
    client: httpx2.AsyncClient, catalog: AnotherCatalog
) -> None:
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)
    asked = {"type": "PE", "day": str(tomorrow), "persons": [{"birth_date": "1985-03-12"}] * 7}
    answer = await client.post(DOCUMENTS, json=asked)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "too-many-persons")


@pytest.mark.parametrize("day", ["9999-12-31", "window + 1"])
async def test_a_day_that_cannot_be_booked_yet_is_refused(
    client: httpx2.AsyncClient, catalog: AnotherCatalog, day: str
) -> None:
    if day == "window + 1":
        day = str(clock.local_date(clock.now()) + timedelta(days=91))
    asked = {"type": "PE", "day": day, "persons": [{"birth_date": "1985-03-12"}]}
    answer = await client.post(DOCUMENTS, json=asked)
    assert answer.json()["type"].rpartition("/")[2] == OutsideWindow.type
    assert catalog.asked == []


async def test_an_age_that_the_catalog_does_not_take_is_passed_over_in_an_appointment(
    client: httpx2.AsyncClient, booked: Booked, catalog: AnotherCatalog
) -> None:
    catalog.refused = {"age", "colour"}
    answer = await client.get(
        f"/passport-booking/v1/appointments/{booked.id}/documents", headers=booked.headers
    )
    assert answer.status_code == 200
    assert answer.json()["is_complete"]
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)
    asked = {"type": "PE", "day": str(tomorrow), "persons": [{"birth_date": "1885-03-12"}]}
    refused = await client.post(DOCUMENTS, json=asked)
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/persons"]


async def test_people_of_whom_the_same_is_known_are_asked_about_once(
    client: httpx2.AsyncClient, catalog: AnotherCatalog
) -> None:
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)
    asked = {"type": "PE", "day": str(tomorrow), "persons": [{"birth_date": "1985-03-12"}] * 3}
    assert len((await client.post(DOCUMENTS, json=asked)).json()["persons"]) == 3
    assert len(catalog.asked) == 1


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2012, 12, 1), date(2026, 11, 30), 13),
        (date(2012, 12, 1), date(2026, 12, 1), 14),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
        (date(2012, 2, 29), date(2028, 2, 29), 16),
        (date(2026, 11, 22), date(2026, 11, 22), 0),
    ],
)
def test_an_age_is_reached_on_the_birthday(born: date, day: date, age: int) -> None:
    assert domain.age_on(born, day, leap_shift=1) == age


@pytest.mark.parametrize(
    ("age", "said", "person"),
    [
        (17, {}, "MINOR_CHILD"),
        (18, {}, "SELF"),
        (40, {"person": "MINOR_CHILD"}, "SELF"),
        (40, {"person": "PERSON_BY_PROXY"}, "PERSON_BY_PROXY"),
        (None, {}, None),
        (None, {"person": "SELF"}, "SELF"),
    ],
)
def test_who_is_under_age_is_somebodys_child(
    age: int | None, said: dict[str, str], person: str | None
) -> None:
    told = domain.facts(types()["PE"], said, age, full_age=18)
    assert told.get("person") == person
    assert told.get("age") == age


def test_what_the_type_means_cannot_be_said_otherwise() -> None:
    said = {"passport_type": "TEMPORARY", "age": "7"}
    told = domain.facts(types()["PE"], said, 40, full_age=18)
    assert (told["passport_type"], told["age"]) == ("ELECTRONIC", 40)


def test_every_age_concerns_a_topic_of_a_type_in_every_language() -> None:
    assert {age.topic for age in ages()} <= {each.topic for each in types().values()}
    assert all({*age.text} == {*Language} for age in ages())
