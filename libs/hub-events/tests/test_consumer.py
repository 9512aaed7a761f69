import asyncio
import shutil
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, StreamConfig
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, Tracer
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from structlog.testing import capture_logs

from hub_cli.broker import NatsBox
from hub_cli.postgres import PostgresBox
from hub_core.clock import now
from hub_core.ids import new_id
from hub_core.manifest import Consumer
from hub_events import consumer, envelope, outbox
from hub_events.consumer import Loop, Reject, RetryLater, Subscription
from hub_events.session import Session

Sessions = async_sessionmaker[Session]
Events = Callable[..., list[envelope.Event]]
Told = envelope.Envelope[Any]
Tell = Callable[[Any], Awaitable[list[UUID]]]
Until = Callable[[Callable[[], Any]], Awaitable[None]]
SUBJECT = "hub.petitions.petition.registered.v1"
SECRET = "1990101123456 Ana Popescu"


async def publish(broker: JetStreamContext, told: list[envelope.Event]) -> list[UUID]:
    """Publish events past the relay; their ids."""
    ids = [new_id() for _ in told]
    for event_id, event in zip(ids, told, strict=True):
        await send(broker, event_id, event)
    return ids


async def send(broker: JetStreamContext, event_id: UUID, event: envelope.Event) -> None:
    """Publish an event as the relay would, except that the broker does not see duplicates."""
    await broker.publish(
        event.subject, envelope.encode(event_id, event, now(), None), headers={"Hub-Event-Id": str(event_id)}
    )


async def settled(broker: JetStreamContext) -> bool:
    """Whether everything in the stream was acknowledged or taken off."""
    last = (await broker.stream_info("PETITIONS")).state.last_seq
    floor = (await broker.consumer_info("PETITIONS", "mail")).ack_floor
    return bool(floor and floor.stream_seq == last)


async def dead(broker: JetStreamContext) -> int:
    return (await broker.stream_info("DEAD_LETTERS")).state.messages


def three_times_on(engine: AsyncEngine, sessions: Sessions) -> tuple[Callable[[], Session], list[Session]]:
    """Makes sessions of the engine three times, and good ones after; and those that were made."""
    made: list[Session] = []

    def make() -> Session:
        made.append(Session(engine) if len(made) < 3 else sessions())
        return made[-1]

    return make, made


async def effects(database: asyncpg.Connection) -> list[UUID]:
    return [row["event_id"] for row in await database.fetch("SELECT event_id FROM effects ORDER BY seq")]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries=st.lists(st.integers(0, 11), min_size=1, max_size=40), seed=st.integers())
async def test_each_effect_happens_once_whatever_comes_twice_late_or_out_of_order(
    deliveries: list[int],
    seed: int,
    broker: JetStreamContext,
    consuming: Any,
    effect: consumer.Handler,
    events: Events,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    told = [(new_id(), event) for event in events(12, keys=3)]
    chance = Random(seed)

    async def unsteady(session: AsyncSession, received: Told) -> None:
        await effect(session, received)
        if chance.random() < 0.2:
            raise RetryLater(0.001)

    before = await effects(database)
    for number in deliveries:
        await send(broker, *told[number])
    async with consuming(unsteady):
        await until(lambda: settled(broker))
    fresh = (await effects(database))[len(before) :]
    assert sorted(fresh) == sorted({told[number][0] for number in deliveries})


async def test_events_of_one_key_are_handled_in_order_and_one_at_a_time(
    broker: JetStreamContext,
    consuming: Any,
    effect: consumer.Handler,
    events: Events,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    busy: set[str] = set()

    async def watch(session: AsyncSession, told: Told) -> None:
        assert told.key not in busy
        busy.add(told.key)
        await effect(session, told)
        busy.remove(told.key)

    await publish(broker, events(200, keys=5))
    async with consuming(watch):
        await until(lambda: settled(broker))
    numbers = defaultdict(list)
    for row in await database.fetch("SELECT key, number FROM effects ORDER BY seq"):
        numbers[row["key"]].append(row["number"])
    assert len(numbers) == 5
    assert all(of_key == sorted(of_key) and len(of_key) == 40 for of_key in numbers.values())


async def test_keys_run_side_by_side_within_the_bound(
    broker: JetStreamContext, consuming: Any, events: Events, until: Until
) -> None:
    running, most, release = 0, 0, asyncio.Event()

    async def hold(session: AsyncSession, told: Told) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await release.wait()
        running -= 1

    await publish(broker, events(20, keys=20))
    async with consuming(hold, concurrency=8):
        await until(lambda: running == 8)
        release.set()
        await until(lambda: settled(broker))
    assert most == 8


async def test_what_cannot_be_read_is_buried_and_does_not_stop_the_rest(
    broker: JetStreamContext,
    consuming: Any,
    effect: consumer.Handler,
    events: Events,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    await broker.publish(SUBJECT, b"{", headers={"Nats-Msg-Id": "poison"})
    [event_id] = await publish(broker, events(1))
    with capture_logs():
        async with consuming(effect):
            await until(lambda: settled(broker))
    assert await effects(database) == [event_id]
    letter = await broker.get_msg("DEAD_LETTERS", 1)
    assert (letter.subject, letter.data) == ("dead.notify.mail", b"{")
    headers = letter.headers or {}
    assert (headers["Hub-Event-Id"], headers["Hub-Subject"]) == ("poison", SUBJECT)
    assert headers["Hub-Reason"].startswith("Malformed: not a hub.petitions.petition.registered.v1")


class _Form(BaseModel):
    number: int


@pytest.mark.parametrize("raised", [Reject("no such template"), "ValidationError"])
async def test_what_will_never_succeed_is_buried_at_once(
    raised: Any, broker: JetStreamContext, consuming: Any, events: Events, until: Until
) -> None:
    tries = 0

    async def refuse(session: AsyncSession, told: Told) -> None:
        nonlocal tries
        tries += 1
        if isinstance(raised, Exception):
            raise raised
        _Form.model_validate({"number": SECRET})

    await publish(broker, events(1))
    with capture_logs() as logs:
        async with consuming(refuse):
            await until(lambda: settled(broker))
    assert (tries, await dead(broker)) == (1, 1)
    reason = ((await broker.get_msg("DEAD_LETTERS", 1)).headers or {})["Hub-Reason"]
    assert reason == (f"Reject: {raised}" if isinstance(raised, Reject) else raised)
    assert SECRET not in str(logs)


async def test_a_failure_is_tried_again_then_buried_and_logged_without_its_words(
    broker: JetStreamContext,
    consuming: Any,
    effect: consumer.Handler,
    events: Events,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    async def fail(session: AsyncSession, told: Told) -> None:
        await effect(session, told)
        raise LookupError(SECRET)

    [event_id] = await publish(broker, events(1))
    with capture_logs() as logs:
        async with consuming(fail, max_failures=2):
            await until(lambda: settled(broker))
    failed = [line for line in logs if line["event"] == "event not handled"]
    assert [line["buried"] for line in failed] == [False, True]
    assert {(line["event_id"], line["subject"], line["error"]) for line in failed} == {
        (str(event_id), SUBJECT, "LookupError")
    }
    assert failed[0]["at"].endswith("in fail")
    assert await dead(broker) == 1
    assert await effects(database) == []
    headers = (await broker.get_msg("DEAD_LETTERS", 1)).headers
    assert SECRET not in f"{logs}{headers}"


async def test_later_is_as_often_as_it_takes(
    broker: JetStreamContext,
    consuming: Any,
    effect: consumer.Handler,
    events: Events,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    tries = 0

    async def busy(session: AsyncSession, told: Told) -> None:
        nonlocal tries
        tries += 1
        await effect(session, told)
        if tries < 5:
            raise RetryLater(0.01)

    ids = await publish(broker, events(1))
    async with consuming(busy, max_failures=1):
        await until(lambda: settled(broker))
    assert (tries, await dead(broker), await effects(database)) == (5, 0, ids)


async def test_a_database_away_counts_for_nothing(
    broker: JetStreamContext,
    consuming: Any,
    effect: consumer.Handler,
    events: Events,
    database: asyncpg.Connection,
    sessions: Sessions,
    until: Until,
) -> None:
    nowhere = create_async_engine("postgresql+asyncpg://nobody@127.0.0.1:1/nowhere")
    make, _ = three_times_on(nowhere, sessions)
    ids = await publish(broker, events(1))
    with capture_logs() as logs:
        async with consuming(effect, sessions=make, max_failures=1):
            await until(lambda: settled(broker))
    assert [line["event"] for line in logs] == ["consumer bound", "database away", "database back"]
    assert (await dead(broker), await effects(database)) == (0, ids)
    assert (await broker.consumer_info("PETITIONS", "mail")).delivered.consumer_seq == 1


async def test_to_wait_long_for_a_connection_counts_for_nothing_and_is_no_trouble(
    broker: JetStreamContext,
    consuming: Any,
    effect: consumer.Handler,
    events: Events,
    database: asyncpg.Connection,
    sessions: Sessions,
    until: Until,
) -> None:
    crowded = create_async_engine(sessions.kw["bind"].url, pool_size=1, max_overflow=0, pool_timeout=0.01)
    make, made = three_times_on(crowded, sessions)
    ids = await publish(broker, events(1))
    with capture_logs() as logs:
        async with crowded.connect(), consuming(effect, sessions=make, max_failures=1):
            await until(lambda: settled(broker))
    await crowded.dispose()
    assert [line["event"] for line in logs] == ["consumer bound"]
    assert (len(made), await dead(broker), await effects(database)) == (4, 0, ids)


async def test_a_connection_lost_inside_the_handler_counts_for_nothing(
    broker: JetStreamContext,
    consuming: Any,
    effect: consumer.Handler,
    events: Events,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    tries = 0

    async def cut(session: AsyncSession, told: Told) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            pid = await session.scalar(text("SELECT pg_backend_pid()"))
            await database.execute("SELECT pg_terminate_backend($1)", pid)
        await effect(session, told)

    ids = await publish(broker, events(1))
    with capture_logs():
        async with consuming(cut, max_failures=1):
            await until(lambda: settled(broker))
    assert (tries, await dead(broker), await effects(database)) == (2, 0, ids)


async def test_a_slow_handler_keeps_its_message(
    broker: JetStreamContext,
    operator: Client,
    consuming: Any,
    events: Events,
    until: Until,
) -> None:
    """It works for twice as long as the broker waits for an acknowledgement."""
    await broker.add_consumer(
        "PETITIONS",
        ConsumerConfig(name="mail", durable_name="mail", ack_wait=0.6, filter_subjects=[SUBJECT]),
    )
    tries, beats, enough = 0, 0, asyncio.Event()

    async def count(message: Msg) -> None:
        nonlocal beats
        beats += message.data == b"+WPI"
        if beats == 6:
            enough.set()

    async def work(session: AsyncSession, told: Told) -> None:
        nonlocal tries
        tries += 1
        await enough.wait()

    heard = await operator.subscribe("$JS.ACK.PETITIONS.mail.>", cb=count)
    await publish(broker, events(1))
    async with consuming(work):
        await until(lambda: settled(broker))
    await heard.unsubscribe()
    assert tries == 1
    assert beats >= 6  # one more may be on its way when the work ends


@pytest.mark.parametrize("how", ["stop", "cancel"])
async def test_the_end_lets_what_is_in_hand_end(
    how: str,
    broker: JetStreamContext,
    operator: Client,
    sessions: Sessions,
    effect: consumer.Handler,
    registered: type[envelope.Event],
    events: Events,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    started, release = asyncio.Event(), asyncio.Event()

    async def work(session: AsyncSession, told: Told) -> None:
        started.set()
        await release.wait()
        await effect(session, told)

    wanted = Subscription(Consumer("mail", "petitions", (SUBJECT,)), {registered: work})
    loop = Loop(operator, "notify", wanted, sessions)
    running = asyncio.create_task(loop.run())
    ids = await publish(broker, events(1))
    await started.wait()
    if how == "stop":
        loop.stop()
    else:
        running.cancel()
    await publish(broker, events(1))
    release.set()
    await asyncio.wait([running])
    assert running.cancelled() == (how == "cancel")
    assert await effects(database) == ids
    await until(lambda: _acked(broker, 1))


async def _acked(broker: JetStreamContext, count: int) -> bool:
    info = await broker.consumer_info("PETITIONS", "mail")
    return bool(info.ack_floor.stream_seq == count)


async def test_it_survives_kills_of_the_broker(
    tell: Tell,
    events: Events,
    relaying: Any,
    consuming: Any,
    effect: consumer.Handler,
    mortal_broker: NatsBox,
    kill: Callable[[NatsBox], None],
    mortal: Client,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    async def at_least(count: int) -> bool:
        return len(await effects(database)) >= count

    with capture_logs():
        async with relaying(mortal) as running, consuming(effect, mortal):
            ids = await tell(events(100, keys=10))
            for wanted in (20, 140):
                running.wake()
                await until(partial(at_least, wanted))
                kill(mortal_broker)
                ids += await tell(events(100, keys=10))
            running.wake()
            await until(partial(at_least, 300))
    assert sorted(await effects(database)) == sorted(ids)


async def test_it_survives_kills_of_the_database(
    events: Events,
    relaying: Any,
    consuming: Any,
    effect: consumer.Handler,
    broker: JetStreamContext,
    mortal_postgres: PostgresBox,
    kill: Callable[[PostgresBox], None],
    until: Until,
) -> None:
    """The pool's connections die with it: relay and loop get new ones, a writer sees its own failure."""
    dsn = mortal_postgres.dsn("hub_events")
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://"), pool_pre_ping=True)
    sessions = async_sessionmaker(engine, class_=Session)
    ids: list[UUID] = []

    async def tell() -> None:
        async with sessions() as session, session.begin():
            ids.extend([await outbox.record(session, event, now()) for event in events(50, keys=10)])

    async def done(count: int) -> bool:
        async with sessions() as session:
            return bool((await session.scalar(text("SELECT count(*) FROM effects"))) >= count)

    with capture_logs():
        async with relaying(dsn=dsn) as running, consuming(effect, sessions=sessions):
            await tell()
            for wanted in (10, 60):
                running.wake()
                await until(partial(done, wanted))
                kill(mortal_postgres)
                await tell()
            await until(partial(done, 150))
    async with sessions() as session:
        happened = list(await session.scalars(text("SELECT event_id FROM effects")))
    await engine.dispose()
    assert sorted(happened) == sorted(ids)


async def test_a_power_cut_that_takes_the_end_of_the_stream_is_made_good(
    tell: Tell,
    events: Events,
    relaying: Any,
    consuming: Any,
    effect: consumer.Handler,
    mortal_broker: NatsBox,
    mortal: Client,
    database: asyncpg.Connection,
    until: Until,
    tmp_path: Path,
) -> None:
    """The stream's files go back to an older state, the rest of the broker's files do not."""
    [files] = mortal_broker.folder.rglob("PETITIONS/msgs")
    copy = tmp_path / "copy"

    async def at_least(count: int) -> bool:
        return len(await effects(database)) >= count

    with capture_logs():
        async with relaying(mortal) as running:
            ids = await tell(events(20, keys=3))
            running.wake()
            async with consuming(effect, mortal):
                await until(partial(at_least, 20))
            mortal_broker.stop()
            shutil.copytree(files, copy)
            mortal_broker.start()
            ids += await tell(events(20, keys=3))
            async with consuming(effect, mortal):
                await until(partial(at_least, 40))
            ids += await tell(events(20, keys=3))
            running.wake()
            await until(lambda: _all_published(database))
            mortal_broker.stop()
            shutil.rmtree(files)
            shutil.copytree(copy, files)
            mortal_broker.start()
            ids += await tell(events(20, keys=3))
            async with consuming(effect, mortal):
                await until(partial(at_least, 80))
    assert sorted(await effects(database)) == sorted(ids)
    assert (await mortal.jetstream().stream_info("PETITIONS")).state.messages == 80


async def _all_published(database: asyncpg.Connection) -> bool:
    return not await database.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")


async def test_it_waits_for_a_consumer_that_is_not_there_yet(
    broker: JetStreamContext,
    consuming: Any,
    effect: consumer.Handler,
    events: Events,
    renewed: Any,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    await broker.delete_consumer("PETITIONS", "mail")
    with capture_logs() as logs:
        async with consuming(effect):
            await until(lambda: len(logs) >= 2)
            await renewed(broker)
            ids = await publish(broker, events(1))
            await until(lambda: settled(broker))
            await broker.delete_consumer("PETITIONS", "mail")
            await until(lambda: logs[-1]["event"] == "consumer not bound")
            await renewed(broker)
            ids += await publish(broker, events(1))
            await until(lambda: settled(broker))
    assert await effects(database) == ids


async def test_a_subject_nobody_handles_is_buried(
    broker: JetStreamContext,
    operator: Client,
    sessions: Sessions,
    effect: consumer.Handler,
    registered: type[envelope.Event],
    until: Until,
) -> None:
    every = Consumer("every", "petitions", ("hub.petitions.>",))
    await broker.add_consumer("PETITIONS", ConsumerConfig(name="every", durable_name="every"))
    loop = Loop(operator, "notify", Subscription(every, {registered: effect}), sessions)
    with capture_logs():
        running = asyncio.create_task(loop.run())
        await broker.publish("hub.petitions.petition.answered.v1", b"{}")
        await until(lambda: _one_dead(broker))
        loop.stop()
        await running
    headers = (await broker.get_msg("DEAD_LETTERS", 1)).headers or {}
    assert headers["Hub-Subject"] == "hub.petitions.petition.answered.v1"
    assert headers["Hub-Reason"] == "UnknownSubject"


async def _one_dead(broker: JetStreamContext) -> bool:
    return await dead(broker) == 1


async def test_nothing_is_taken_off_before_the_dead_letter_is_stored(
    broker: JetStreamContext, consuming: Any, events: Events, until: Until
) -> None:
    async def refuse(session: AsyncSession, told: Told) -> None:
        raise Reject("never")

    await broker.delete_stream("DEAD_LETTERS")
    await broker.add_consumer(
        "PETITIONS",
        ConsumerConfig(name="mail", durable_name="mail", ack_wait=0.5, filter_subjects=[SUBJECT]),
    )
    await publish(broker, events(1))
    with capture_logs() as logs:
        async with consuming(refuse):
            await until(lambda: any(line["event"] == "verdict not told" for line in logs))
            assert not await settled(broker)
            await broker.add_stream(StreamConfig(name="DEAD_LETTERS", subjects=["dead.>"]))
            await until(lambda: settled(broker))
    assert await dead(broker) == 1


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ((SUBJECT,), True),
        (("hub.petitions.>",), True),
        (("hub.*.petition.registered.v1",), True),
        (("hub.petitions.petition.registered.v1.>",), False),
        (("hub.petitions.petition",), False),
        (("hub.catalog.>",), False),
        ((SUBJECT, "hub.petitions.petition.answered.v1"), False),
    ],
)
def test_handlers_and_subjects_must_fit(
    asked: tuple[str, ...], fits: bool, registered: type[envelope.Event], effect: consumer.Handler
) -> None:
    wanted = Consumer("mail", "petitions", asked)
    if fits:
        Subscription(wanted, {registered: effect})
    else:
        with pytest.raises(ValueError, match="mail"):
            Subscription(wanted, {registered: effect})


async def test_one_trace_from_recording_to_the_effect(
    tell: Tell,
    events: Events,
    relaying: Any,
    consuming: Any,
    broker: JetStreamContext,
    until: Until,
    tracer: Tracer,
    exporter: InMemorySpanExporter,
) -> None:
    async def fail(session: AsyncSession, told: Told) -> None:
        with tracer.start_as_current_span("send the mail"):
            pass
        raise Reject(SECRET)

    with tracer.start_as_current_span("request") as request:
        await tell(events(1))
    with capture_logs():
        async with relaying(), consuming(fail):
            await until(lambda: _one_dead(broker))
            await until(lambda: settled(broker))
    spans = {span.name.split(" ")[0]: span for span in exporter.get_finished_spans()}
    assert {span.context.trace_id for span in spans.values()} == {request.get_span_context().trace_id}
    processed, published = spans["process"], spans["publish"]
    assert processed.kind is SpanKind.CONSUMER
    assert processed.parent
    assert processed.parent.span_id == published.context.span_id
    assert spans["send"].parent
    assert spans["send"].parent.span_id == processed.context.span_id
    assert (processed.status.status_code, processed.status.description) == (StatusCode.ERROR, "Reject")
    assert not processed.events
