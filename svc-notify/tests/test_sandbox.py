"""Messages to people who are invented to test applications: marked, and gone with them; real ones stay."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from hub_core import clock, ids
from hub_events import envelope
from hub_events.envelope import Event
from svc_notify.consumers import subscriptions
from svc_notify.consumers.copies import (
    PetitionRegistered,
    SandboxPersonCreated,
    SandboxPersonRemoved,
    SandboxPetitionRegistered,
    SecurityChanged,
)
from svc_notify.tables.deliveries import DELIVERIES
from svc_notify.tables.messages import MESSAGES
from svc_notify.tables.people import SANDBOX_PEOPLE

Hear = Callable[..., Awaitable[None]]


@pytest.fixture
def hear(hub: Any) -> Hear:
    """Hear events one after the other, each in its transaction."""
    handlers = {
        kind: handle
        for made in subscriptions.subscriptions(lambda _: None)
        for kind, handle in made.handlers.items()
    }

    async def tell(*events: Event, at: datetime | None = None) -> None:
        for event in events:
            payload = envelope.encode(ids.new_id(), event, at or clock.now(), None)
            async with hub.database.sessions() as session, session.unit_of_work():
                await handlers[type(event)](session, envelope.decode(type(event), payload))

    return tell


def a_petition(person_id: UUID, kind: type[Event] = SandboxPetitionRegistered) -> Event:
    return kind.model_validate(
        {
            "petition_id": ids.new_id(),
            "person_id": person_id,
            "acting_person_id": person_id,
            "institution_id": ids.new_id(),
            "number": 1,
            "registered_on": "2026-11-21",
            "answer_due_on": "2026-12-21",
            "kind": "REQUEST",
            "version": 1,
        }
    )


@pytest.fixture
def created(ana: UUID) -> SandboxPersonCreated:
    return SandboxPersonCreated(person_id=ana, client_id="an-application", version=1)


@pytest.fixture
def removed(ana: UUID) -> SandboxPersonRemoved:
    return SandboxPersonRemoved(person_id=ana, version=2)


async def messages(looking: asyncpg.Connection, person_id: UUID) -> int:
    return await looking.fetchval("SELECT count(*) FROM notify.messages WHERE person_id = $1", person_id)


async def test_the_number_of_a_tested_petition_says_what_it_is(
    hear: Hear, ana: UUID, looking: asyncpg.Connection
) -> None:
    await hear(a_petition(ana), a_petition(ana, PetitionRegistered))
    numbers = await looking.fetch(
        "SELECT variables::jsonb ->> 'number' AS number FROM notify.messages WHERE person_id = $1 "
        "ORDER BY id",
        ana,
    )
    assert [row["number"] for row in numbers] == ["SANDBOX 1", "1"]


async def test_messages_to_somebody_invented_go_with_them(
    hear: Hear, ana: UUID, created: Event, removed: Event, looking: asyncpg.Connection
) -> None:
    await hear(created, a_petition(ana), SecurityChanged(person_id=ana, change="NEW_DEVICE", version=1))
    assert await messages(looking, ana) == 2
    await hear(removed, removed)
    assert await messages(looking, ana) == 0


async def test_what_is_heard_late_is_written_to_nobody(
    hear: Hear, ana: UUID, created: Event, removed: Event, looking: asyncpg.Connection
) -> None:
    await hear(created, removed, a_petition(ana))
    assert await messages(looking, ana) == 0


async def test_a_removal_that_is_heard_first_waits_for_the_word_that_they_are_invented(
    hear: Hear, ana: UUID, created: Event, removed: Event, looking: asyncpg.Connection
) -> None:
    await hear(a_petition(ana), removed)
    assert await messages(looking, ana) == 1
    await hear(created)
    assert await messages(looking, ana) == 0


async def test_messages_to_a_person_who_is_not_invented_stay(
    hear: Hear, ana: UUID, removed: Event, looking: asyncpg.Connection
) -> None:
    await hear(a_petition(ana, PetitionRegistered), removed, removed)
    assert await messages(looking, ana) == 1


async def test_whom_the_hub_wrote_to_before_is_real_whatever_is_told(
    hear: Hear, ana: UUID, created: Event, removed: Event, looking: asyncpg.Connection
) -> None:
    await hear(a_petition(ana, PetitionRegistered))
    await hear(created, removed, at=clock.now() + timedelta(hours=2))
    assert await messages(looking, ana) == 1


async def test_the_database_lets_nobody_delete_a_message(hub: Any) -> None:
    for table in (DELIVERIES, MESSAGES, SANDBOX_PEOPLE):
        async with hub.database.sessions() as session, session.begin():
            with pytest.raises(DBAPIError, match="permission denied"):
                await session.execute(delete(table))
