"""How a running hub is: each process with its health and memory, and what waits where."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx2
import nats
import nats.errors
import psutil
from nats.js.errors import NotFoundError
from rich import box
from rich.table import Table

from hub_core.manifest import Manifest, stream_name
from hub_events import subjects

from . import ports
from .broker import OPERATOR, NatsBox
from .place import POSTGRES, Running, State

_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """One process. `memory` is its proportional set size in bytes; `said` its own `/status`."""

    name: str
    pid: int
    port: int | None
    health: str
    up_seconds: float
    restarts: int
    memory: int
    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a durable consumer has not handled: not delivered yet, and delivered without an answer yet."""

    service: str
    durable: str
    pending: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Status:
    """The whole hub at one moment; consumers and dead letters are `None` when the broker is away."""

    processes: tuple[ProcessStatus, ...]
    consumers: tuple[Waiting, ...] | None
    dead_letters: int | None


async def look(supervisor: int, state: State, manifests: list[Manifest], broker: NatsBox) -> Status:
    """Ask everybody how it is."""
    services = {manifest.name for manifest in manifests}
    own = Running("supervisor", supervisor, None, "ready", psutil.Process(supervisor).create_time(), 0)
    async with httpx2.AsyncClient(timeout=_SECONDS, trust_env=False) as http:
        processes = await asyncio.gather(
            *(_look_at(process, http, asks=process.name in services) for process in (own, *state.processes))
        )
    try:
        consumers, dead_letters = await asyncio.wait_for(_look_at_broker(manifests, broker), _SECONDS)
    except (OSError, TimeoutError, nats.errors.Error):
        return Status(tuple(processes), None, None)
    return Status(tuple(processes), consumers, dead_letters)


async def _look_at(process: Running, http: httpx2.AsyncClient, *, asks: bool) -> ProcessStatus:
    health, said = process.state, {}
    if asks and process.pid:
        try:
            readiness = await http.get(f"http://{ports.LOOPBACK}:{process.port}/readyz")
            health = "ready" if readiness.is_success else "not ready"
            said = (await http.get(f"http://{ports.LOOPBACK}:{process.port}/status")).json()
        except (httpx2.HTTPError, ValueError):
            health = "does not answer"
    return ProcessStatus(
        name=process.name,
        pid=process.pid,
        port=process.port,
        health=health,
        up_seconds=max(0.0, time.time() - process.since),
        restarts=process.restarts,
        memory=_memory(process.pid, with_children=process.name == POSTGRES),
        said=said,
    )


async def _look_at_broker(manifests: list[Manifest], broker: NatsBox) -> tuple[tuple[Waiting, ...], int]:
    client = await nats.connect(broker.url, nkeys_seed_str=broker.seed(OPERATOR), allow_reconnect=False)
    try:
        jetstream = client.jetstream()
        consumers = []
        for manifest in manifests:
            for consumer in manifest.consumers:
                info = await jetstream.consumer_info(stream_name(consumer.source), consumer.durable)
                waiting = Waiting(
                    manifest.name, consumer.durable, info.num_pending or 0, info.num_ack_pending or 0
                )
                consumers.append(waiting)
        graves = await jetstream.stream_info(subjects.DEAD_LETTERS)
        return tuple(consumers), graves.state.messages
    except NotFoundError:
        return (), 0
    finally:
        await client.close()


def _memory(pid: int, *, with_children: bool) -> int:
    """The proportional set size in bytes; 0 for what is gone or not ours to see."""
    if not pid:
        return 0
    pids = [pid]
    if with_children:
        with suppress(psutil.NoSuchProcess):
            pids += [child.pid for child in psutil.Process(pid).children(recursive=True)]
    return sum(map(_memory_of, pids))


def _memory_of(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def tables(status: Status) -> Iterator[Table]:
    """The status for people."""
    processes = Table(
        "process", "pid", "port", "health", "up", "restarts", "memory", "outbox", box=box.SIMPLE_HEAD
    )
    for process in status.processes:
        processes.add_row(
            process.name,
            str(process.pid or "-"),
            str(process.port or "-"),
            process.health,
            str(timedelta(seconds=int(process.up_seconds))),
            str(process.restarts),
            _megabytes(process.memory),
            str(process.said.get("outbox", {}).get("waiting", "-")),
            style="" if process.health == "ready" else "red",
        )
    processes.add_section()
    processes.add_row("together", *[""] * 5, _megabytes(sum(each.memory for each in status.processes)), "")
    yield processes
    consumers = Table("consumer", "of", "waiting", "in hand", box=box.SIMPLE_HEAD)
    for consumer in status.consumers or ():
        consumers.add_row(consumer.durable, consumer.service, str(consumer.pending), str(consumer.unanswered))
    dead = "?" if status.dead_letters is None else str(status.dead_letters)
    consumers.caption = f"dead letters: {dead} (hub dead-letters list)"
    yield consumers


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size else "-"
