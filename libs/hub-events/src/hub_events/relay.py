"""The relay: publishes the outbox to the service's stream, in order, and never loses any of it.

One relay of a service leads, by an advisory lock held on a connection of its own; the others stand by.
The outbox is the truth and the stream a copy: whenever a relay begins to lead, whenever the broker was
away, and whenever the stream's sequence went backwards, it compares what the stream holds with what
was acknowledged, and publishes again all that is missing (see `_recover`).
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import asyncpg
import nats.errors
import nats.js.errors
import structlog
from asyncpg import Connection, Record
from nats.aio.client import Client
from nats.js.api import Header, PubAck
from opentelemetry.trace import SpanKind, get_tracer, set_span_in_context
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, manifest

from . import backoff, connection, subjects, trace
from .outbox import OUTBOX

_log: Final = structlog.get_logger("relay")
_tracer: Final = get_tracer("hub_events")

_BATCH: Final = 1000
_POLL_SECONDS: Final = 0.25
_STANDBY_SECONDS: Final = 1.0
_ACK_SECONDS: Final = 5.0
_CHECK_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.05
_RESET_AT_ONCE: Final = 10_000

_DATABASE_TROUBLE: Final = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
_BATCH_ID: Final = Header.BATCH_ID.value
_BATCH_SEQUENCE: Final = Header.BATCH_SEQUENCE.value
_BATCH_COMMIT: Final = Header.BATCH_COMMIT.value
_BATCHES_DISABLED: Final = 10174

_LEAD: Final = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
_WAITING: Final = """
    SELECT seq, id, subject, key, body, traceparent FROM outbox
    WHERE published_at IS NULL ORDER BY seq LIMIT $1"""
_MARK: Final = """
    UPDATE outbox SET published_at = $1, stream_seq = acked.stream_seq
    FROM unnest($2::bigint[], $3::bigint[]) AS acked (seq, stream_seq) WHERE outbox.seq = acked.seq"""
_NEWEST: Final = """
    SELECT id, stream_seq FROM outbox
    WHERE stream_seq > $1 AND stream_seq <= $2 ORDER BY stream_seq DESC LIMIT 1"""
_RESET: Final = """
    UPDATE outbox SET published_at = NULL, stream_seq = NULL WHERE seq IN (
        SELECT seq FROM outbox WHERE stream_seq > $1 ORDER BY stream_seq DESC LIMIT $2)"""
_NO_LIMIT: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Lag:
    """Events that are not published yet, and how long the oldest has been waiting."""

    count: int
    oldest_seconds: float


class _Unsure(Exception):
    """The stream may have changed under us: what it acknowledged is not to be written down."""


class Relay:
    """Publishes the outbox of `service`.

    `dsn` is its application role's, as SQLAlchemy or asyncpg want it; the lead needs a connection of its
    own, straight to the server.
    """

    def __init__(self, dsn: str, nats: Client, service: str) -> None:
        self._dsn = dsn.replace("postgresql+asyncpg://", "postgresql://", 1)
        self._nats = nats
        self._js = nats.jetstream(timeout=_ACK_SECONDS)
        self._service = service
        self._stream = manifest.stream_name(service)
        self._woken = asyncio.Event()
        self._batches = True
        self._highest = 0
        self._failures = 0
        self._log = _log.bind(service=service)

    def wake(self) -> None:
        """Look at the outbox now; without it, it is looked at four times a second."""
        self._woken.set()

    async def lag(self, session: AsyncSession) -> Lag:
        """What waits to be published, by the session of a caller."""
        waited = func.extract("epoch", func.clock_timestamp() - func.min(OUTBOX.c.recorded_at))
        waiting = select(func.count(), waited).where(OUTBOX.c.published_at.is_(None))
        count, seconds = (await session.execute(waiting)).one()
        return Lag(count, max(float(seconds or 0), 0.0))

    async def run(self) -> None:
        """Lead or stand by, until cancelled; a broken database or broker never ends it."""
        while True:
            try:
                await self._lead()
            except _DATABASE_TROUBLE as error:
                await self._rest("relay without its database", error)

    async def _rest(self, what: str, error: Exception) -> None:
        self._failures += 1
        self._log.warning(what, error=type(error).__name__, failures=self._failures)
        await asyncio.sleep(backoff.delay(self._failures, first=0.1, longest=5))

    async def _lead(self) -> None:
        """Wait for the lead and use it until the database connection, which holds it, breaks."""
        database = await asyncpg.connect(
            self._dsn,
            timeout=_ACK_SECONDS,
            command_timeout=30,
            server_settings={
                "application_name": f"{self._service} relay",
                # A leader that hangs, or whose machine is gone, says nothing: then another one leads.
                "idle_session_timeout": "60s",
            },
        )
        try:
            while not await database.fetchval(_LEAD, f"{self._service}.outbox"):
                self._failures = 0
                await asyncio.sleep(backoff.delay(1, first=_STANDBY_SECONDS, longest=_STANDBY_SECONDS))
            self._log.info("relay leads")
            await self._relay(database)
        finally:
            database.terminate()

    async def _relay(self, database: "Connection[Record]") -> None:
        """Publish what waits, for ever; the lead is kept while the broker is away."""
        checked_life, check_at = None, 0.0
        time = asyncio.get_running_loop().time
        while True:
            try:
                await connection.until_connected(self._nats)
                life = self._nats.stats["reconnects"]
                if life != checked_life or time() >= check_at:
                    await self._recover(database)
                    checked_life, check_at = life, time() + _CHECK_SECONDS
                self._woken.clear()
                rows = await database.fetch(_WAITING, _BATCH)
                if rows:
                    await self._publish(database, rows, life)
                self._failures = 0
                if len(rows) < _BATCH:
                    await self._woken_within(_POLL_SECONDS)
            except (nats.errors.Error, _Unsure) as error:
                checked_life = None
                await self._rest("relay without its broker", error)

    async def _woken_within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    async def _publish(self, database: "Connection[Record]", rows: list[Record], life: int) -> None:
        """Publish rows and write down where the stream holds them.

        `_Unsure`, and nothing written down, when the broker was away meanwhile or the stream's sequence
        went backwards: either may mean that the stream lost its end, and that the new sequences are
        those of lost rows.
        """
        acked: dict[int, PubAck] = {}
        publishing = asyncio.create_task(self._send(rows, acked))
        try:
            while not publishing.done() and self._nats.stats["reconnects"] == life:
                await asyncio.wait([publishing], timeout=_LOOK_SECONDS)
        finally:
            publishing.cancel()
            [failure] = await asyncio.gather(publishing, return_exceptions=True)
        fresh = [ack.seq for ack in acked.values() if not ack.duplicate]
        if self._nats.stats["reconnects"] != life or (fresh and min(fresh) <= self._highest):
            raise _Unsure
        await database.execute(_MARK, clock.now(), list(acked), [ack.seq for ack in acked.values()])
        self._highest = max([self._highest, *fresh])
        if failure:
            raise failure

    async def _send(self, rows: Sequence[Record], acked: dict[int, PubAck]) -> None:
        with ExitStack() as spans:
            messages = [(row, self._headers(row, spans)) for row in rows]
            if len(messages) > 1 and self._batches and await self._send_batch(messages, acked):
                return
            await self._send_singly(messages, acked)

    def _headers(self, row: Record, spans: ExitStack) -> dict[str, str]:
        """The message's headers; a publish span within the trace of the recording operation, if any."""
        headers = {subjects.MESSAGE_ID: str(row["id"])}
        if row["traceparent"]:
            span = _tracer.start_span(
                f"publish {row['subject']}",
                context=trace.context_of(row["traceparent"]),
                kind=SpanKind.PRODUCER,
                attributes=trace.attributes(row["subject"], str(row["id"]), "send"),
            )
            spans.callback(span.end)
            headers[trace.HEADER] = trace.current(set_span_in_context(span)) or row["traceparent"]
        return headers

    async def _send_batch(
        self, messages: Sequence[tuple[Record, dict[str, str]]], acked: dict[int, PubAck]
    ) -> bool:
        """Publish all in one atomic batch, which costs the broker one flush; whether it took it.

        It refuses a batch that holds a message it already has, and a broker older than 2.12 knows no
        batches: then the messages go one by one, and those that were stored are told by their ids.
        """
        batch = uuid4().hex
        *before, last = [
            (row, headers | {_BATCH_ID: batch, _BATCH_SEQUENCE: str(number)})
            for number, (row, headers) in enumerate(messages, 1)
        ]
        for row, headers in before:
            await self._nats.publish(row["subject"], row["body"], headers=headers)
        row, headers = last
        answer = await self._nats.request(
            row["subject"], row["body"], timeout=_ACK_SECONDS, headers=headers | {_BATCH_COMMIT: "1"}
        )
        reply: dict[str, Any] = json.loads(answer.data)
        if "error" in reply:
            self._batches = reply["error"].get("err_code") != _BATCHES_DISABLED
            return False
        ack = PubAck.from_response(reply)
        if ack.batch_id != batch or ack.batch_size != len(messages):
            self._batches = False
            return False
        first = ack.seq - len(messages) + 1
        acked |= {row["seq"]: PubAck(ack.stream, first + i) for i, (row, _) in enumerate(messages)}
        return True

    async def _send_singly(
        self, messages: Sequence[tuple[Record, dict[str, str]]], acked: dict[int, PubAck]
    ) -> None:
        """Publish one by one within a key, and the keys side by side; raises the first failure at the end."""
        of_key = defaultdict(list)
        for row, headers in messages:
            of_key[row["key"]].append((row, headers))

        async def in_order(messages: Sequence[tuple[Record, dict[str, str]]]) -> None:
            for row, headers in messages:
                acked[row["seq"]] = await self._js.publish(row["subject"], row["body"], headers=headers)

        results = await asyncio.gather(*map(in_order, of_key.values()), return_exceptions=True)
        failures = [failure for failure in results if failure]
        if failures:
            first = next(row for row, _ in messages if row["seq"] not in acked)
            self._log.warning(
                "not published",
                event_id=str(first["id"]),
                subject=first["subject"],
                error=type(failures[0]).__name__,
                of=len(messages) - len(acked),
            )
            raise failures[0]

    async def _recover(self, database: "Connection[Record]") -> None:
        """Find acknowledged rows that the stream does not hold, and let them be published again.

        A stream loses its end (a power cut, a restored copy) or everything (it was made anew), so in the
        order of their sequences the rows are first all held and then all lost; the border is searched for
        by halving. Held means that the message at the row's sequence carries the row's id. What is older
        than the stream's first message has aged out and is not lost.
        """
        state = (await self._js.stream_info(self._stream)).state
        self._batches = True
        low, high = state.first_seq - 1, _NO_LIMIT
        newest = await database.fetchrow(_NEWEST, low, high)
        self._highest = newest["stream_seq"] if newest else 0
        if newest is None or await self._is_held(newest):
            return
        high = min(newest["stream_seq"] - 1, state.last_seq)
        while low < high:
            middle = (low + high + 1) // 2
            row = await database.fetchrow(_NEWEST, low, middle)
            if row is None or await self._is_held(row):
                low = middle
            else:
                high = row["stream_seq"] - 1
        lost = 0
        while reset := int((await database.execute(_RESET, low, _RESET_AT_ONCE)).split()[-1]):
            lost += reset
        self._highest = low
        self._log.error("stream lost events, publishing them again", after_seq=low, events=lost)

    async def _is_held(self, row: Record) -> bool:
        try:
            message = await self._js.get_msg(self._stream, row["stream_seq"])
        except nats.js.errors.NotFoundError:
            return False
        return (message.headers or {}).get(subjects.MESSAGE_ID) == str(row["id"])
