"""The sender of webhooks: what is due is handed to endpoints, each for itself.

A delivery is claimed (committed), handed over, and settled. Whoever is killed in between leaves it to the
next sender once its lease has ended; the endpoint may then get the event again, with the same `webhook-id`.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog
from opentelemetry.trace import SpanKind, get_tracer
from sqlalchemy.exc import SQLAlchemyError

from hub_core import clock
from hub_core.rules import NoRule
from hub_service import workers
from hub_service.chassis import Resources
from hub_service.outside import NoAnswer
from hub_service.workers import Worker

from .domain import webhook_messages, webhooks
from .domain.webhooks import Failure, Outcome, Terms
from .operations import webhook_sending
from .operations.webhook_sending import Claimed, Done
from .operations.webhooks import Means, unsealed

_log: Final = structlog.get_logger("webhooks")
_tracer: Final = get_tracer("svc_notify")

AT_ONCE: Final = 256
"""Messages under way in a process: some silent endpoints hold up no others."""
_POLL_SECONDS: Final = 1.0
_GATHER_SECONDS: Final = 0.01
GOODBYE_SECONDS: Final = 5.0
_FORGET_EVERY: Final = timedelta(minutes=10)
_AWAY: Final = (SQLAlchemyError, OSError, NoRule)
"""Of the legal numbers a new service has none, until they are told."""


class Sender:
    """Hands over what is due, until cancelled; `wake` it when something was queued."""

    def __init__(self, means: Means, now: Callable[[], datetime] = clock.now) -> None:
        self._means = means
        self._now = now
        self._woken = asyncio.Event()
        self._attempts: set[asyncio.Task[None]] = set()
        self._done: list[Done] = []

    def wake(self) -> None:
        """Look at once for what is due."""
        self._woken.set()

    async def run(self, hub: Resources) -> None:
        """Send until cancelled; what is under way at that moment may end."""
        try:
            while True:
                self._woken.clear()
                try:
                    await self.settle(hub)
                    await self.claim(hub)
                except _AWAY as error:
                    _log.warning("nothing sent for now", error=type(error).__name__)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_POLL_SECONDS):
                        await self._woken.wait()
                if self._attempts:  # what ends together is stored together
                    await asyncio.wait(self._attempts, timeout=_GATHER_SECONDS)
        finally:
            await self._finish(hub)

    async def claim(self, hub: Resources) -> None:
        """Begin with as much of what is due as there is room for."""
        room = AT_ONCE - len(self._attempts)
        if room <= 0:
            return
        async with hub.database.sessions() as session:
            claimed, terms = await webhook_sending.claim(session, self._means.key, room, self._now())
        for one in claimed:
            attempt = asyncio.create_task(self._attempt(one, terms))
            self._attempts.add(attempt)
            attempt.add_done_callback(self._ended)

    async def settle(self, hub: Resources) -> None:
        """Store what came of the attempts that have ended, all in one transaction."""
        done, self._done = self._done, []
        if not done:
            return
        try:
            async with hub.database.sessions() as session:
                stopped = await webhook_sending.settle(session, self._means.key, done, self._now())
        except BaseException:
            self._done += done
            raise
        for endpoint in stopped:
            _log.warning("endpoint stopped", endpoint=str(endpoint.id), reason=endpoint.stop)

    async def end(self) -> None:
        """Return when every attempt under way has ended."""
        while self._attempts:
            await asyncio.wait(self._attempts)

    def _ended(self, attempt: asyncio.Task[None]) -> None:
        self._attempts.discard(attempt)
        if not attempt.cancelled() and (error := attempt.exception()):
            _log.error("attempt broken off", exc_info=error)
        self._woken.set()

    async def _attempt(self, claimed: Claimed, terms: Terms) -> None:
        began = self._now()
        with _tracer.start_as_current_span("webhook", kind=SpanKind.CLIENT) as span:
            outcome = await self._hand_over(claimed, terms, began)
            span.set_attribute("webhook.endpoint", str(claimed.endpoint.id))
            span.set_attribute("http.response.status_code", outcome.status or 0)
        self._done.append(Done(claimed, outcome, began))
        _log.info(
            "attempt",
            endpoint=str(claimed.endpoint.id),
            message=str(claimed.delivery.event_id),
            attempts=claimed.delivery.attempts,
            status=outcome.status,
            failure=outcome.failure,
            milliseconds=round(outcome.duration.total_seconds() * 1000),
        )

    async def _hand_over(self, claimed: Claimed, terms: Terms, now: datetime) -> Outcome:
        """Sign and post; the event's id is the message's id, each time."""
        endpoint, body = claimed.endpoint, claimed.body
        secrets = unsealed(self._means.key, endpoint, now)
        headers = webhook_messages.headers(secrets, str(claimed.delivery.event_id), now, body)
        clock_of_loop = asyncio.get_running_loop().time
        began = clock_of_loop()
        try:
            answer = await self._means.outside.post(
                endpoint.wanted.address, body, headers, terms.timeout.total_seconds()
            )
        except NoAnswer as error:
            failure = Failure(error.reason.upper())
            return Outcome(failure=failure, duration=timedelta(seconds=clock_of_loop() - began))
        duration = timedelta(seconds=clock_of_loop() - began)
        return webhooks.judge(answer.status, answer.headers.get("retry-after"), duration, now)

    async def _finish(self, hub: Resources) -> None:
        """Let what is under way end, for a moment, and store it; the rest is free again after its lease."""
        if self._attempts:
            _, unfinished = await asyncio.wait(self._attempts, timeout=GOODBYE_SECONDS)
            for attempt in unfinished:
                attempt.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)
        try:
            await self.settle(hub)
        except _AWAY as error:
            _log.warning("not settled", attempts=len(self._done), error=type(error).__name__)
        await self._means.outside.close()


def keeping(sender: Sender) -> list[Worker]:
    """The workers of webhooks."""
    return [
        workers.with_rules(Worker("webhooks", sender.run, grace=GOODBYE_SECONDS + 1)),
        workers.every("webhooks-forget", _FORGET_EVERY, _forget),
    ]


async def _forget(hub: Resources) -> None:
    """Remove what could be seen long enough, in small transactions."""
    removed = 1
    while removed:
        async with hub.database.sessions() as session:
            removed = await webhook_sending.forget(session, clock.now())
