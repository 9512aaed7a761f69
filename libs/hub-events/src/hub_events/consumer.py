"""The consumer loop: each event at least once, each effect exactly once.

    SUBSCRIPTION = consumer.Subscription(manifest.PETITION_MAIL, {PetitionRegistered: petition_registered})

    async def petition_registered(session: Session, told: Envelope[PetitionRegistered]) -> None:
        await operations.tell_the_person(session, told.data.petition_id, cause=told.id)

The loop opens one transaction per message, notes the event in the inbox and calls the handler in the
same transaction; only then it acknowledges. Within a process, events of one aggregate are handled one
after another, in the order of their arrival; between replicas, and after a failure, no order is promised.

What can go wrong with a message, and what then happens:

- the handler raises `RetryLater`: it comes again after that delay, as often as it takes;
- our own database is away: the message stays in hand until it is back, and this counts for nothing;
- any other error: it comes again with growing delays, from a second to a quarter of an hour; after
  30 failures (about five hours) it is buried;
- it cannot be read, the handler raises `Reject` or a `ValidationError`, or no handler knows its
  subject: it is buried at once. A subject without a handler is a mistake of deployment; to acknowledge
  it would lose the event without a trace, in the grave it waits for the replica that knows it.

Buried means: first stored in the stream of dead letters, then taken off this consumer. See `dead_letters`.
"""

import asyncio
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from opentelemetry.trace import SpanKind, StatusCode, get_tracer
from pydantic import ValidationError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from hub_core import manifest

from . import backoff, subjects, trace
from .envelope import Envelope, Event, Malformed, decode
from .pull import Pull
from .session import Session
from .transaction import DatabaseAway, Handler, handle_once

__all__ = ["CONCURRENCY", "MAX_FAILURES", "Handler", "Loop", "Reject", "RetryLater", "Subscription"]

CONCURRENCY: Final = 32
"""Events in work at once; they share the pool of connections with the service's requests."""
MAX_FAILURES: Final = 30

_log: Final = structlog.get_logger("consumer")
_tracer: Final = get_tracer("hub_events")

_LONGEST_DELAY: Final = 15 * 60.0
_HANDED_BACK_SECONDS: Final = 1.0
_GOODBYE_SECONDS: Final = 10.0


class Reject(Exception):
    """Raised by a handler: this event will never succeed. The reason must quote none of its data."""


class RetryLater(Exception):
    """Raised by a handler: not now, but in `delay` seconds; never buried, however often."""

    def __init__(self, delay: float) -> None:
        super().__init__(delay)
        self.delay = delay


class UnknownSubject(Exception):
    """No handler of the subscription takes this subject."""


_OUR_WORDS: Final = (Reject, Malformed)
_HOPELESS: Final = (*_OUR_WORDS, ValidationError, UnknownSubject)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A durable consumer and its handlers, one per event.

    `ValueError` when a handler's subject is not asked for, or a subject asked for has no handler.
    """

    consumer: manifest.Consumer
    handlers: Mapping[type[Event], Handler]
    concurrency: int = CONCURRENCY
    max_failures: int = MAX_FAILURES

    def __post_init__(self) -> None:
        handled = {model.subject for model in self.handlers}
        asked = self.consumer.subjects
        deaf = {subject for subject in handled if not any(subjects.covers(a, subject) for a in asked)}
        mute = {subject for subject in asked if not subjects.is_pattern(subject)} - handled
        if deaf or mute:
            raise ValueError(f"{self.consumer.durable}: not asked for {deaf}, without a handler {mute}")


@dataclass(eq=False, slots=True)
class _Delivery:
    """A message in hand, and what it was read as."""

    message: Msg
    subject: str
    event_id: str
    stream_seq: int
    envelope: Envelope[Any] | None = None
    handler: Handler | None = None
    defect: Exception | None = None

    @property
    def traceparent(self) -> str | None:
        """The relay's span, or else the operation that recorded the event."""
        carried = (self.message.headers or {}).get(trace.HEADER)
        return carried or (self.envelope.traceparent if self.envelope else None)


class Loop:
    """Handles what a durable consumer delivers, until stopped or cancelled.

    `sessions` makes the session of one message.
    """

    def __init__(
        self,
        nats: Client,
        service: str,
        subscription: Subscription,
        sessions: Callable[[], Session],
    ) -> None:
        wanted = subscription.consumer
        self._nats = nats
        self._js = nats.jetstream()
        self._source = wanted.source
        self._durable = wanted.durable
        self._grave = subjects.grave_of(service, wanted.durable)
        self._models = {model.subject: (model, handler) for model, handler in subscription.handlers.items()}
        self._concurrency = subscription.concurrency
        self._max_failures = subscription.max_failures
        self._sessions = sessions
        self._stopping = asyncio.Event()
        self._in_hand: dict[asyncio.Task[None], _Delivery] = {}
        self._last_of_key: dict[str, asyncio.Task[None]] = {}
        self._failures: dict[str, int] = {}
        self._database_away = False
        self._pull = Pull(
            nats,
            manifest.stream_name(wanted.source),
            wanted.durable,
            take=self._take,
            free=lambda: self._concurrency - len(self._in_hand),
            in_hand=lambda: [delivery.message for delivery in self._in_hand.values()],
        )
        self._log = _log.bind(service=service, consumer=wanted.durable)

    def stop(self) -> None:
        """Take nothing more; `run` returns when what is in hand is done."""
        self._stopping.set()
        self._pull.stop()

    async def run(self) -> None:
        """Handle messages until `stop`, or until cancelled; both let what is in hand end.

        A broker or a database that is away never ends it.
        """
        try:
            await self._pull.run()
        finally:
            self._stopping.set()
            await self._finish()

    def _read(self, message: Msg) -> _Delivery:
        headers = message.headers or {}
        replayed = message.subject.startswith("replay.")
        subject = headers.get(subjects.EVENT_SUBJECT, "") if replayed else message.subject
        event_id = headers.get(subjects.EVENT_ID) or headers.get(subjects.MESSAGE_ID, "")
        delivery = _Delivery(message, subject, event_id, message.metadata.sequence.stream)
        known = self._models.get(subject)
        if known is None:
            delivery.defect = UnknownSubject()
            return delivery
        model, delivery.handler = known
        try:
            delivery.envelope = decode(model, message.data)
        except Malformed as defect:
            delivery.defect = defect
        return delivery

    def _take(self, message: Msg) -> None:
        """Start the work; what has the same key waits for the one before."""
        delivery = self._read(message)
        key = delivery.envelope.key if delivery.envelope else ""
        task = asyncio.create_task(self._settle(delivery, self._last_of_key.get(key)))
        self._in_hand[task] = delivery
        if key:
            self._last_of_key[key] = task

        def done(task: asyncio.Task[None]) -> None:
            del self._in_hand[task]
            if self._last_of_key.get(key) is task:
                del self._last_of_key[key]
            self._pull.look()

        task.add_done_callback(done)

    async def _settle(self, delivery: _Delivery, before: asyncio.Task[None] | None) -> None:
        """Handle a message and tell the broker the verdict; a verdict that is lost is asked for again."""
        if before:
            await asyncio.wait([before])
        try:
            await self._tell(delivery, await self._try(delivery))
        except (nats.errors.Error, OSError) as error:
            self._log.warning("verdict not told", event_id=delivery.event_id, error=_name(error))

    async def _try(self, delivery: _Delivery) -> BaseException | None:
        """Handle a message; what went wrong, if something did."""
        with _tracer.start_as_current_span(
            f"process {delivery.subject}",
            context=trace.context_of(delivery.traceparent),
            kind=SpanKind.CONSUMER,
            attributes=trace.attributes(delivery.subject, delivery.event_id, "process"),
            record_exception=False,  # its message may quote data
            set_status_on_exception=False,
        ) as span:
            # As a value, so that whatever a handler raises ends here and not in the loop.
            [failure] = await asyncio.gather(self._handle(delivery), return_exceptions=True)
            if failure is not None:
                span.set_status(StatusCode.ERROR, _name(failure))
            return failure

    async def _handle(self, delivery: _Delivery) -> None:
        if delivery.envelope is None or delivery.handler is None:
            raise delivery.defect or UnknownSubject
        failures = 0
        while True:
            try:
                await handle_once(self._sessions(), self._durable, delivery.envelope, delivery.handler)
            except DatabaseAway as away:
                failures += 1
                self._note_database(away.__cause__)
                if await self._stops_within(backoff.delay(failures, first=0.1, longest=5)):
                    raise
            else:
                self._note_database(None)
                return

    def _note_database(self, trouble: BaseException | None) -> None:
        """Log that the database went away, or came back; once, not for each message in hand.

        To wait long for one of our own connections, when many events come at once, says nothing of it.
        """
        if isinstance(trouble, PoolTimeout):
            return
        if trouble and not self._database_away:
            self._log.warning("database away", error=_name(trouble))
        if self._database_away and not trouble:
            self._log.info("database back")
        self._database_away = trouble is not None

    async def _tell(self, delivery: _Delivery, failure: BaseException | None) -> None:
        """Tell the broker what became of a message."""
        message, event_id = delivery.message, delivery.event_id
        if failure is None:
            self._failures.pop(event_id, None)
            await message.ack()
        elif isinstance(failure, RetryLater):
            self._log.info("event later", event_id=event_id, subject=delivery.subject, delay=failure.delay)
            await message.nak(delay=failure.delay)
        elif isinstance(failure, DatabaseAway):
            await message.nak(delay=_HANDED_BACK_SECONDS)
        else:
            failures = self._failures[event_id] = self._failures.get(event_id, 0) + 1
            final = failures >= self._max_failures or isinstance(failure, _HOPELESS)
            self._log.error(
                "event not handled",
                event_id=event_id,
                subject=delivery.subject,
                error=_name(failure),
                at=_place(failure),
                failures=failures,
                buried=final,
            )
            if final:
                await self._bury(delivery, failure)
            else:
                await message.nak(delay=backoff.delay(failures, first=1, longest=_LONGEST_DELAY))

    async def _bury(self, delivery: _Delivery, failure: BaseException) -> None:
        """Store the dead letter, and only then take the message off the consumer."""
        reason = f"{_name(failure)}: {failure}" if isinstance(failure, _OUR_WORDS) else _name(failure)
        headers = {
            subjects.MESSAGE_ID: f"{self._durable}.{delivery.event_id}.{delivery.stream_seq}",
            subjects.EVENT_SUBJECT: delivery.subject,
            subjects.EVENT_ID: delivery.event_id,
            subjects.SOURCE: self._source,
            subjects.REASON: reason,
        }
        if delivery.traceparent:
            headers[trace.HEADER] = delivery.traceparent
        await self._js.publish(
            self._grave, delivery.message.data, stream=subjects.DEAD_LETTERS, headers=headers
        )
        self._failures.pop(delivery.event_id, None)
        await delivery.message.term()

    async def _stops_within(self, seconds: float) -> bool:
        """Wait; whether the loop was stopped meanwhile."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        return self._stopping.is_set()

    async def _finish(self) -> None:
        """Let what is in hand end, for a while; what does not is delivered again later."""
        if self._in_hand:
            _, unfinished = await asyncio.wait(list(self._in_hand), timeout=_GOODBYE_SECONDS)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)
        if self._nats.is_connected:
            with suppress(nats.errors.Error, OSError):
                await self._nats.flush(timeout=1)


def _name(error: BaseException | None) -> str:
    return type(error).__name__


def _place(error: BaseException) -> str:
    """File, line and function where an error was raised: all that can be said of it without its words."""
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    return f"{frames[0].filename}:{frames[0].lineno} in {frames[0].name}" if frames else ""
