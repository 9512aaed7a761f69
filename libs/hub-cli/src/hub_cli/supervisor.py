"""Keeps the processes of the hub running: starts, waits, restarts with back-off, stops in order.

PostgreSQL and NATS are children of the supervisor, everything in Python is forked from the zygote.
Whatever way the supervisor ends, the kernel ends all of them (`hub_cli.leash`).
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from . import process

_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 10.0
_STEADY_AFTER: Final = 30.0
_ATTEMPTS: Final = 3
_FIRST_LOOK: Final = 0.02
_LONGEST_LOOK: Final = 0.2


class StartFailed(Exception):
    """A process of the hub does not start; the message ends with the last lines of its log."""


class Program(Protocol):
    """How one process is started and seen to be ready."""

    async def start(self) -> int:
        """Start it; its pid."""
        ...

    async def is_ready(self) -> bool:
        """Whether it does its work."""
        ...

    async def status(self) -> int | None:
        """The status it ended with (negative: the signal), `None` if unknown; called once it has ended."""
        ...


@dataclass
class Part:
    """One process of the hub, and what becomes of it. `since` is in seconds of the epoch."""

    name: str
    program: Program
    log: Path
    port: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 12.0
    pid: int = 0
    state: str = "waiting"
    since: float = 0.0
    restarts: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


class Supervisor:
    """Runs parts. `say(name, text)` is told what people should know, `changed()` after every change."""

    def __init__(self, say: Callable[[str, str], None], changed: Callable[[], None]) -> None:
        self.parts: list[Part] = []
        self._say = say
        self._changed = changed
        self._keepers: dict[str, asyncio.Task[None]] = {}

    def keep(self, part: Part) -> None:
        """Start a part and keep it running until `stop`."""
        self.parts.append(part)
        self._keepers[part.name] = asyncio.create_task(self._keep(part), name=part.name)

    async def until_ready(self, parts: Sequence[Part]) -> None:
        """Wait until all these parts do their work; `StartFailed` when one of them does not start."""
        keepers = [self._keepers[part.name] for part in parts]
        ready = asyncio.create_task(_all_ready(parts))
        try:
            await asyncio.wait([ready, *keepers], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        for keeper in keepers:
            if keeper.done():
                await keeper

    async def stop(self, parts: Sequence[Part]) -> None:
        """Stop these parts at the same time; by force what does not end in its time."""
        await asyncio.gather(*(self._stop(part) for part in parts if part.name in self._keepers))

    async def _keep(self, part: Part) -> None:
        pause = _FIRST_PAUSE
        was_ready = False
        while not part.stopping.is_set():
            began = time.monotonic()
            status = await self._run(part)
            was_ready = was_ready or part.ready.is_set()
            part.ready.clear()
            if part.stopping.is_set():
                break
            part.restarts += 1
            part.state = "restarting"
            self._changed()
            if not was_ready and part.restarts >= _ATTEMPTS:
                raise StartFailed(f"{part.name} does not start:\n{process.last_lines(part.log)}")
            pause = _FIRST_PAUSE if time.monotonic() - began > _STEADY_AFTER else pause
            self._say(part.name, f"ended ({_described(status)}), starts again in {pause:.1f} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(part.stopping.wait(), pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        part.state, part.pid = "stopped", 0
        self._changed()

    async def _run(self, part: Part) -> int | None:
        """One life of a part; the status it ended with."""
        try:
            part.pid = await part.program.start()
        except OSError as error:  # the zygote is away, or the machine out of something
            self._say(part.name, f"cannot be started: {error}")
            return None
        part.state, part.since = "starting", time.time()
        self._changed()
        if part.stopping.is_set():
            _send(part, part.stop_signal)
        watch = asyncio.create_task(self._watch(part))
        try:
            await ended(part.pid)
        finally:
            watch.cancel()
        return await part.program.status()

    async def _watch(self, part: Part) -> None:
        pause = _FIRST_LOOK
        while not await part.program.is_ready():
            with suppress(TimeoutError):
                await asyncio.wait_for(part.stopping.wait(), pause)
                return
            pause = min(pause * 1.1, _LONGEST_LOOK)  # looking takes the time that the others need to start
        part.state = "ready"
        part.ready.set()
        self._changed()
        if part.restarts:
            self._say(part.name, "is back")

    async def _stop(self, part: Part) -> None:
        keeper = self._keepers[part.name]
        part.stopping.set()
        _send(part, part.stop_signal)
        _, running = await asyncio.wait([keeper], timeout=part.stop_seconds)
        if running and part.pid:
            self._say(part.name, f"did not stop in {part.stop_seconds:g} s and is killed")
            _send(part, signal.SIGKILL)
        elif running:
            keeper.cancel()  # it waits for a zygote that does not come back
        await asyncio.wait([keeper])


def _send(part: Part, number: signal.Signals) -> None:
    if part.pid:
        with suppress(ProcessLookupError):
            os.kill(part.pid, number)


async def _all_ready(parts: Sequence[Part]) -> None:
    for part in parts:
        await part.ready.wait()


async def ended(pid: int) -> None:
    """Return when the process has ended; at once if there is none."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    loop.add_reader(handle, over.set)
    try:
        await over.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)


def _described(status: int | None) -> str:
    if status is None:
        return "nobody saw how"
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"
