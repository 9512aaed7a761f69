"""A service in processes that kill themselves with SIGKILL at one point of their work.

A script names the points and serves; a test starts it, one process after the other:

    if __name__ == "__main__":  # the script
        mortal.run(main.create_app, {"took the number": lambda: mortal.die_after(storage, "enter")})

    async with mortal.started(SCRIPT, variables, log) as service:  # the test
        await service.start("took the number")
        ...
        await service.death()

All processes serve on one socket, which outlives them: who asks while there is none waits for the next.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias
from urllib.parse import urlsplit

import asyncpg
import nats
import pytest
import uvicorn
from fastapi import FastAPI
from nats.aio.client import Client
from sqlalchemy import event

from hub_cli import leash
from hub_cli.broker import OPERATOR, NatsBox
from hub_cli.postgres import PostgresBox
from hub_core.manifest import Manifest
from hub_events.relay import Relay
from hub_service import workers

from . import databases, rules, servers, streams
from .databases import ServiceDatabase

_DEATH_SECONDS: Final = 30
_SOON: Final = timedelta(seconds=0.1)
_SENDING: Final = "_send"
"""The relay's step from the outbox to the stream."""


def die() -> NoReturn:
    """End as by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def die_after(place: Any, name: str, times: int = 1) -> None:
    """Let the process die once this was done so many times."""
    act: Callable[..., Awaitable[Any]] = getattr(place, name)
    left = times

    async def last(*given: Any, **named: Any) -> Any:
        nonlocal left
        done = await act(*given, **named)
        left -= 1
        return done if left else die()

    setattr(place, name, last)


def die_after_the_commit(place: Any, name: str) -> None:
    """Let it die after the commit of what this was done in; `name` is given the session first."""
    act: Callable[..., Awaitable[Any]] = getattr(place, name)

    async def note(session: Any, *given: Any, **named: Any) -> Any:
        event.listen(session.sync_session, "after_commit", lambda _: die())
        return await act(session, *given, **named)

    setattr(place, name, note)


def die_in_the_middle_of_a_file(store: Any, url: str) -> None:
    """Let it die in the store's `put`: half a file lies where obstore writes one before it has its name."""

    async def put(_: Any, name: str, content: bytes) -> None:
        file = Path(urlsplit(url).path) / f"{name}#1"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content[: len(content) // 2])
        die()

    store.put = put


def die_after_publishing(subject: str = "") -> None:
    """Let it die when the stream has an event of this subject, of any without one, and the outbox has not."""
    send = getattr(Relay, _SENDING)

    async def last(relay: Relay, rows: Sequence[Any], acked: Any) -> None:
        await send(relay, rows, acked)
        if not subject or any(row["subject"] == subject for row in rows):
            die()

    setattr(Relay, _SENDING, last)


def run(
    create_app: Callable[[], FastAPI], points: Mapping[str, Callable[[], None]], soon: Collection[str] = ()
) -> None:
    """Start a process for each line on standard input, with the name of its point; an empty one lives.

    Writes the port that all serve on, and the pid of each. They log to standard error. The jobs named
    `soon` are done all the time.
    """

    def serve(point: str, listening: socket.socket) -> None:
        every = workers.every
        workers.every = lambda name, period, act: every(name, _SOON if name in soon else period, act)
        if point:
            points[point]()
        config = uvicorn.Config(create_app(), log_config=None, log_level="error", ws="none")
        asyncio.run(uvicorn.Server(config).serve([listening]))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        _say(listening.getsockname()[1])
        for line in sys.stdin:
            parent = os.getpid()
            child = os.fork()
            if not child:
                leash.end_with_parent(parent, signal.SIGKILL)
                os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
                serve(line.strip(), listening)
            _say(child)
            os.waitpid(child, 0)


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


class Mortal:
    """The service, which is killed and started again."""

    def __init__(self, parent: asyncio.subprocess.Process, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._parent = parent
        self._pid = 0

    @property
    def is_alive(self) -> bool:
        """Whether one was started, and its death not waited for."""
        return bool(self._pid)

    async def start(self, point: str = "") -> None:
        """A process that dies at the point, or one that lives until it is killed or the next one starts."""
        await self.kill()
        if self._parent.stdin and self._parent.stdout:
            self._parent.stdin.write(f"{point}\n".encode())
            self._pid = int(await self._parent.stdout.readline())

    async def kill(self) -> None:
        """End the one that lives."""
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            await self.death()

    async def death(self) -> None:
        """Return when it has ended."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        with suppress(ProcessLookupError):
            process = os.pidfd_open(self._pid)
            loop.add_reader(process, ended.set)
            try:
                async with asyncio.timeout(_DEATH_SECONDS):
                    await ended.wait()
            finally:
                loop.remove_reader(process)
                os.close(process)
        self._pid = 0


Place: TypeAlias = tuple[ServiceDatabase, NatsBox, Client]
"""A database and a broker of somebody's own, and a client that may everything."""


@asynccontextmanager
async def apart(manifest: Manifest, legal: Path) -> AsyncIterator[Place]:
    """Servers of its own: elsewhere another process of the service would do the work.

    With the legal numbers of a file, as `rules.load` takes it.
    """
    with servers.temporary_folder() as folder:
        postgres = PostgresBox(folder / "postgres", durable=False)
        broker = NatsBox(folder / "nats", durable=False)
        postgres.start()
        broker.start()
        operator = await nats.connect(broker.url, nkeys_seed_str=broker.seed(OPERATOR))
        await streams.join(broker, operator, [manifest])
        database = await databases.create(postgres, manifest)
        await rules.load(database, legal)
        yield database, broker, operator
        await operator.close()
        broker.stop()
        postgres.stop()


def variables(place: Place, name: str, identity: Any) -> dict[str, str]:
    """What every service is told that runs in such a place; `identity` is the fixture `fake_identity`."""
    database, broker, _ = place
    return {
        "HUB_DATABASE_DSN": database.app_dsn,
        "HUB_NATS_URL": broker.url,
        "HUB_NATS_SEED": broker.seed(name),
        "HUB_IDENTITY_URL": identity.url,
        "HUB_PUBLIC_ORIGIN": identity.issuer,
        "HUB_SERVICE_SECRET": "a-secret-of-the-tests",
    }


@contextmanager
def told(variables: Mapping[str, str]) -> Iterator[None]:
    """Meanwhile this process has the same environment: settings that are made are those of the service."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in variables.items():
            patched.setenv(name, value)
        yield


@asynccontextmanager
async def looking_at(place: Place) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may everything, in the schema of the service."""
    database, *_ = place
    path = {"search_path": f'"{database.schema}"'}
    connection = await asyncpg.connect(database.superuser_dsn, server_settings=path)
    yield connection
    await connection.close()


@asynccontextmanager
async def started(script: Path, variables: Mapping[str, str], log: Path) -> AsyncIterator[Mortal]:
    """The service of a script that calls `run`, told these variables; nothing is started yet."""
    with log.open("wb") as said:
        parent = await asyncio.create_subprocess_exec(
            *(sys.executable, str(script)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=said,
            env=os.environ | dict(variables),
        )
    try:
        yield Mortal(parent, int(await parent.stdout.readline()) if parent.stdout else 0)
    finally:
        parent.kill()
        await parent.wait()
