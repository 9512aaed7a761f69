"""What runs beside the requests: the relay, consumers, and a service's own clocks.

A worker that fails is logged and started again with back-off; on stop it is cancelled.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog

from hub_core import clock

from . import rules

_log = structlog.get_logger("worker")
_LONGEST_PAUSE = 10.0


@dataclass(frozen=True, slots=True)
class Worker:
    """A coroutine that runs as long as the service; it is given the service's `Resources`.

    `grace` is how many seconds it may take to end what is in hand.
    """

    name: str
    run: Callable[[Any], Awaitable[None]]
    grace: float = 0.5


def every(name: str, period: timedelta, act: Callable[[Any], Awaitable[None]]) -> Worker:
    """A worker that acts once each period, with a little jitter so that replicas do not meet."""

    async def run(resources: Any) -> None:
        while True:
            await asyncio.sleep(period.total_seconds() * random.uniform(0.9, 1.1))
            await act(resources)

    return Worker(name, run)


def with_rules(worker: Worker) -> Worker:
    """The same, begun once the service has the legal numbers that its manifest names."""

    async def run(hub: Any) -> None:
        await rules.arrived(hub.database.sessions, hub.manifest.rules, lambda: clock.local_date(clock.now()))
        await worker.run(hub)

    return replace(worker, run=run)


async def start(stack: AsyncExitStack, workers: list[Worker], resources: Any) -> None:
    """Start the workers; they end when the stack closes."""
    for worker in workers:
        task = asyncio.create_task(_keep_running(worker, resources), name=worker.name)
        stack.push_async_callback(_cancel, task, worker.grace)


async def _keep_running(worker: Worker, resources: Any) -> None:
    pause = 0.1
    while True:
        try:
            await worker.run(resources)
        except Exception:
            _log.exception("worker failed", worker=worker.name, again_in=round(pause, 1))
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _cancel(task: asyncio.Task[None], grace: float) -> None:
    """End a task; asked again after its grace, because before Python 3.12 a wait may lose a cancellation."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=grace)
