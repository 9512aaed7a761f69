"""The service in processes that kill themselves with SIGKILL at one point of an act."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import uvicorn

from hub_documents import seal
from hub_documents.store import Store
from hub_events import outbox
from hub_events.relay import Relay
from hub_service import idempotency, workers
from hub_testing import mortal
from svc_petitions import main
from svc_petitions.settings import Settings
from svc_petitions.storage import (
    answer_documents,
    answers,
    files,
    forwardings,
    petitions,
    registers,
)


def die_after_publishing() -> None:
    """The stream has what was told, and the outbox does not know it yet."""
    send = Relay._send

    async def last(relay: Relay, rows: Sequence[Any], acked: Any) -> None:
        await send(relay, rows, acked)
        mortal.die()

    Relay._send = last  # type: ignore[method-assign]


POINTS: dict[str, Callable[[], None]] = {
    "moved many": lambda: mortal.die_after(files, "move_many"),
    "moved": lambda: mortal.die_after(files, "move"),
    "moved twice": lambda: mortal.die_after(files, "move", 2),
    "took the number": lambda: mortal.die_after(registers, "enter"),
    "took both numbers": lambda: mortal.die_after(registers, "enter", 2),
    "noted the draft": lambda: mortal.die_after(answers, "note"),
    "noted the way": lambda: mortal.die_after(forwardings, "add"),
    "wrote the petition": lambda: mortal.die_after(petitions, "add"),
    "recorded the event": lambda: mortal.die_after(outbox, "record"),
    "kept the answer": lambda: mortal.die_after(idempotency, "store"),
    "committed": lambda: mortal.die_after_the_commit(idempotency, "store"),
    "published": die_after_publishing,
    "sealed": lambda: mortal.die_after(seal.Sealer, "finish"),
    "half stored": lambda: mortal.die_in_the_middle_of_a_file(Store, Settings().petitions_store),
    "stored": lambda: mortal.die_after(Store, "put"),
    "wrote where it lies": lambda: mortal.die_after(answer_documents, "add"),
    "committed the document": lambda: mortal.die_after_the_commit(answer_documents, "add"),
}


def serve(point: str, listening: socket.socket) -> None:
    """Serve until killed; documents that wait are made at once."""
    every = workers.every
    soon = {"press-answers": timedelta(seconds=0.1)}
    workers.every = lambda name, period, act: every(name, soon.get(name, period), act)
    if point:
        POINTS[point]()
    config = uvicorn.Config(main.create_app(), log_config=None, log_level="error", ws="none")
    asyncio.run(uvicorn.Server(config).serve([listening]))


if __name__ == "__main__":
    mortal.run(serve)
