"""The service in processes that kill themselves with SIGKILL at one point of an issue.

Each line on standard input starts one, with the name of its point, or an empty one: that one lives. All
serve on one socket, which outlives them; its port is the first line written, then the pid of each. They log
to standard error.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import uvicorn
from sqlalchemy import event

from hub_cli import leash
from hub_documents import seal
from hub_events import outbox
from hub_events.relay import Relay
from hub_service import idempotency, workers
from svc_criminal_record import main
from svc_criminal_record.documents.files import Files
from svc_criminal_record.events.certificates import CertificateIssued
from svc_criminal_record.registers.records import HttpRecords
from svc_criminal_record.settings import Settings
from svc_criminal_record.storage import certificates, status_lists
from svc_criminal_record.storage import requests as storage


def say(number: int) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def die() -> NoReturn:
    """End as by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def die_after(place: Any, name: str) -> None:
    """Let the process die once this was done."""
    act: Callable[..., Awaitable[Any]] = getattr(place, name)

    async def last(*given: Any, **named: Any) -> None:
        await act(*given, **named)
        die()

    setattr(place, name, last)


def die_in_the_middle_of_a_file() -> None:
    """Half a file lies where obstore writes one before it has its name."""

    async def put(_: Files, name: str, content: bytes) -> None:
        file = Path(urlsplit(Settings().criminal_record_store).path) / f"{name}#1"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content[: len(content) // 2])
        die()

    Files.put = put  # type: ignore[assignment,method-assign]


def die_after_the_commit() -> None:
    """Of a transaction with a certificate; its answer is not given any more."""
    add = certificates.add

    async def note(session: Any, *given: Any) -> None:
        await add(session, *given)
        event.listen(session.sync_session, "after_commit", lambda _: die())

    certificates.add = note


def die_after_publishing() -> None:
    """The stream has the event, and the outbox does not know it yet."""
    send = Relay._send

    async def last(relay: Relay, rows: Sequence[Any], acked: Any) -> None:
        await send(relay, rows, acked)
        if any(row["subject"] == CertificateIssued.subject for row in rows):
            die()

    Relay._send = last  # type: ignore[method-assign]


POINTS: dict[str, Callable[[], None]] = {
    "asked the register": lambda: die_after(HttpRecords, "find"),
    "took the number": lambda: die_after(status_lists, "take"),
    "sealed": lambda: die_after(seal.Sealer, "finish"),
    "half stored": die_in_the_middle_of_a_file,
    "stored": lambda: die_after(Files, "put"),
    "wrote the row": lambda: die_after(certificates, "add"),
    "recorded the events": lambda: die_after(outbox, "record_all"),
    "moved the request": lambda: die_after(storage, "move"),
    "told of the request": lambda: die_after(storage, "tell"),
    "kept the answer": lambda: die_after(idempotency, "store"),
    "committed": die_after_the_commit,
    "published": die_after_publishing,
}


def serve(point: str, listening: socket.socket) -> None:
    """Serve until killed; what waits for the register goes on at once."""
    every = workers.every
    soon = {"go-on": timedelta(seconds=0.1)}
    workers.every = lambda name, period, act: every(name, soon.get(name, period), act)
    if point:
        POINTS[point]()
    config = uvicorn.Config(main.create_app(), log_config=None, log_level="error", ws="none")
    asyncio.run(uvicorn.Server(config).serve([listening]))


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as listening:
        say(listening.getsockname()[1])
        for line in sys.stdin:
            parent = os.getpid()
            child = os.fork()
            if not child:
                leash.end_with_parent(parent, signal.SIGKILL)
                os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
                serve(line.strip(), listening)
            say(child)
            os.waitpid(child, 0)
