"""How many appointments one account may have: enough for a family, and no race goes past it."""

import asyncio
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance
from hub_events.session import Session
from svc_passport_booking.domain.slots import Slot
from svc_passport_booking.storage.batches import Outcome

from .build import FAR, a_participant, some_slots
from .test_appointments import (
    APPOINTMENTS,
    GUESTS,
    a_guests_wish,
    a_key,
    a_wish,
    ana,
    as_,
    slug,
    somebody,
)
from .test_rush import Gathered

__all__ = ["ana", "as_"]

Sessions = async_sessionmaker[Session]
MOST: Final = 10
TOO_MANY: Final = (409, "too-many-appointments")
TOMORROW: Final = timedelta(days=1)


@pytest.fixture
async def slot(sessions: Sessions) -> Slot:
    """An interval tomorrow with places for everybody."""
    (made,) = await some_slots(sessions, 99, first=clock.now() + TOMORROW)
    return made


async def test_who_may_not_book_is_told_that_and_not_how_many_appointments_there_are(
    client: httpx2.AsyncClient, signed_in: Any, as_: Any, slot: Slot
) -> None:
    full = ids.new_id()
    for _ in range(MOST):
        assert (await client.post(APPOINTMENTS, json=a_wish(slot), headers=as_(full))).status_code == 201
    weak = signed_in(full, {"appointments:read"}, assurance=Assurance.SUBSTANTIAL)
    assert slug(await client.post(APPOINTMENTS, json=a_wish(slot), headers=weak)) == (
        403,
        "insufficient-scope",
    )
    assert slug(await client.post(APPOINTMENTS, json=a_wish(slot))) == (401, "invalid-token")


async def test_an_account_has_ten_active_appointments_and_who_gives_one_up_has_room_again(
    client: httpx2.AsyncClient, as_: Any, slot: Slot
) -> None:
    full = as_(ids.new_id())
    made = [await client.post(APPOINTMENTS, json=a_wish(slot), headers=full | a_key()) for _ in range(MOST)]
    assert {answer.status_code for answer in made} == {201}
    family = a_wish(slot, somebody(), somebody())
    for wish in (a_wish(slot), family):
        refused = await client.post(APPOINTMENTS, json=wish, headers=full | a_key())
        assert slug(refused) == TOO_MANY
        assert str(MOST) in refused.json()["detail"]
    guest = await client.post(GUESTS, json=a_guests_wish(slot), headers=a_key())
    other = await client.post(APPOINTMENTS, json=a_wish(slot), headers=as_())
    assert (guest.status_code, other.status_code) == (201, 201)
    assert (await client.post(f"{made[0].headers['location']}/cancel", headers=full)).status_code == 200
    for status in (201, 409):
        again = await client.post(APPOINTMENTS, json=family, headers=full | a_key())
        assert again.status_code == status


@pytest.mark.parametrize("way", ["short", "ordinary", "both"])
async def test_of_twenty_at_once_an_account_gets_ten(
    client: httpx2.AsyncClient, as_: Any, slot: Slot, looking: asyncpg.Connection, way: str
) -> None:
    own = ids.new_id()
    persons = {"short": [1], "ordinary": [2], "both": [1, 2]}[way]
    answers = await asyncio.gather(
        *(
            client.post(
                APPOINTMENTS,
                json=a_wish(slot, *(somebody() for _ in range(persons[turn % len(persons)]))),
                headers=as_(own) | a_key(),
            )
            for turn in range(2 * MOST)
        )
    )
    told = [(201, "") if answer.status_code == 201 else slug(answer) for answer in answers]
    assert sorted(told) == [*MOST * [(201, "")], *MOST * [TOO_MANY]]
    assert await active(looking, own) == MOST


async def test_several_processes_give_an_account_no_more_than_one_does(
    sessions: Sessions, looking: asyncpg.Connection
) -> None:
    (far,) = await some_slots(sessions, 99, first=FAR + TOMORROW)
    own = ids.new_id()
    several = [Gathered(sessions) for _ in range(4)]
    prepared = [[await one.prepare(far, a_participant(), own) for _ in range(5)] for one in several]
    outcomes = await asyncio.gather(
        *(one.store(*theirs) for one, theirs in zip(several, prepared, strict=True))
    )
    made = [one for each in outcomes for one in each].count(Outcome.MADE)
    assert await active(looking, own) == made <= MOST


async def test_what_an_account_holds_no_longer_does_not_count(
    client: httpx2.AsyncClient, as_: Any, slot: Slot, looking: asyncpg.Connection
) -> None:
    own = ids.new_id()
    weak, strong = as_(own, assurance=Assurance.LOW), as_(own)
    held = [await client.post(APPOINTMENTS, json=a_wish(slot), headers=weak) for _ in range(MOST)]
    assert {answer.json()["state"] for answer in held} == {"HELD"}
    assert slug(await client.post(APPOINTMENTS, json=a_wish(slot), headers=strong)) == TOO_MANY
    await looking.execute(
        'UPDATE "passport-booking".appointments SET held_until = $2 WHERE id = $1',
        UUID(held[0].json()["id"]),
        clock.now(),
    )
    for status in (201, 409):
        answer = await client.post(APPOINTMENTS, json=a_wish(slot), headers=strong | a_key())
        assert answer.status_code == status


async def test_what_a_representative_books_counts_for_whom_they_act(
    client: httpx2.AsyncClient, as_: Any, ana: UUID, slot: Slot
) -> None:
    ion = ids.new_id()
    acting = as_(ion, act_for=str(ana), mandate=str(ids.new_id()))
    for _ in range(MOST):
        assert (await client.post(APPOINTMENTS, json=a_wish(slot), headers=acting)).status_code == 201
    for headers in (acting, as_(ana)):
        assert slug(await client.post(APPOINTMENTS, json=a_wish(slot), headers=headers)) == TOO_MANY
    assert (await client.post(APPOINTMENTS, json=a_wish(slot), headers=as_(ion))).status_code == 201


async def active(looking: asyncpg.Connection, account: UUID) -> int:
    """How many appointments of an account are active."""
    found: int = await looking.fetchval(
        """SELECT count(*) FROM "passport-booking".appointments
        WHERE person_id = $1 AND state IN ('HELD', 'CONFIRMED')""",
        account,
    )
    return found
