"""Offices, slots and people for tests: good ones, with what a test names special."""

import itertools
import json
import secrets
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from hub_core import clock, cnp, ids
from hub_core.language import Language
from hub_events.session import Session
from svc_passport_booking import keys
from svc_passport_booking.domain import challenges
from svc_passport_booking.domain.appointments import Appointment, Participant
from svc_passport_booking.domain.challenges import Chance, Difficulty
from svc_passport_booking.domain.slots import Slot
from svc_passport_booking.domain.states import Channel, State
from svc_passport_booking.operations import guests
from svc_passport_booking.storage import slots
from svc_passport_booking.tables.offices import OFFICES, POOL_TYPES, POOLS
from svc_passport_booking.tables.slots import SLOTS

KEY = keys.derived_from(bytes(32))
"""The keys of a service that was given no key of its own."""
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""A Monday."""
FAR = datetime(2098, 11, 24, 12, tzinfo=UTC)
"""A Monday so far ahead that the clock of the running service leaves alone what is held there."""

_numbers = itertools.count()


def a_cnp(born: date = date(1985, 3, 12)) -> cnp.Cnp:
    """The number of somebody made up, another one each time."""
    days, rest = divmod(next(_numbers), 4_600)
    county, serial = divmod(rest, 100)
    born -= timedelta(days=days)
    first = 5 if born.year >= 2000 else 1
    return cnp.complete(f"{first}{born:%y%m%d}{county % 46 + 1:02d}{900 + serial}")


def a_participant(**special: Any) -> Participant:
    """Somebody who comes."""
    facts: dict[str, Any] = {"family_name": "Popescu", "given_name": "Ana", "cnp": a_cnp()}
    return Participant(**(facts | special))


def a_slot(**special: Any) -> Slot:
    """An interval tomorrow, for three people."""
    facts: dict[str, Any] = {
        "id": 1,
        "pool_id": ids.new_id(),
        "office_id": ids.new_id(),
        "starts_at": NOON + timedelta(days=1),
        "minutes": 10,
        "planned": 3,
        "taken": 0,
        "closed": False,
        "opens_at": None,
    }
    return Slot(**(facts | special))


def an_appointment(**special: Any) -> Appointment:
    """One person's confirmed appointment tomorrow, just booked."""
    facts: dict[str, Any] = {
        "id": ids.new_id(),
        "code": "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(8)),
        "office_id": ids.new_id(),
        "pool_id": ids.new_id(),
        "type": "PE",
        "state": State.CONFIRMED,
        "channel": Channel.ONLINE,
        "starts_at": NOON + timedelta(days=1),
        "ends_at": NOON + timedelta(days=1, minutes=10),
        "size": 1,
        "language": Language.RO,
        "created_at": NOON,
    }
    return Appointment(**(facts | special))


def a_proof(now: datetime | None = None) -> dict[str, str]:
    """A challenge of the service that was solved, as a guest sends it; made easy."""
    easy = Difficulty(cost=1, counter=1, valid=timedelta(minutes=20))
    chance = Chance(secrets.token_bytes(16), secrets.token_bytes(16), counter=1)
    made = challenges.challenge(easy, guests.secrets_of(KEY), chance, now or clock.now())
    found = challenges.derive(chance.nonce, chance.salt, chance.counter, easy.cost)
    solution = {"counter": chance.counter, "derivedKey": found.hex()}
    return {"altcha": b64encode(json.dumps({"challenge": made, "solution": solution}).encode()).decode()}


async def a_stored_pool(session: AsyncSession, *types: str) -> tuple[UUID, UUID]:
    """An office with one pool of counters for these types (PE and PT unless named); both ids."""
    office, pool = ids.new_id(), ids.new_id()
    facts = {"institution_id": ids.new_id(), "county": "CJ", "serves": ["CJ"], "version": 1}
    names = {"names": {"ro": "Pașapoarte Cluj"}}
    await session.execute(
        insert(OFFICES).values(
            id=office, code=f"office-{office}", valid_from=date(2026, 1, 1), **facts, **names
        )
    )
    await session.execute(insert(POOLS).values(id=pool, office_id=office, code="A", version=1, **names))
    served = [{"office_id": office, "type": one, "pool_id": pool} for one in types or ("PE", "PT")]
    await session.execute(insert(POOL_TYPES), served)
    return office, pool


async def some_slots(
    sessions: async_sessionmaker[Session],
    *planned: int,
    first: datetime = NOON + timedelta(days=1),
    types: tuple[str, ...] = (),
    **special: Any,
) -> list[Slot]:
    """Slots of ten minutes of a new office, one after the other, with these places."""
    stored = []
    async with sessions() as session, session.begin():
        _, pool = await a_stored_pool(session, *types)
        for number, places in enumerate(planned):
            starts_at = first + timedelta(minutes=10 * number)
            facts: dict[str, Any] = {"pool_id": pool, "starts_at": starts_at, "minutes": 10}
            facts |= {"planned": places, "capacity": places} | special
            slot_id = await session.scalar(insert(SLOTS).values(facts).returning(SLOTS.c.id))
            slot = await slots.find(session, slot_id or 0)
            assert slot is not None
            stored.append(slot)
    return stored
