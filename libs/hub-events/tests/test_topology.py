from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import nats.errors
import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType
from structlog.testing import capture_logs

from hub_cli.broker import NatsBox, User
from hub_core.manifest import Consumer, Manifest
from hub_events import connection, consumer, envelope, topology

Events = Callable[..., list[envelope.Event]]
Tell = Callable[[Any], Awaitable[list[UUID]]]
Until = Callable[[Callable[[], Any]], Awaitable[None]]
Manifests = tuple[Manifest, ...]
TOLD = "hub.petitions.petition.registered.v1"


async def test_streams_are_made_as_promised(broker: JetStreamContext) -> None:
    streams = {stream.config.name: stream.config for stream in await broker.streams_info()}
    assert set(streams) == {"PETITIONS", "NOTIFY", "STATISTICS", "DEAD_LETTERS"}
    stream = streams["PETITIONS"]
    assert stream.subjects == ["hub.petitions.>", "replay.petitions.>"]
    assert (stream.storage, stream.retention) == (StorageType.FILE, RetentionPolicy.LIMITS)
    assert (stream.discard, stream.max_age) == (DiscardPolicy.OLD, timedelta(days=30).total_seconds())
    assert (stream.duplicate_window, stream.allow_direct, stream.allow_atomic) == (120, True, True)
    assert (streams["DEAD_LETTERS"].subjects, streams["DEAD_LETTERS"].max_age) == (["dead.>"], 0)


async def test_consumers_are_made_as_promised(broker: JetStreamContext) -> None:
    config = (await broker.consumer_info("PETITIONS", "mail")).config
    assert config.filter_subjects == [TOLD, "replay.petitions.notify.mail"]
    assert (config.ack_policy, config.ack_wait, config.max_deliver) == ("explicit", 30, -1)


async def test_what_exists_is_brought_up_to_date_and_keeps_its_place(
    broker: JetStreamContext, manifests: Manifests
) -> None:
    await broker.publish(TOLD, b"{}")
    other = "hub.petitions.petition.answered.v1"
    wider = Manifest("notify", "n", "n:m", 8104, consumers=(Consumer("mail", "petitions", (TOLD, other)),))
    await topology.ensure(broker, manifests)
    await topology.ensure(broker, [manifests[0], wider], max_age=timedelta(days=60))
    state = await broker.stream_info("PETITIONS")
    assert (state.config.max_age, state.state.messages) == (timedelta(days=60).total_seconds(), 1)
    config = (await broker.consumer_info("PETITIONS", "mail")).config
    assert config.filter_subjects == [TOLD, other, "replay.petitions.notify.mail"]


async def test_a_source_that_is_not_installed_has_its_stream(broker: JetStreamContext) -> None:
    listening = Consumer("copy", "catalog", ("hub.catalog.entry.published.v1",))
    await topology.ensure(broker, [Manifest("notify", "n", "n:m", 8104, consumers=(listening,))])
    assert (await broker.consumer_info("CATALOG", "copy")).num_pending == 0


async def test_two_services_cannot_share_a_durable(broker: JetStreamContext, manifests: Manifests) -> None:
    again = Manifest("alerts", "a", "a:m", 8106, consumers=manifests[1].consumers)
    with pytest.raises(ValueError, match="mail"):
        await topology.ensure(broker, [*manifests, again])


def test_nobody_listens_to_a_service_that_tells_nothing() -> None:
    gateway = Manifest("gateway", "gateway", "g:m", 8080, publishes=False)
    listening = Consumer("odd", "gateway", ("hub.gateway.door.opened.v1",))
    odd = Manifest("odd", "o", "o:m", 8107, consumers=(listening,))
    with pytest.raises(ValueError, match="gateway"):
        topology.permissions(odd, [gateway, odd])


def test_permissions_name_everything_one_by_one(manifests: Manifests) -> None:
    assert topology.permissions(manifests[1], manifests) == topology.Permissions(
        publish=(
            "hub.notify.>",
            "$JS.API.STREAM.INFO.NOTIFY",
            "$JS.API.STREAM.MSG.GET.NOTIFY",
            "dead.notify.mail",
            "$JS.API.CONSUMER.INFO.PETITIONS.mail",
            "$JS.API.CONSUMER.MSG.NEXT.PETITIONS.mail",
            "$JS.ACK.PETITIONS.mail.>",
        ),
        subscribe=("_INBOX.notify.>",),
    )
    gateway = Manifest("g", "g", "g:m", 1, publishes=False, listens=("hub.identity.token.revoked.v1",))
    assert topology.permissions(gateway, manifests) == topology.Permissions(
        publish=(), subscribe=("_INBOX.g.>", "hub.identity.token.revoked.v1")
    )


@pytest.fixture
async def as_service(
    nats_server: NatsBox, broker: JetStreamContext, manifests: Manifests
) -> AsyncIterator[Callable[[str], Any]]:
    """`async with as_service("notify") as client`: connected with that service's own permissions."""
    users = [(manifest.name, topology.permissions(manifest, manifests)) for manifest in manifests]
    nats_server.configure([User(name, allowed.publish, allowed.subscribe) for name, allowed in users])

    @asynccontextmanager
    async def connect(name: str) -> AsyncIterator[Client]:
        client = await connection.connect(nats_server.url, nats_server.seed(name), name)
        yield client
        await client.close()

    yield connect
    nats_server.configure([])


async def test_with_its_own_permissions_a_service_can_do_its_work(
    as_service: Callable[[str], Any],
    broker: JetStreamContext,
    tell: Tell,
    events: Events,
    relaying: Any,
    consuming: Any,
    effect: consumer.Handler,
    database: asyncpg.Connection,
    until: Until,
) -> None:
    """Publish, recover, consume, acknowledge and bury, without one refusal."""

    async def handle(session: Any, told: Any) -> None:
        await effect(session, told)
        if told.data.number == 1:
            raise consumer.Reject("the second one")

    async def done() -> bool:
        return (await broker.stream_info("DEAD_LETTERS")).state.messages == 1

    with capture_logs() as logs:
        async with as_service("petitions") as publisher, as_service("notify") as listener:
            await tell(events(3))
            async with relaying(publisher), consuming(handle, listener):
                await until(done)
            async with relaying(publisher):
                await tell(events(1))
                await until(lambda: _stored(broker, 4))
    assert await database.fetchval("SELECT count(*) FROM effects") == 2
    assert not [line for line in logs if "refused" in line["event"]]


async def _stored(broker: JetStreamContext, count: int) -> bool:
    return bool((await broker.stream_info("PETITIONS")).state.messages == count)


NOT_FOR_NOTIFY = (
    TOLD,
    "replay.petitions.statistics.count",
    "replay.petitions.notify.mail",
    "dead.statistics.count",
    "dead.notify.other",
    "$JS.API.STREAM.INFO.PETITIONS",
    "$JS.API.STREAM.MSG.GET.PETITIONS",
    "$JS.API.DIRECT.GET.PETITIONS",
    "$JS.API.STREAM.MSG.GET.DEAD_LETTERS",
    "$JS.API.STREAM.DELETE.NOTIFY",
    "$JS.API.STREAM.PURGE.PETITIONS",
    "$JS.API.STREAM.CREATE.MINE",
    "$JS.API.STREAM.LIST",
    "$JS.API.CONSUMER.CREATE.PETITIONS.mine",
    "$JS.API.CONSUMER.CREATE.NOTIFY.mine",
    "$JS.API.CONSUMER.INFO.PETITIONS.count",
    "$JS.API.CONSUMER.MSG.NEXT.PETITIONS.count",
    "$JS.API.CONSUMER.DELETE.PETITIONS.mail",
    "$JS.ACK.PETITIONS.count.1.1.1.1.0",
    "_INBOX.petitions.x",
)


async def test_what_is_anothers_is_refused_and_said_loudly(
    as_service: Callable[[str], Any], broker: JetStreamContext, until: Until
) -> None:
    with capture_logs() as logs:
        async with as_service("notify") as client:
            for told, subject in enumerate(NOT_FOR_NOTIFY, 1):
                with pytest.raises((nats.errors.TimeoutError, nats.errors.NoRespondersError)):
                    await client.request(subject, b"{}", timeout=0.02)
                await until(partial(_as_many, logs, told))
    assert {(line["event"], line["log_level"], line["service"]) for line in logs} == {
        ("refused by the broker", "error", "notify")
    }
    for subject, line in zip(NOT_FOR_NOTIFY, logs, strict=True):
        assert f'"{subject.lower()}"' in line["refusal"]


def _as_many(logs: list[Any], count: int) -> bool:
    return len(logs) == count


async def test_anothers_subjects_cannot_be_overheard(
    as_service: Callable[[str], Any], broker: JetStreamContext, operator: Client, until: Until
) -> None:
    wanted = ("hub.petitions.>", "_INBOX.petitions.>", "_INBOX.>", ">", "$JS.ACK.>")
    with capture_logs() as logs:
        async with as_service("notify") as client:
            heard = [await client.subscribe(subject) for subject in wanted]
            await until(lambda: len(logs) == len(wanted))
            await operator.publish(TOLD, b"{}")
            await operator.flush()
            await client.flush()
            assert [listening.pending_msgs for listening in heard] == [0] * len(wanted)
    assert {line["event"] for line in logs} == {"refused by the broker"}


async def test_a_service_bound_to_one_consumer_cannot_widen_it(
    as_service: Callable[[str], Any], broker: JetStreamContext, until: Until
) -> None:
    with capture_logs() as logs:
        async with as_service("notify") as client:
            with pytest.raises(nats.errors.TimeoutError):
                await client.jetstream(timeout=0.05).add_consumer(
                    "PETITIONS", ConsumerConfig(name="mail", durable_name="mail", filter_subject=">")
                )
            await until(lambda: logs)
    assert logs[0]["event"] == "refused by the broker"
