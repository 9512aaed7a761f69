"""The consumer loop: each event at least once, each effect exactly once.

    SUBSCRIPTION = consumer.Subscription(manifest.PETITION_MAIL, {PetitionRegistered: petition_registered})

    async def petition_registered(session: AsyncSession, told: Envelope[PetitionRegistered]) -> None:
        await operations.tell_the_person(session, told.data.petition_id, cause=told.id)

The loop opens one transaction per message, notes the event in the inbox and calls the handler in the
same transaction; only then it acknowledges. Events of one aggregate are handled one after another.

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
import json
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from typing import Any, Final

import nats.errors
import structlog
from asyncpg import PostgresError
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import Header
from nats.js.api import StatusCode as PullStatus
from opentelemetry.trace import SpanKind, StatusCode, get_tracer
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, manifest

from . import backoff, connection, inbox, subjects, trace
from .envelope import Envelope, Event, Malformed, decode

Handler = Callable[[AsyncSession, Envelope[Any]], Awaitable[None]]
"""Handles one event inside the session's transaction; it calls one operation."""

CONCURRENCY: Final = 32
MAX_FAILURES: Final = 30

_log: Final = structlog.get_logger("consumer")
_tracer: Final = get_tracer("hub_events")

_LONGEST_DELAY: Final = 15 * 60.0
_LONGEST_HANDLING: Final = 5 * 60.0
_ACK_WAIT: Final = 30.0
_PULL_SECONDS: Final = 30.0
_SIGN_OF_LIFE_SECONDS: Final = 5.0
_SILENCE_SECONDS: Final = 2.5 * _SIGN_OF_LIFE_SECONDS
_LOOK_SECONDS: Final = 0.5
_HANDED_BACK_SECONDS: Final = 1.0
_GOODBYE_SECONDS: Final = 10.0
_PASSING_SQLSTATES: Final = ("08", "25006", "40", "53", "55P03", "57P", "58")
"""Connection lost, a standby, lost races, no resources, lock time-out, shutting down, disk."""


class Reject(Exception):
    """Raised by a handler: this event will never succeed. The reason must quote none of its data."""


class RetryLater(Exception):
    """Raised by a handler: not now, but in `delay` seconds; never buried, however often."""

    def __init__(self, delay: float) -> None:
        super().__init__(delay)
        self.delay = delay


class UnknownSubject(Exception):
    """No handler of the subscription takes this subject."""


class _DatabaseAway(Exception):
    """Our own database failed, for a reason that is not the event's."""


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
        deaf = {subject for subject in handled if not any(map(_covers(subject), self.consumer.subjects))}
        mute = {subject for subject in self.consumer.subjects if not _is_pattern(subject)} - handled
        if deaf or mute:
            raise ValueError(f"{self.consumer.durable}: not asked for {deaf}, without a handler {mute}")


def _is_pattern(subject: str) -> bool:
    return "*" in subject or subject.endswith(">")


def _covers(subject: str) -> Callable[[str], bool]:
    tokens = subject.split(".")

    def covered_by(pattern: str) -> bool:
        wanted = pattern.split(".")
        if wanted[-1] == ">":
            return len(tokens) >= len(wanted) and _equal(wanted[:-1], tokens)
        return len(tokens) == len(wanted) and _equal(wanted, tokens)

    def _equal(wanted: list[str], found: list[str]) -> bool:
        return all(want in ("*", have) for want, have in zip(wanted, found, strict=False))

    return covered_by


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
        sessions: Callable[[], AsyncSession],
    ) -> None:
        wanted = subscription.consumer
        self._nats = nats
        self._js = nats.jetstream()
        self._durable = wanted.durable
        self._stream = manifest.stream_name(wanted.source)
        self._source = wanted.source
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self._durable}"
        self._grave = subjects.grave_of(service, wanted.durable)
        self._models = {model.subject: (model, handler) for model, handler in subscription.handlers.items()}
        self._concurrency = subscription.concurrency
        self._max_failures = subscription.max_failures
        self._sessions = sessions
        self._stopping = asyncio.Event()
        self._changed = asyncio.Event()
        self._in_hand: dict[asyncio.Task[None], _Delivery] = {}
        self._last_of_key: dict[str, asyncio.Task[None]] = {}
        self._failures: dict[int, int] = {}
        self._awaited = 0
        self._heard_at = 0.0
        self._refusal = ""
        self._log = _log.bind(service=service, consumer=wanted.durable)

    def stop(self) -> None:
        """Take nothing more; `run` returns when what is in hand is done."""
        self._stopping.set()
        self._changed.set()

    async def run(self) -> None:
        """Handle messages until `stop`, or until cancelled; both let what is in hand end.

        A broker or a database that is away never ends it.
        """
        failures = 0
        try:
            while not self._stopping.is_set():
                try:
                    await connection.until_connected(self._nats)
                    await self._attend()
                    failures = 0
                except (nats.errors.Error, OSError) as error:
                    failures += 1
                    self._log.warning("consumer not bound", error=_name(error), failures=failures)
                    await self._stops_within(backoff.delay(failures, first=0.2, longest=5))
        finally:
            self._stopping.set()
            await self._finish()

    async def _attend(self) -> None:
        """Bind to the durable and take its messages until the connection changes or the loop stops."""
        connected = self._nats.stats["reconnects"]
        info = await self._js.consumer_info(self._stream, self._durable)
        replies = self._nats.new_inbox()
        heard = await self._nats.subscribe(replies, cb=self._receive)
        beating = asyncio.create_task(self._keep_alive((info.config.ack_wait or _ACK_WAIT) / 3))
        self._awaited = 0
        self._log.info("consumer bound")
        try:
            while not self._stopping.is_set() and self._nats.stats["reconnects"] == connected:
                self._changed.clear()
                await self._ask_for_more(replies)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_SECONDS):
                        await self._changed.wait()
        finally:
            beating.cancel()
            with suppress(nats.errors.Error):
                await heard.unsubscribe()

    async def _ask_for_more(self, replies: str) -> None:
        """Keep one pull request open for as many messages as there are free hands."""
        time = asyncio.get_running_loop().time()
        if self._refusal:
            refusal, self._refusal = self._refusal, ""
            raise nats.errors.Error(refusal)
        if self._awaited > 0:
            if time - self._heard_at > _SILENCE_SECONDS:
                raise TimeoutError
            return
        free = self._concurrency - len(self._in_hand)
        if free > 0:
            self._awaited, self._heard_at = free, time
            await self._nats.publish(self._next, _pull_request(free), reply=replies)

    async def _receive(self, message: Msg) -> None:
        """Take a delivery in hand, or note what the broker says of the pull request."""
        self._heard_at = asyncio.get_running_loop().time()
        headers = message.headers or {}
        status = headers.get(Header.STATUS)
        if status == PullStatus.CONTROL_MESSAGE:
            return
        if status:
            self._awaited = 0
            if status not in (PullStatus.NO_MESSAGES, PullStatus.REQUEST_TIMEOUT):
                self._refusal = f"{status} {headers.get(Header.DESCRIPTION, '')}"
        else:
            self._awaited -= 1
            self._take_in_hand(self._read(message))
        if self._awaited <= 0:
            self._changed.set()

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

    def _take_in_hand(self, delivery: _Delivery) -> None:
        """Start the work; what has the same key waits for the one before."""
        key = delivery.envelope.key if delivery.envelope else None
        before = self._last_of_key.get(key) if key else None
        task = asyncio.create_task(self._settle(delivery, before))
        self._in_hand[task] = delivery
        if key:
            self._last_of_key[key] = task

        def done(task: asyncio.Task[None]) -> None:
            del self._in_hand[task]
            if key and self._last_of_key.get(key) is task:
                del self._last_of_key[key]
            self._changed.set()

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
                return await self._transact(delivery.envelope, delivery.handler)
            except _DatabaseAway as away:
                failures += 1
                cause = away.__cause__
                self._log.warning(
                    "database away", event_id=delivery.event_id, error=_name(cause), failures=failures
                )
                if await self._stops_within(backoff.delay(failures, first=0.1, longest=5)):
                    raise

    async def _transact(self, told: Envelope[Any], handler: Handler) -> None:
        """The inbox row and the handler's effect, in one transaction.

        `_DatabaseAway` when it failed for a reason that is not the event's.
        """
        handling = False
        try:
            async with self._sessions() as session, _unit_of_work(session):
                if await inbox.first_time(session, self._durable, told.id, clock.now()):
                    handling = True
                    async with asyncio.timeout(_LONGEST_HANDLING):
                        await handler(session, told)
                    handling = False
        except (SQLAlchemyError, PostgresError, OSError) as error:
            blames_event = handling or isinstance(error, IntegrityError)
            if _is_away(error) or not blames_event:
                raise _DatabaseAway from error
            raise

    async def _tell(self, delivery: _Delivery, failure: BaseException | None) -> None:
        """Tell the broker what became of a message."""
        message, seq = delivery.message, delivery.stream_seq
        if failure is None:
            self._failures.pop(seq, None)
            await message.ack()
        elif isinstance(failure, RetryLater):
            await message.nak(delay=failure.delay)
        elif isinstance(failure, (_DatabaseAway, asyncio.CancelledError)):
            await message.nak(delay=_HANDED_BACK_SECONDS)
        else:
            failures = self._failures[seq] = self._failures.get(seq, 0) + 1
            final = failures >= self._max_failures or isinstance(failure, _HOPELESS)
            self._log.error(
                "event not handled",
                event_id=delivery.event_id,
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
        self._failures.pop(delivery.stream_seq, None)
        await delivery.message.term()

    async def _keep_alive(self, period: float) -> None:
        """Tell the broker of every message in hand that it is being worked on."""
        while True:
            await asyncio.sleep(period)
            for delivery in list(self._in_hand.values()):
                if self._nats.is_connected:
                    with suppress(nats.errors.Error, OSError):
                        await delivery.message.in_progress()

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


def _pull_request(batch: int) -> bytes:
    return json.dumps(
        {
            "batch": batch,
            "expires": int(_PULL_SECONDS * 1e9),
            "idle_heartbeat": int(_SIGN_OF_LIFE_SECONDS * 1e9),
        }
    ).encode()


def _unit_of_work(session: AsyncSession) -> AbstractAsyncContextManager[Any]:
    """One transaction that the `begin()` of the handler's operation joins, where the session can that."""
    begin: Callable[[], AbstractAsyncContextManager[Any]] = getattr(session, "unit_of_work", session.begin)
    return begin()


def _is_away(error: Exception) -> bool:
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeout)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state.startswith(_PASSING_SQLSTATES)


def _name(error: BaseException | None) -> str:
    return type(error).__name__


def _place(error: BaseException) -> str:
    """File, line and function where an error was raised: all that can be said of it without its words."""
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    return f"{frames[0].filename}:{frames[0].lineno} in {frames[0].name}" if frames else ""
