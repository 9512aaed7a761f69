"""What the broker holds: streams, durable consumers, and who may touch them.

Made by the operator at start, from the manifests; services only bind. Everything is idempotent: what
exists already is brought to what is said here.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from hub_core.manifest import Consumer, Manifest, stream_name

from . import subjects

MAX_AGE: Final = timedelta(days=30)
ACK_WAIT: Final = timedelta(seconds=30)
_DUPLICATE_WINDOW: Final = timedelta(minutes=2)
_MAX_ACK_PENDING: Final = 10_000


@dataclass(frozen=True, slots=True)
class Permissions:
    """The subjects one user may publish and subscribe to; everything else is refused."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


async def ensure(
    js: JetStreamContext,
    manifests: Iterable[Manifest],
    *,
    replicas: int = 1,
    max_age: timedelta = MAX_AGE,
) -> None:
    """Make or update the streams of all publishers and the durable consumers of all listeners.

    `max_age` is how long events are kept for consumers that are away; dead letters are kept until
    somebody deals with them. `ValueError` when two services claim one durable of one stream.
    """
    known = list(manifests)
    _refuse_shared_durables(known)
    publishers = {manifest.name for manifest in known if manifest.publishes}
    sources = {consumer.source for manifest in known for consumer in manifest.consumers}
    for service in sorted(publishers | sources):
        told = [subjects.events_of(service), subjects.replays_of(service)]
        await _ensure_stream(js, stream_name(service), told, replicas, max_age)
    await _ensure_stream(js, subjects.DEAD_LETTERS, [subjects.GRAVES], replicas, timedelta(0))
    for manifest in known:
        for consumer in manifest.consumers:
            await js.add_consumer(stream_name(consumer.source), _durable(manifest.name, consumer))


def permissions(manifest: Manifest, manifests: Iterable[Manifest]) -> Permissions:
    """What the broker allows the user of one service.

    A wildcard of the broker stands for whole tokens only, so consumers are named one by one.
    `ValueError` when the service listens to one that publishes nothing.
    """
    silent = {other.name for other in manifests if not other.publishes}
    unheard = silent & {consumer.source for consumer in manifest.consumers}
    if unheard:
        raise ValueError(f"{manifest.name} listens to {unheard}, which publish nothing")
    publish: list[str] = []
    if manifest.publishes:
        stream = stream_name(manifest.name)
        publish += [
            subjects.events_of(manifest.name),
            f"$JS.API.STREAM.INFO.{stream}",
            f"$JS.API.STREAM.MSG.GET.{stream}",
        ]
    for consumer in manifest.consumers:
        durable = f"{stream_name(consumer.source)}.{consumer.durable}"
        publish += [
            subjects.grave_of(manifest.name, consumer.durable),
            f"$JS.API.CONSUMER.INFO.{durable}",
            f"$JS.API.CONSUMER.MSG.NEXT.{durable}",
            f"$JS.ACK.{durable}.>",
        ]
    return Permissions(tuple(publish), (f"_INBOX.{manifest.name}.>", *manifest.listens))


def _refuse_shared_durables(manifests: Iterable[Manifest]) -> None:
    claimed = Counter(
        (consumer.source, consumer.durable) for manifest in manifests for consumer in manifest.consumers
    )
    shared = [durable for durable, times in claimed.items() if times > 1]
    if shared:
        raise ValueError(f"durables claimed twice: {shared}")


async def _ensure_stream(
    js: JetStreamContext, name: str, told: list[str], replicas: int, max_age: timedelta
) -> None:
    config = StreamConfig(
        name=name,
        subjects=told,
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.OLD,
        max_age=max_age.total_seconds(),
        num_replicas=replicas,
        duplicate_window=_DUPLICATE_WINDOW.total_seconds(),
        allow_direct=True,
        allow_atomic=True,  # passed over by brokers that do not know it
    )
    try:
        await js.stream_info(name)
    except NotFoundError:
        await js.add_stream(config)
    else:
        await js.update_stream(config)


def _durable(service: str, consumer: Consumer) -> ConsumerConfig:
    """The consumer's configuration.

    Deliveries are not limited here: the broker would drop what reaches its limit without a trace. The
    consumer loop counts failures, and buries.
    """
    return ConsumerConfig(
        name=consumer.durable,
        durable_name=consumer.durable,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT.total_seconds(),
        max_deliver=-1,
        max_ack_pending=_MAX_ACK_PENDING,
        filter_subjects=[
            *consumer.subjects,
            subjects.replay_for(consumer.source, service, consumer.durable),
        ],
    )
