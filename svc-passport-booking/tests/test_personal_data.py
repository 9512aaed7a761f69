"""The copy of what is held of a person, and what goes with their account."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

import svc_passport_booking
from hub_core import ids
from hub_core.language import Language
from hub_core.principal import Assurance, Kind
from hub_service import personal_data
from hub_testing import texts
from hub_testing.identity import FakeIdentity
from svc_passport_booking.domain.appointments import Contact, Participant
from svc_passport_booking.domain.states import ActorKind, State
from svc_passport_booking.operations import people
from svc_passport_booking.operations.personal_data import erase, forget_guests
from svc_passport_booking.schemas.personal_data import LABELS, OTHERS, TITLES
from svc_passport_booking.storage import appointments as storage

from .build import NOON, a_participant
from .desks import Desk

LOCALE = Path(svc_passport_booking.__path__[0]) / "locale"


@pytest.fixture
def as_identity(signed_in: Any) -> dict[str, str]:
    """The headers of svc-identity's question."""
    made: dict[str, str] = signed_in(
        None, {personal_data.SCOPE}, sub="identity", kind=Kind.SERVICE, client_id="identity", sid=None
    )
    return made


def known(fake_identity: FakeIdentity, one: Participant) -> UUID:
    """The account of somebody whom the population register knows."""
    person_id = ids.new_id()
    fake_identity.answer(
        f"/internal/v1/people/{person_id}/identity",
        {
            "person_id": str(person_id),
            "cnp": one.cnp.number,
            "family_name": one.family_name,
            "given_name": one.given_name,
            "birth_date": "1985-03-12",
            "died_on": None,
            "is_romanian": True,
        },
    )
    return person_id


def a_number() -> str:
    return f"CJ-{ids.new_id().hex[-12:].upper()}"


async def told(client: httpx2.AsyncClient, person_id: UUID, headers: Any) -> personal_data.PersonalData:
    answer = await client.get(personal_data.path(person_id), headers=headers)
    assert answer.status_code == 200, answer.text
    return personal_data.PersonalData.model_validate(answer.json())


async def test_only_svc_identity_is_told(client: httpx2.AsyncClient, signed_in: Any) -> None:
    person = ids.new_id()
    for headers in ({}, signed_in(person, {"appointments:read"}, Assurance.HIGH)):
        assert (await client.get(personal_data.path(person), headers=headers)).status_code in {401, 403}


async def test_all_that_is_held_is_told_but_for_what_is_somebody_else_s(
    desk: Desk, as_identity: dict[str, str], fake_identity: FakeIdentity
) -> None:
    ana, child = a_participant(), a_participant(given_name="Matei")
    account = known(fake_identity, ana)
    own = await desk.book(ana, child, person_id=account)
    await desk.check_in(own, ana, child)
    number = a_number()
    ended = [
        {"number": 0, "outcome": "SERVED", "application_number": number, "phone": "0745123456"},
        {"number": 1, "outcome": "ABSENT"},
    ]
    assert (await desk.post(f"/appointments/{own.id}/end", {"persons": ended})).status_code == 200
    await desk.book(ana, slot=1, type="PT", person_id=ids.new_id())
    await desk.book(slot=1, person_id=ids.new_id())
    copy = await told(desk.client, account, as_identity)
    by_name = {section.name: section.items for section in copy.sections}
    assert [(one["state"], one["by_somebody_else"]) for one in by_name["appointments"]] == [
        ("SERVED", False),
        ("CONFIRMED", True),
    ]
    assert [(one["number"], one["phone"]) for one in by_name["applications"]] == [(number, "+40******456")]
    assert by_name["waiting"] == []
    assert len(copy.left_out) == 1
    shown = copy.model_dump_json()
    assert not any(said in shown for said in ("Matei", ana.cnp.number, child.cnp.number, own.code))


async def test_what_others_handed_in_for_somebody_is_theirs_too(
    desk: Desk, as_identity: dict[str, str], fake_identity: FakeIdentity
) -> None:
    ana = a_participant()
    account, number = known(fake_identity, ana), a_number()
    await desk.serve(ana, number)
    copy = await told(desk.client, account, as_identity)
    assert {one.name: len(one.items) for one in copy.sections} == {
        "appointments": 1,
        "applications": 1,
        "waiting": 0,
    }


async def test_of_who_never_came_there_is_nothing(
    client: httpx2.AsyncClient, as_identity: dict[str, str]
) -> None:
    assert (await told(client, ids.new_id(), as_identity)).is_empty


async def test_what_is_held_follows_a_person_who_has_another_id(
    desk: Desk, as_identity: dict[str, str]
) -> None:
    ana, former, new = a_participant(), ids.new_id(), ids.new_id()
    booked = await desk.book(ana, person_id=former)
    await desk.check_in(booked, ana)
    ended = [{"number": 0, "outcome": "SERVED", "application_number": a_number()}]
    await desk.post(f"/appointments/{booked.id}/end", {"persons": ended})
    async with desk.sessions() as session:
        for _ in range(2):
            await people.follow_person(session, former, new)
    assert (await told(desk.client, former, as_identity)).is_empty
    counts = {one.name: len(one.items) for one in (await told(desk.client, new, as_identity)).sections}
    assert counts == {"appointments": 1, "applications": 1, "waiting": 0}


async def test_with_the_account_goes_what_no_law_keeps(desk: Desk, looking: asyncpg.Connection) -> None:
    ana, bela, cora, account = a_participant(), a_participant(), a_participant(), ids.new_id()
    served = await desk.book(ana, person_id=account)
    await desk.check_in(served, ana)
    ended = [{"number": 0, "outcome": "SERVED", "application_number": a_number(), "phone": "0745123456"}]
    await desk.post(f"/appointments/{served.id}/end", {"persons": ended})
    given_up = await desk.book(bela, slot=1, person_id=account, situation={"papers": "LOST"})
    to_come = await desk.book(cora, slot=2, person_id=account)
    async with desk.sessions() as session, session.begin():
        locked = await storage.lock(session, desk.key, given_up.id)
        assert locked is not None
        actor = (await storage.steps(session, given_up.id))[0].actor
        assert actor.kind is ActorKind.GUEST
        await storage.move(
            session, desk.key, locked, State.CANCELLED_BY_CITIZEN, actor, NOON - timedelta(hours=2)
        )
    async with desk.sessions() as session:
        for _ in range(2):
            await erase(session, account)
        left = [len(await storage.persons(session, desk.key, one.id)) for one in (served, given_up, to_come)]
        forgotten = await storage.read(session, desk.key, given_up.id)
    assert left == [1, 0, 1]
    assert forgotten is not None
    assert (forgotten.person_id, forgotten.situation) == (None, {})
    phones = await looking.fetch(
        'SELECT phone FROM "passport-booking".applications WHERE person_id = $1', account
    )
    assert [row["phone"] for row in phones] == [None]


async def test_who_had_no_account_is_forgotten_when_the_term_after_the_end_is_over(
    desk: Desk, looking: asyncpg.Connection
) -> None:
    ended_at, term = NOON - timedelta(days=1), timedelta(days=180)
    contact, account = Contact("ion@example.org", None), ids.new_id()
    over = {"state": State.CANCELLED_BY_CITIZEN, "ended_at": ended_at, "contact": contact}
    gone = await desk.book(situation={"papers": "LOST"}, **over)
    served = await desk.book(**over | {"state": State.SERVED})
    of_account = await desk.book(**over | {"person_id": account, "contact": None})
    to_come = await desk.book(slot=1, contact=contact)
    made = (gone, served, of_account, to_come)

    async def left(now: datetime) -> list[int]:
        async with desk.sessions() as session:
            await forget_guests(session, now)
            return [len(await storage.persons(session, desk.key, one.id)) for one in made]

    assert await left(ended_at + term) == [1, 1, 1, 1]
    for _ in range(2):
        assert await left(ended_at + term + timedelta(seconds=1)) == [0, 1, 1, 1]
    async with desk.sessions() as session:
        forgotten = await storage.read(session, desk.key, gone.id)
        kept = await storage.read(session, desk.key, served.id)
    assert forgotten is not None
    assert kept is not None
    assert (forgotten.contact, forgotten.situation, forgotten.state) == (None, {}, State.CANCELLED_BY_CITIZEN)
    assert kept.contact == contact
    at = await looking.fetchval(
        'SELECT forgotten_at FROM "passport-booking".appointments WHERE id = $1', gone.id
    )
    assert at == ended_at + term + timedelta(seconds=1)


@pytest.mark.parametrize("language", [Language.RO, Language.HU])
def test_everything_in_the_copy_has_a_name_in_each_language(language: Language) -> None:
    named = {*TITLES.values(), OTHERS, *(text for labels in LABELS.values() for text in labels.values())}
    assert named <= texts.translations(LOCALE, language).keys()
