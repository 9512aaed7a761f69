"""What the supervisor keeps running: the two servers, the zygote, and what is forked from it."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from . import ports, process, supervisor, zygote
from .broker import NatsBox
from .postgres import PostgresBox

_STATUS_SECONDS: Final = 0.5
_ANSWER_SECONDS: Final = 2.0
_GIVE_BACK_MEMORY: Final = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "1048576",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
}
"""For glibc: what is freed goes back to the system, or each password hash would keep its 19 MB."""


class JobFailed(Exception):
    """A job of the zygote, or a program, failed; the message ends with the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a fork is to do: a function (`module:function`), its arguments, and where it says so."""

    target: str
    arguments: Sequence[Any]
    environment: Mapping[str, str]
    log: Path


class Server:
    """PostgreSQL or NATS."""

    def __init__(self, box: PostgresBox | NatsBox) -> None:
        self._box = box

    async def start(self) -> int:
        """Start it; its pid."""
        self._box.spawn()
        return self._child.pid

    async def is_ready(self) -> bool:
        """Whether it takes connections."""
        return self._box.is_ready()

    async def status(self) -> int | None:
        """The status it ended with."""
        return self._child.wait()

    @property
    def _child(self) -> subprocess.Popen[bytes]:
        if self._box.child is None:
            raise RuntimeError("not started")
        return self._box.child


class Zygote:
    """The process everything in Python is forked from (`hub_cli.zygote`), and our side of its channel.

    `modules` are imported there besides what every process of the hub needs.
    """

    def __init__(self, log: Path, modules: Sequence[str]) -> None:
        self._log = log
        self._modules = modules
        self._child: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._loaded = asyncio.Event()
        self._tickets = 0
        self._forked: dict[int, asyncio.Future[int]] = {}
        self._results: dict[int, Any] = {}
        self._statuses: dict[int, asyncio.Future[int]] = {}

    async def start(self) -> int:
        """Start it; its pid."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-P", "-m", zygote.__name__, *self._modules]
        with theirs:
            self._child = process.spawn(
                command,
                self._log,
                ends_with=signal.SIGTERM,
                stdin=theirs.fileno(),
                environment=_GIVE_BACK_MEMORY | os.environ,
            )
        ours.settimeout(0)
        self._channel = ours
        asyncio.get_running_loop().add_reader(ours, self._hear, ours)
        return self._child.pid

    async def is_ready(self) -> bool:
        """Whether it has imported what it is to share."""
        return self._loaded.is_set()

    async def status(self) -> int | None:
        """The status it ended with; orders it has not answered fail."""
        self._loaded.clear()
        if self._channel is not None:
            asyncio.get_running_loop().remove_reader(self._channel)
            self._channel.close()
            self._channel = None
        for waiting in self._forked.values():
            waiting.set_exception(ConnectionResetError("the zygote ended"))
        self._forked.clear()
        return self._child.wait() if self._child else None

    async def fork(self, order: Order) -> tuple[int, int]:
        """Fork a child that does this; its ticket and pid. `OSError` when the zygote ends meanwhile."""
        await self._loaded.wait()
        if self._channel is None:
            raise ConnectionResetError("the zygote ended")
        self._tickets += 1
        ticket = self._tickets
        message = {
            "ticket": ticket,
            "target": order.target,
            "arguments": order.arguments,
            "environment": dict(order.environment),
            "log": str(order.log),
        }
        self._forked[ticket] = asyncio.get_running_loop().create_future()
        self._channel.send(json.dumps(message).encode())
        return ticket, await self._forked[ticket]

    async def status_of(self, pid: int) -> int | None:
        """The status a child ended with; `None` when the zygote cannot tell any more."""
        told = self._told(pid)
        await asyncio.wait([told], timeout=_STATUS_SECONDS)
        del self._statuses[pid]
        return told.result() if told.done() else None

    async def call(self, order: Order) -> Any:
        """What the function of the order returns; `JobFailed` when it fails."""
        began_at = order.log.stat().st_size if order.log.exists() else 0
        ticket, pid = await self.fork(order)
        await supervisor.ended(pid)
        if await self.status_of(pid) != 0:
            raise JobFailed(f"{order.target} failed:\n{process.last_lines(order.log, began_at)}")
        return self._results.pop(ticket, None)

    def _told(self, pid: int) -> asyncio.Future[int]:
        return self._statuses.setdefault(pid, asyncio.get_running_loop().create_future())

    def _hear(self, channel: socket.socket) -> None:
        with suppress(BlockingIOError, ConnectionResetError):
            while said := channel.recv(zygote.MESSAGE_BYTES):
                match json.loads(said):
                    case {"ready": True}:
                        self._loaded.set()
                    case {"ticket": ticket, "pid": pid}:
                        self._forked.pop(ticket).set_result(pid)
                    case {"ticket": ticket, "result": result}:
                        self._results[ticket] = result
                    case {"pid": pid, "status": status}:
                        self._told(pid).set_result(status)
            asyncio.get_running_loop().remove_reader(channel)  # no word comes any more


async def run(command: Sequence[str | Path], log: Path) -> None:
    """Run a program to its end, which comes with ours at the latest; `JobFailed` when it fails."""
    child = process.spawn(command, log, ends_with=signal.SIGTERM)
    await supervisor.ended(child.pid)
    if child.wait() != 0:
        raise JobFailed(f"{' '.join(map(str, command))} failed:\n{process.last_lines(log)}")


class Fork:
    """A service or the mailbox: a fork of the zygote that answers on `port` when it is ready."""

    def __init__(self, parent: Zygote, order: Order, port: int) -> None:
        self._parent = parent
        self._order = order
        self._port = port
        self._pid = 0

    async def start(self) -> int:
        """Fork it; its pid."""
        _, self._pid = await self._parent.fork(self._order)
        return self._pid

    async def is_ready(self) -> bool:
        """Whether it says that it is ready."""
        return await answers_ready(self._port)

    async def status(self) -> int | None:
        """The status it ended with."""
        return await self._parent.status_of(self._pid)


async def answers_ready(port: int) -> bool:
    """Whether `GET /readyz` is answered with 200."""
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(ports.LOOPBACK, port)
            writer.write(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return f" {HTTPStatus.OK} ".encode() in answer
