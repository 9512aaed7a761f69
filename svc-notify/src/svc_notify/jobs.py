"""The senders: what is due goes out, once.

A delivery is claimed (committed), then handed over while the transaction that notes it is open, so
that after the server's 250 only the commit is left. Between those two lies the one moment in which
a kill makes a second sending; that one carries the same Message-ID. What a killed sender had claimed
is free again when its lease ends.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from opentelemetry.trace import SpanKind, get_tracer
from sqlalchemy.exc import SQLAlchemyError

from hub_core import clock
from hub_core.language import Language
from hub_core.rules import NoRule
from hub_events import trace
from hub_service.chassis import Resources

from .carriers import Carrier, Parcel
from .channels.switch import Switch
from .domain import deliveries
from .domain.deliveries import Answer, Delivery, Outcome
from .domain.kinds import Lane
from .domain.messages import Channel
from .operations import following as steps
from .operations import sending, sms_providers
from .operations.sending import Claimed

_log: Final = structlog.get_logger("sender")
_tracer: Final = get_tracer("svc_notify")

_POLL: Final = timedelta(seconds=1)
_FOLLOWED_AT_ONCE: Final = 200
_EXTEND_BEFORE_END: Final = timedelta(seconds=10)
_TAKEN: Final = 250
_ANSWER_SECONDS: Final = 8.0
_DATABASE_AGAIN: Final = 0.2
GOODBYE_SECONDS: Final = 5.0
_DATABASE_AWAY: Final = (SQLAlchemyError, OSError)


@dataclass(slots=True)
class _HandingOver:
    """A message on its way to the server, once that has begun."""

    task: asyncio.Task[Outcome] | None = None


class Sender:
    """Sends what is due by one channel in one lane, `at_once` deliveries at most, until cancelled.

    `carrier` is its own, so that no other lane waits for it. `wake` it when something was queued; what
    other processes queue it finds within a second.
    """

    def __init__(self, channel: Channel, lane: Lane, carrier: Carrier[Any], at_once: int) -> None:
        self._channel = channel
        self._lane = lane
        self._carrier = carrier
        self._at_once = at_once
        self._woken = asyncio.Event()
        self._held: dict[UUID, Delivery] = {}
        self._attempts: set[asyncio.Task[None]] = set()
        self._more_may_wait = False
        self._outages = 0
        self._rests_until = datetime.min.replace(tzinfo=UTC)

    def wake(self) -> None:
        """Look at once for what is due."""
        self._woken.set()

    async def run(self, hub: Resources) -> None:
        """Send until cancelled; what is being handed over at that moment may end."""
        try:
            while True:
                self._woken.clear()
                try:
                    await self._extend_leases(hub)
                    await self._claim(hub)
                except _DATABASE_AWAY as error:
                    self._warn(error)
                await self._wait()
        finally:
            await self._finish()

    async def _wait(self) -> None:
        rest = self._rests_until - clock.now()
        wait = min(rest, _POLL) if rest > timedelta() else _POLL
        with suppress(TimeoutError):
            async with asyncio.timeout(wait.total_seconds()):
                await self._woken.wait()

    async def _claim(self, hub: Resources) -> None:
        """Take as much as there is room for; during an outage one, to see whether it is over."""
        now = clock.now()
        room = (1 if self._outages else self._at_once) - len(self._attempts)
        self._more_may_wait = room <= 0
        if room <= 0 or now < self._rests_until:
            return
        async with hub.database.sessions() as session:
            taken = await sending.claim(session, self._channel, self._lane, room, now)
        self._more_may_wait = len(taken) == room
        for claimed in taken:
            self._held[claimed.delivery.id] = claimed.delivery
            attempt = asyncio.create_task(self._attempt(hub, claimed))
            self._attempts.add(attempt)
            attempt.add_done_callback(self._ended)

    def _ended(self, attempt: asyncio.Task[None]) -> None:
        self._attempts.discard(attempt)
        if not attempt.cancelled() and (error := attempt.exception()):
            _log.error("attempt broken off", channel=self._channel, lane=self._lane.name, exc_info=error)
        if self._more_may_wait:
            self._woken.set()

    async def _extend_leases(self, hub: Resources) -> None:
        now = clock.now()
        aging = [
            held for held in self._held.values() if held.due_at and held.due_at - now < _EXTEND_BEFORE_END
        ]
        if not aging:
            return
        async with hub.database.sessions() as session:
            extended = await sending.extend_leases(session, aging, now)
        for delivery_id in extended & self._held.keys():
            self._held[delivery_id] = replace(self._held[delivery_id], due_at=now + deliveries.LEASE)

    async def _attempt(self, hub: Resources, claimed: Claimed) -> None:
        delivery = claimed.delivery
        try:
            with _tracer.start_as_current_span(
                "deliver", context=trace.context_of(delivery.message.traceparent)
            ):
                written = await self._carrier.write(hub, claimed)
                if isinstance(written, Outcome):
                    await self._settle(hub, delivery, written, None)
                else:
                    await self._send(hub, delivery, written)
        finally:
            del self._held[delivery.id]

    async def _send(self, hub: Resources, delivery: Delivery, parcel: Parcel) -> None:
        """Hand a message over and note it. A server that takes its time is awaited under the lease."""
        way = _HandingOver()

        async def hand_over() -> bool:
            way.task = asyncio.create_task(self._hand_over(parcel))
            ended, _ = await asyncio.wait([way.task], timeout=_ANSWER_SECONDS)
            return bool(ended) and way.task.result().answer is Answer.ACCEPTED

        now, accepted = clock.now(), Outcome(Answer.ACCEPTED, _TAKEN)
        sent = deliveries.settle(delivery, accepted, now, chance=0, language=parcel.language)
        noted = False
        try:
            async with hub.database.sessions() as session:
                noted = await sending.send(session, sent, now, hand_over)
        except _DATABASE_AWAY as error:
            self._warn(error)
        if way.task is None:
            return  # another sender has it, or it could not be noted; it was not sent either
        try:
            outcome = await way.task
        finally:
            way.task.cancel()
        if noted:
            self._tell(sent, outcome)
        else:
            await self._settle(hub, delivery, outcome, parcel.language)

    async def _hand_over(self, parcel: Parcel) -> Outcome:
        with _tracer.start_as_current_span(f"{self._channel} hand over", kind=SpanKind.CLIENT) as span:
            outcome = await self._carrier.hand_over(parcel)
            span.set_attributes(
                {"delivery.answer": outcome.answer, "delivery.reply_code": outcome.reply_code or 0}
            )
        return outcome

    async def _settle(
        self, hub: Resources, delivery: Delivery, outcome: Outcome, language: Language | None
    ) -> None:
        """Store what happened, however long the database is away: a sent message must not go again."""
        now = clock.now()
        settled = deliveries.settle(delivery, outcome, now, chance=random.random(), language=language)
        self._tell(settled, outcome)
        while True:
            try:
                async with hub.database.sessions() as session:
                    held = await sending.settle(session, settled, now)
            except _DATABASE_AWAY as error:
                self._warn(error)
                await asyncio.sleep(_DATABASE_AGAIN)
            else:
                break
        if not held:
            _log.warning(
                "delivery lost", channel=self._channel, lane=self._lane.name, delivery=str(delivery.id)
            )

    def _tell(self, settled: Delivery, outcome: Outcome) -> None:
        """Log an attempt. Rest after an outage, longer each time; any other answer ends it."""
        _log.info(
            "attempt",
            delivery=str(settled.id),
            answer=outcome.answer,
            reply_code=outcome.reply_code,
            state=settled.state,
            attempts=settled.attempts,
        )
        now = clock.now()
        if outcome.answer is not Answer.OUTAGE:
            self._outages = 0
        elif now >= self._rests_until:
            self._outages += 1
            self._rests_until = now + deliveries.pause(self._outages)
            _log.warning(
                "outage",
                channel=self._channel,
                lane=self._lane.name,
                outages=self._outages,
                reply_code=outcome.reply_code,
            )

    def _warn(self, error: Exception) -> None:
        _log.warning("database away", channel=self._channel, lane=self._lane.name, error=type(error).__name__)

    async def _finish(self) -> None:
        """Let what is under way end, for a moment; the rest is free again after its lease."""
        if self._attempts:
            _, unfinished = await asyncio.wait(self._attempts, timeout=GOODBYE_SECONDS)
            for attempt in unfinished:
                attempt.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)
        await self._carrier.close()


def following(wake: Callable[[Sequence[Delivery]], None]) -> Callable[[Resources], Awaitable[None]]:
    """A worker that begins the next step of what is unread for so long, until cancelled."""

    async def follow(hub: Resources) -> None:
        while True:
            try:
                taken = _FOLLOWED_AT_ONCE
                while taken == _FOLLOWED_AT_ONCE:
                    async with hub.database.sessions() as session:
                        taken, queued = await steps.advance_due(session, _FOLLOWED_AT_ONCE, clock.now())
                    wake(queued)
            except (*_DATABASE_AWAY, NoRule) as error:
                _log.warning("nothing followed", error=type(error).__name__)
            await asyncio.sleep(_POLL.total_seconds())

    return follow


def sharing(switch: Switch) -> Callable[[Resources], Awaitable[None]]:
    """A worker that shares with other processes, each second, what providers of text messages do."""

    async def share(hub: Resources) -> None:
        has_begun = False
        while True:
            try:
                async with hub.database.sessions() as session:
                    if not has_begun:
                        await sms_providers.begin(session, switch, clock.now())
                        has_begun = True
                    await sms_providers.share(session, switch, clock.now())
            except (*_DATABASE_AWAY, NoRule) as error:
                _log.warning("providers not shared", error=type(error).__name__)
            await asyncio.sleep(_POLL.total_seconds())

    return share
