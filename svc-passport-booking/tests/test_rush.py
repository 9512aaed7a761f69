"""Bookings in batches: each with its own outcome, and stored as the ordinary way stores them."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx2
import orjson
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal
from hub_events.session import Session
from hub_service import gathering
from hub_service.idempotency import Claim
from hub_service.problems import ServiceUnavailable
from svc_passport_booking.domain.appointments import Appointment, Participant
from svc_passport_booking.domain.booking import Booker, Wish
from svc_passport_booking.domain.slots import Slot
from svc_passport_booking.domain.states import State
from svc_passport_booking.operations import appointments as operations
from svc_passport_booking.operations.audit import audit
from svc_passport_booking.operations.rush import Rush
from svc_passport_booking.storage import appointments as storage
from svc_passport_booking.storage import batches
from svc_passport_booking.storage.batches import Answer, Outcome

from .build import FAR, KEY, a_participant, some_slots
from .test_appointments import APPOINTMENTS, a_key, a_wish, as_, slug, somebody

__all__ = ["as_"]

Sessions = async_sessionmaker[Session]
TOMORROW: Final = timedelta(days=1)


def a_booker(account: UUID | None = None) -> Booker:
    """Somebody who signed in."""
    own = str(account or ids.new_id())
    return Booker(Principal(Kind.PERSON, own, Assurance.SUBSTANTIAL, frozenset(), "demo-portal"))


class Gathered:
    """A `Rush`, and how often it woke the relay."""

    def __init__(self, sessions: Sessions) -> None:
        self.woken = 0
        self.rush = Rush(sessions, KEY, self._wake)

    def _wake(self) -> None:
        self.woken += 1

    async def prepare(
        self, slot: Slot, person: Participant, account: UUID | None = None, **special: Any
    ) -> tuple[Wish, Appointment]:
        wish = Wish(slot.id, "PE", [person], Language.RO)
        appointment = await self.rush.prepare(wish, a_booker(account), FAR)
        assert appointment is not None
        return wish, replace(appointment, **special)

    async def store(self, *prepared: tuple[Wish, Appointment], answer: Answer | None = None) -> list[Any]:
        """What each hears; they are gathered in one batch."""
        return await asyncio.gather(
            *(self.rush.store(wish, a_booker(one.person_id), one, answer) for wish, one in prepared),
            return_exceptions=True,
        )


@pytest.fixture
def gathered(sessions: Sessions) -> Gathered:
    """Bookings of a process."""
    return Gathered(sessions)


async def test_the_plain_case_goes_the_short_way_and_leaves_everything_the_long_way_leaves(
    client: httpx2.AsyncClient,
    sessions: Sessions,
    as_: Any,
    looking: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (slot,) = await some_slots(sessions, 3, first=clock.now() + TOMORROW)
    ana, key, wish = as_(), a_key(), a_wish(slot, somebody(), situation={"lost_or_stolen": "NO"})
    with monkeypatch.context() as patched:
        patched.setattr(operations, "book", None)
        short = await client.post(APPOINTMENTS, json=wish, headers=ana | key)
        again = await client.post(APPOINTMENTS, json=wish, headers=ana | key)
    long = await client.post(APPOINTMENTS, json=a_wish(slot, somebody()) | {"type": "PE"}, headers=as_())
    assert (short.status_code, short.json()["state"]) == (201, "CONFIRMED")
    assert {**short.json()}.keys() == {**long.json()}.keys()
    assert (again.content, again.headers["idempotent-replay"]) == (short.content, "true")
    assert {name: again.headers[name] for name in ("etag", "location", "content-type")} == {
        name: short.headers[name] for name in ("etag", "location", "content-type")
    }
    read = await client.get(short.headers["location"], headers=ana)
    assert read.json() == short.json()
    told = await looking.fetch(
        """SELECT subject, convert_from(body, 'UTF8')::jsonb AS body FROM "passport-booking".outbox
        WHERE key = $1""",
        short.json()["id"],
    )
    assert [row["subject"] for row in told] == ["hub.passport-booking.appointment.confirmed.v1"]
    assert orjson.loads(told[0]["body"])["data"]["appointment_id"] == short.json()["id"]
    async with sessions() as session:
        found = await audit(session)
    assert {str(one) for one in found.persons}.isdisjoint({short.json()["id"], long.json()["id"]})


async def test_who_books_what_is_full_is_told_so_without_the_long_way(
    client: httpx2.AsyncClient, sessions: Sessions, as_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (slot,) = await some_slots(sessions, 1, first=clock.now() + TOMORROW)
    monkeypatch.setattr(operations, "book", None)
    for told in ((201, ""), (409, "slot-taken"), (409, "slot-taken")):
        answer = await client.post(APPOINTMENTS, json=a_wish(slot), headers=as_() | a_key())
        assert told in {(answer.status_code, ""), (answer.status_code, answer.json().get("type", "")[-10:])}


@pytest.mark.parametrize("special", [{"closed": True}, {"opens_at": FAR + timedelta(seconds=1)}])
async def test_what_is_closed_or_not_yet_open_is_refused_without_the_long_way(
    sessions: Sessions, gathered: Gathered, special: dict[str, Any]
) -> None:
    (slot,) = await some_slots(sessions, 9, first=FAR + TOMORROW, **special)
    prepared = [await gathered.prepare(slot, a_participant()) for _ in range(2)]
    assert await gathered.store(*prepared) == [Outcome.FULL, Outcome.FULL]


async def test_a_slot_is_given_from_the_instant_at_which_it_opens(
    sessions: Sessions, gathered: Gathered
) -> None:
    (slot,) = await some_slots(sessions, 9, first=FAR + TOMORROW, opens_at=FAR)
    assert await gathered.store(await gathered.prepare(slot, a_participant())) == [Outcome.MADE]


async def test_each_of_a_batch_hears_its_own_outcome(sessions: Sessions, gathered: Gathered) -> None:
    slot, other = await some_slots(sessions, 2, 9, first=FAR + TOMORROW)
    ana = a_participant()
    prepared = [await gathered.prepare(slot, a_participant()) for _ in range(3)]
    prepared += [await gathered.prepare(other, ana), await gathered.prepare(other, ana)]
    prepared += [await gathered.prepare(other, a_participant(), ends_at=FAR + 2 * TOMORROW)]
    outcomes = await gathered.store(*prepared)
    assert outcomes[:3] == [Outcome.MADE, Outcome.MADE, Outcome.FULL]
    assert sorted(outcomes[3:5]) == [Outcome.MADE, Outcome.OTHER]
    assert outcomes[5] is Outcome.OTHER
    assert gathered.woken > 0
    async with sessions() as session:
        stored = await storage.read(session, KEY, prepared[0][1].id)
        persons = await storage.persons(session, KEY, prepared[0][1].id)
        steps = await storage.steps(session, prepared[0][1].id)
        assert stored == prepared[0][1]
        assert [one.participant for one in persons] == [*prepared[0][0].participants]
        assert [(step.state, step.actor) for step in steps] == [
            (State.CONFIRMED, a_booker(stored.person_id).actor)
        ]
        assert await storage.read(session, KEY, prepared[2][1].id) is None
    async with sessions() as session:
        found = await audit(session)
        assert {one.slot_id for one in found.slots}.isdisjoint({slot.id, other.id})


async def test_the_slots_of_a_day_are_looked_at_once(
    sessions: Sessions, gathered: Gathered, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot, other = await some_slots(sessions, 9, 9, first=FAR + TOMORROW)
    await gathered.prepare(slot, a_participant())
    monkeypatch.setattr(batches, "slots", None)
    prepared = await gathered.prepare(other, a_participant())
    assert prepared[1].starts_at == other.starts_at
    assert await gathered.store(prepared) == [Outcome.MADE]


async def test_what_a_batch_asks_of_each_booking_is_asked_by_index_of_small_tables_too(
    looking: asyncpg.Connection,
) -> None:
    tables = ("appointments", "idempotency_keys", "persons")
    scans = "SELECT sum(seq_scan) FROM pg_stat_xact_user_tables WHERE schemaname LIKE 'pg_temp%'"
    async with looking.transaction():
        await looking.execute('SET LOCAL search_path TO pg_temp, "passport-booking"')
        for name in tables:
            own = f'(LIKE "passport-booking".{name} INCLUDING INDEXES) ON COMMIT DROP'
            await looking.execute(f"CREATE TEMPORARY TABLE {name} {own}; ANALYZE {name}")
        before = await looking.fetchval(scans)
        assert await looking.fetchval("SELECT is_first_booking('nobody', 'no key', '', 'NOTHING')") is True
        assert await looking.fetchval("SELECT active_of_account($1, $2, true)", ids.new_id(), FAR) == 0
        assert await looking.fetchval(scans) == before
        await looking.execute("SELECT FROM appointments WHERE size > 0 LIMIT 1")
        assert await looking.fetchval(scans) == before + 1


async def test_of_a_batch_that_fails_only_the_one_at_fault_is_left_out(
    sessions: Sessions, gathered: Gathered
) -> None:
    (slot,) = await some_slots(sessions, 9, first=FAR + TOMORROW)
    first = await gathered.prepare(slot, a_participant())
    assert await gathered.store(first) == [Outcome.MADE]
    same_code = await gathered.prepare(slot, a_participant(), code=first[1].code)
    others = [await gathered.prepare(slot, a_participant()) for _ in range(3)]
    outcomes = await gathered.store(others[0], same_code, *others[1:])
    assert outcomes == [Outcome.MADE, Outcome.OTHER, Outcome.MADE, Outcome.MADE]


async def test_two_processes_that_store_the_same_person_at_once_store_them_once(sessions: Sessions) -> None:
    (slot,) = await some_slots(sessions, 99, first=FAR + TOMORROW)
    several = [Gathered(sessions) for _ in range(4)]
    people = [a_participant() for _ in range(10)]
    prepared = [
        [await one.prepare(slot, person) for person in people[turn:] + people[:turn]]
        for turn, one in enumerate(several)
    ]
    outcomes = await asyncio.gather(*(one.store(*own) for one, own in zip(several, prepared, strict=True)))
    told = [one for each in outcomes for one in each]
    assert (told.count(Outcome.MADE), told.count(Outcome.OTHER)) == (10, 30)


async def test_a_key_that_was_used_is_left_to_the_ordinary_way(
    sessions: Sessions, gathered: Gathered
) -> None:
    (slot,) = await some_slots(sessions, 9, first=FAR + TOMORROW)
    answer = Answer(Claim(f"person:{ids.new_id()}", "a-key", b"f"), "{}", b"{}")
    prepared = [await gathered.prepare(slot, a_participant()) for _ in range(3)]
    outcomes = await gathered.store(*prepared, answer=answer)
    assert sorted(outcomes) == [Outcome.MADE, Outcome.OTHER, Outcome.OTHER]


async def test_who_comes_when_too_many_wait_is_told_to_come_again(
    sessions: Sessions, gathered: Gathered, monkeypatch: pytest.MonkeyPatch
) -> None:
    (slot,) = await some_slots(sessions, 9, first=FAR + TOMORROW)
    monkeypatch.setattr(gathering, "_WAITING", 2)
    prepared = [await gathered.prepare(slot, a_participant()) for _ in range(3)]
    *stored, refused = await gathered.store(*prepared)
    assert stored == [Outcome.MADE, Outcome.MADE]
    assert isinstance(refused, ServiceUnavailable)
    assert refused.headers == {"retry-after": "1"}


async def test_a_booking_of_a_person_with_a_hold_that_is_over_is_made(
    client: httpx2.AsyncClient, sessions: Sessions, as_: Any, looking: asyncpg.Connection
) -> None:
    (slot,) = await some_slots(sessions, 9, first=clock.now() + TOMORROW)
    one = somebody()
    held = await client.post(APPOINTMENTS, json=a_wish(slot, one), headers=as_(assurance=Assurance.LOW))
    assert held.json()["state"] == "HELD"
    headers = as_()
    refused = await client.post(APPOINTMENTS, json=a_wish(slot, one), headers=headers)
    assert slug(refused) == (409, "already-booked")
    await looking.execute(
        'UPDATE "passport-booking".appointments SET held_until = $2 WHERE id = $1',
        held.json()["id"],
        clock.now(),
    )
    assert (await client.post(APPOINTMENTS, json=a_wish(slot, one), headers=headers)).status_code == 201
