import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from structlog.testing import capture_logs

from hub_core.manifest import Manifest
from hub_events import consumer, dead_letters, envelope
from hub_events.session import Session

Events = Callable[..., list[envelope.Event]]
Tell = Callable[[Any], Awaitable[list[UUID]]]
Until = Callable[[Callable[[], Any]], Awaitable[None]]


@pytest.fixture
async def buried(
    tell: Tell, events: Events, relaying: Any, consuming: Any, broker: JetStreamContext, until: Until
) -> list[UUID]:
    """Two events that notify's consumer `mail` has buried."""

    async def refuse(session: AsyncSession, told: envelope.Envelope[Any]) -> None:
        raise consumer.Reject("no template")

    async def two() -> bool:
        return (await broker.stream_info("DEAD_LETTERS")).state.messages == 2

    ids = await tell(events(2))
    with capture_logs():
        async with relaying(), consuming(refuse):
            await until(two)
    return ids


async def test_letters_are_listed(broker: JetStreamContext, buried: list[UUID]) -> None:
    letters = await dead_letters.list_(broker)
    assert [letter.number for letter in letters] == [1, 2]
    assert [letter.event_id for letter in letters] == list(map(str, buried))
    assert {(letter.service, letter.consumer, letter.source) for letter in letters} == {
        ("notify", "mail", "petitions")
    }
    assert {(letter.subject, letter.reason) for letter in letters} == {
        ("hub.petitions.petition.registered.v1", "Reject: no template")
    }
    assert all(letter.buried_at for letter in letters)
    assert await dead_letters.list_(broker, "notify", limit=1) == letters[:1]
    assert await dead_letters.list_(broker, "statistics") == []


async def test_a_letter_is_told_again_to_its_consumer_only(
    broker: JetStreamContext,
    buried: list[UUID],
    operator: Client,
    sessions: async_sessionmaker[Session],
    consuming: Any,
    effect: consumer.Handler,
    manifests: tuple[Manifest, ...],
    registered: type[envelope.Event],
    database: asyncpg.Connection,
    until: Until,
) -> None:
    heard: list[UUID] = []

    async def count(session: AsyncSession, told: envelope.Envelope[Any]) -> None:
        heard.append(told.id)

    async def done() -> bool:
        return bool(await database.fetchval("SELECT count(*) FROM effects"))

    wanted = consumer.Subscription(manifests[2].consumers[0], {registered: count})
    counting = consumer.Loop(operator, "statistics", wanted, sessions)
    with capture_logs():
        running = asyncio.create_task(counting.run())
        async with consuming(effect):
            await until(lambda: len(heard) == 2)
            letter = await dead_letters.replay(broker, 1)
            await until(done)
        counting.stop()
        await running
    assert letter.event_id == str(buried[0])
    assert await database.fetchval("SELECT event_id FROM effects") == buried[0]
    assert heard == buried
    assert [letter.number for letter in await dead_letters.list_(broker)] == [2]


async def test_a_letter_told_again_may_be_buried_again(
    broker: JetStreamContext, buried: list[UUID], consuming: Any, until: Until
) -> None:
    async def refuse(session: AsyncSession, told: envelope.Envelope[Any]) -> None:
        raise consumer.Reject("still no template")

    async def again() -> bool:
        return [letter.number for letter in await dead_letters.list_(broker)] == [2, 3]

    with capture_logs():
        async with consuming(refuse):
            first = await dead_letters.replay(broker, 1)
            await until(again)
    second = (await dead_letters.list_(broker))[1]
    assert (second.event_id, second.subject, second.source) == (first.event_id, first.subject, first.source)
    assert second.reason == "Reject: still no template"


async def test_a_letter_can_be_thrown_away(broker: JetStreamContext, buried: list[UUID]) -> None:
    assert (await dead_letters.discard(broker, 2)).event_id == str(buried[1])
    assert [letter.number for letter in await dead_letters.list_(broker)] == [1]
    for act in (dead_letters.discard, dead_letters.replay):
        with pytest.raises(KeyError):
            await act(broker, 2)
