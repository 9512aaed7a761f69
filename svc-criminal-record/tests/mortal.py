"""The service in processes that kill themselves with SIGKILL at one point of an issue."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import uvicorn

from hub_documents import seal
from hub_events import outbox
from hub_events.relay import Relay
from hub_service import idempotency, workers
from hub_testing import mortal
from svc_criminal_record import main
from svc_criminal_record.documents.files import Files
from svc_criminal_record.events.certificates import CertificateIssued
from svc_criminal_record.registers.records import HttpRecords
from svc_criminal_record.settings import Settings
from svc_criminal_record.storage import certificates, status_lists
from svc_criminal_record.storage import requests as storage


def die_after_publishing() -> None:
    """The stream has the event, and the outbox does not know it yet."""
    send = Relay._send

    async def last(relay: Relay, rows: Sequence[Any], acked: Any) -> None:
        await send(relay, rows, acked)
        if any(row["subject"] == CertificateIssued.subject for row in rows):
            mortal.die()

    Relay._send = last  # type: ignore[method-assign]


POINTS: dict[str, Callable[[], None]] = {
    "asked the register": lambda: mortal.die_after(HttpRecords, "find"),
    "took the number": lambda: mortal.die_after(status_lists, "take"),
    "sealed": lambda: mortal.die_after(seal.Sealer, "finish"),
    "half stored": lambda: mortal.die_in_the_middle_of_a_file(Files, Settings().criminal_record_store),
    "stored": lambda: mortal.die_after(Files, "put"),
    "wrote the row": lambda: mortal.die_after(certificates, "add"),
    "recorded the events": lambda: mortal.die_after(outbox, "record_all"),
    "moved the request": lambda: mortal.die_after(storage, "move"),
    "told of the request": lambda: mortal.die_after(storage, "tell"),
    "kept the answer": lambda: mortal.die_after(idempotency, "store"),
    "committed": lambda: mortal.die_after_the_commit(certificates, "add"),
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
    mortal.run(serve)
