"""The senders: what is due goes out, once.

A delivery is claimed (committed), handed over, and what became of it is stored, together with whatever else
ended in the meantime. Between the server's 250 and that commit lies the one moment in which a kill makes a
second sending; that one carries the same Message-ID. What a killed sender had claimed is free again when its
lease ends, what a stopped one holds is not: see `holding`.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from opentelemetry.trace import SpanKind, get_tracer

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
from .holding import Holder
from .operations import following as steps
from .operations import sending, sms_providers, suppressions
from .operations.sending import Claimed
from .settling import DATABASE_AWAY, Settling

_log: Final = structlog.get_logger("sender")
_tracer: Final = get_tracer("svc_notify")

_POLL: Final = timedelta(seconds=1)
_FOLLOWED_AT_ONCE: Final = 200
_EXTEND_BEFORE_END: Final = timedelta(seconds=10)
_AHEAD: Final = 4
"""How many deliveries are claimed for one that is handed over."""
_MOMENT: Final = 0.1
"""Seconds that a code may hold up others, each time."""
GOODBYE_SECONDS: Final = 5.0


class Priority:
    """Codes go first: while one is on its way, nothing else of this process begins.

    Nobody waits for longer than a moment, so that codes that cannot leave hold up nothing.
    """

    def __init__(self) -> None:
        self._codes = 0
        self._clear = asyncio.Event()
        self._clear.set()

    @contextmanager
    def on_its_way(self, lane: Lane) -> Iterator[None]:
        """Around what is done for a delivery."""
        is_code = lane is Lane.CODE
        self._codes += is_code
        if is_code:
            self._clear.clear()
        try:
            yield
        finally:
            self._codes -= is_code
            if not self._codes:
                self._clear.set()

    async def turn(self, lane: Lane) -> None:
        """Wait until nothing goes first."""
        if lane is not Lane.CODE and self._codes:
            with suppress(TimeoutError):
                async with asyncio.timeout(_MOMENT):
                    await self._clear.wait()


class Sender:
    """Sends what is due by one channel in one lane, `at_once` deliveries at most, until cancelled.

    `carrier` is its own, so that no other lane waits for it; more than are handed over are claimed, so that
    they are written meanwhile. `wake` it when something is due.
    """

    def __init__(
        self,
        channel: Channel,
        lane: Lane,
        carrier: Carrier[Any],
        at_once: int,
        holder: Holder,
        priority: Priority,
    ) -> None:
        self._channel = channel
        self._lane = lane
        self._carrier = carrier
        self._holder = holder
        self._priority = priority
        self._most = at_once * _AHEAD
        self._hands = asyncio.Semaphore(at_once)
        self._settling = Settling(self._warn)
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
                failed = False
                try:
                    await self._extend_leases(hub)
                    await self._claim(hub)
                except DATABASE_AWAY as error:
                    self._warn(error)
                    failed = True
                await self._wait(failed)
        finally:
            await self._finish()

    async def _wait(self, failed: bool) -> None:
        rest = self._rests_until - clock.now()
        longest = min(rest, _POLL) if rest > timedelta() else _POLL
        with suppress(TimeoutError):
            async with asyncio.timeout(
                longest.total_seconds() if failed or self._held or self._outages else None
            ):
                await self._woken.wait()

    async def _claim(self, hub: Resources) -> None:
        """Take as much as there is room for; during an outage one, to see whether it is over."""
        now = clock.now()
        room = (1 if self._outages else self._most) - len(self._attempts)
        self._more_may_wait = room <= 0
        if room <= 0 or now < self._rests_until:
            return
        holder = await self._holder.number()
        async with hub.database.sessions() as session:
            taken = await sending.claim(session, self._channel, self._lane, room, now, holder, self._held)
        self._more_may_wait = len(taken) == room
        for claimed in taken:
            self._held[claimed.delivery.id] = claimed.delivery
            attempt = asyncio.create_task(self._attempt(hub, claimed))
            self._attempts.add(attempt)
            attempt.add_done_callback(self._ended)

    def _ended(self, attempt: asyncio.Task[None]) -> None:
        """Look for more once half of what was claimed has ended: claims are made for many."""
        self._attempts.discard(attempt)
        if not attempt.cancelled() and (error := attempt.exception()):
            _log.error("not settled", channel=self._channel, lane=self._lane.name, exc_info=error)
        if self._more_may_wait and len(self._attempts) <= self._most // 2:
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
        context = trace.context_of(delivery.message.traceparent)
        try:
            with (
                self._priority.on_its_way(self._lane),
                _tracer.start_as_current_span("deliver", context=context),
            ):
                outcome, language = await self._try(hub, claimed)
                await self._settle(hub, delivery, outcome, language)
        finally:
            del self._held[delivery.id]

    async def _try(self, hub: Resources, claimed: Claimed) -> tuple[Outcome, Language | None]:
        """Write a delivery and hand it over, unless its lease has ended: this process was stopped."""
        await self._priority.turn(self._lane)
        try:
            written = await self._carrier.write(hub, claimed)
            if isinstance(written, Outcome):
                return written, None
            async with self._hands:
                await self._priority.turn(self._lane)
                leased_until = self._held[claimed.delivery.id].due_at
                if leased_until is None or leased_until <= clock.now():
                    return Outcome(Answer.OUTAGE), None
                return await self._hand_over(written), written.language
        except Exception:
            _log.exception("attempt broken off", channel=self._channel, lane=self._lane.name)
            return Outcome(Answer.DEFERRED), None

    async def _hand_over(self, parcel: Parcel) -> Outcome:
        with _tracer.start_as_current_span(f"{self._channel} hand over", kind=SpanKind.CLIENT) as span:
            outcome: Outcome = await self._carrier.hand_over(parcel)
            span.set_attributes(
                {"delivery.answer": outcome.answer, "delivery.reply_code": outcome.reply_code or 0}
            )
        return outcome

    async def _settle(
        self, hub: Resources, delivery: Delivery, outcome: Outcome, language: Language | None
    ) -> None:
        settled = deliveries.settle(delivery, outcome, clock.now(), chance=random.random(), language=language)
        self._tell(settled, outcome)
        if not await self._settling.settle(hub, settled):
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
        self._settling.close()
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
            except (*DATABASE_AWAY, NoRule) as error:
                _log.warning("nothing followed", error=type(error).__name__)
            await asyncio.sleep(_POLL.total_seconds())

    return follow


def looking_out(
    senders: Mapping[tuple[Channel, Lane], Sender], holder: Holder
) -> Callable[[Resources], Awaitable[None]]:
    """A worker that wakes senders when something of theirs is due: what other processes queue, and retries.

    One question each second for all of them. It ends last, and with it what says that this process is there.
    """

    async def look_out(hub: Resources) -> None:
        try:
            while True:
                try:
                    async with hub.database.sessions() as session:
                        for way in await sending.find_due(session, senders.keys(), clock.now()):
                            senders[way].wake()
                except DATABASE_AWAY as error:
                    _log.warning("database away", error=type(error).__name__)
                await asyncio.sleep(_POLL.total_seconds())
        finally:
            await holder.close()

    return look_out


async def forget_suppressions(hub: Resources) -> None:
    """Addresses that were left alone for long enough are written to again."""
    async with hub.database.sessions() as session:
        await suppressions.remove_expired(session, clock.now())


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
            except (*DATABASE_AWAY, NoRule) as error:
                _log.warning("providers not shared", error=type(error).__name__)
            await asyncio.sleep(_POLL.total_seconds())

    return share
