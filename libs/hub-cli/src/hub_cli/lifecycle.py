"""Beginning and ending a run of the hub: in the foreground, in the background, once at a time."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TextIO

from hub_core import clock
from hub_core.manifest import Manifest

from . import console, hub, place, process
from .broker import NatsBox
from .console import Console
from .place import AlreadyRuns, Claim, Place, PortTaken, State
from .postgres import PostgresBox
from .supervisor import StartFailed

HUB: Final = "hub"
_POLL: Final = 0.05
_STOP_SECONDS: Final = 75
_LEFTOVER_SECONDS: Final = 15


def run(
    where: Place, manifests: Sequence[Manifest], screen: TextIO | None, announce: Callable[[], None]
) -> None:
    """Run the hub until a signal, or raise what keeps it from starting.

    With a `screen`, the log of all processes is shown there. `AlreadyRuns` and `PortTaken` come
    before anything is started.
    """
    _refuse_taken(where)
    claim = Claim(where)
    try:
        own_log = where.log(HUB)
        own_log.parent.mkdir(parents=True, exist_ok=True)
        with own_log.open("a", encoding="utf-8") as file:
            asyncio.run(_run(where, manifests, file, screen, announce))
    finally:
        claim.give_up()


def _refuse_taken(where: Place) -> None:
    """Raise `AlreadyRuns` or `PortTaken`; what a killed hub has left behind is given time to end."""
    if running := place.supervisor_of(where.folder):
        raise AlreadyRuns(running)
    deadline = time.monotonic() + (_LEFTOVER_SECONDS if place.was_killed(where.folder) else 0)
    while True:
        try:
            place.refuse_taken(where)
        except PortTaken:
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL)
        else:
            return


async def _run(
    where: Place,
    manifests: Sequence[Manifest],
    file: TextIO,
    screen: TextIO | None,
    announce: Callable[[], None],
) -> None:
    names = [HUB, *where.ports, hub.ZYGOTE, hub.PREPARATION]
    consoles = [Console(file, names, colour=False)]
    following = None
    if screen:
        shown = Console(screen, names, colour=screen.isatty() and "NO_COLOR" not in os.environ)
        consoles.append(shown)
        logs = {name: where.log(name) for name in names if name not in (HUB, hub.PREPARATION)}
        following = asyncio.create_task(console.follow(shown, logs))

    def say(name: str, text: str) -> None:
        now = clock.now().strftime("%H:%M:%S.%f")[:-3]
        for each in consoles:
            each.say(name, f"{now} {text}")

    try:
        await hub.Hub(where, manifests, say).run(announce)
    finally:
        if following:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
    say(HUB, "stopped; the data is kept")


def run_in_background(where: Place) -> None:
    """Start a supervisor that outlives this process, and return when the hub is ready.

    `AlreadyRuns` and `PortTaken` before it is started, `StartFailed` with the end of its log when it
    does not get there.
    """
    _refuse_taken(where)
    where.log(HUB).parent.mkdir(parents=True, exist_ok=True)
    began_at = where.log(HUB).stat().st_size if where.log(HUB).exists() else 0
    ports = [f"--port={name}={number}" for name, number in where.ports.items()]
    command = [sys.executable, "-P", "-m", __package__, "up", f"--var={where.folder}", "--silent", *ports]
    with where.log(HUB).open("ab") as log:
        supervisor = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True
        )
    while place.supervisor_of(where.folder) != supervisor.pid or not State.read(where.folder).ready:
        if supervisor.poll() is not None:
            raise StartFailed(process.last_lines(where.log(HUB), began_at))
        time.sleep(_POLL)


def stop(folder: Path) -> bool:
    """Stop the hub of a folder and wait for its end; `False` when it does not run.

    `TimeoutError` when it does not end.
    """
    supervisor = place.supervisor_of(folder)
    if supervisor is None:
        return False
    os.kill(supervisor, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while place.supervisor_of(folder):
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {supervisor} did not stop in {_STOP_SECONDS} s")
        time.sleep(_POLL)
    return True


@contextmanager
def servers(where: Place) -> Iterator[tuple[PostgresBox, NatsBox]]:
    """Database and broker of a place: those of the hub that runs there, else started for this."""
    postgres, nats = hub.servers(where)
    if place.supervisor_of(where.folder):
        yield postgres, nats
        return
    claim = Claim(where)
    try:
        postgres.start()
        nats.start()
        yield postgres, nats
    finally:
        nats.stop()
        postgres.stop()
        claim.give_up()
