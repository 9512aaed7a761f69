"""The whole hub: from an empty folder to everything ready, and down again in order."""

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from hub_core.manifest import Manifest

from . import environment, programs, vault
from .broker import NatsBox, User
from .place import GATEWAY, MAILBOX, NATS, OUTSIDE, POSTGRES, SMTP, Place, Running, State
from .postgres import PostgresBox
from .programs import Fork, Order, Server, Zygote
from .supervisor import Part, Program, StartFailed, Supervisor

ZYGOTE: Final = "zygote"
PREPARATION: Final = "preparation"

_START_SECONDS: Final = 120
_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LONG_LOG: Final = 20_000_000


class Hub:
    """One run of the hub in a place; `say(name, text)` is told what people should know."""

    def __init__(self, place: Place, manifests: Sequence[Manifest], say: Callable[[str, str], None]) -> None:
        self._place = place
        self._manifests = manifests
        self._say = say
        self._ready = False
        self._parts: dict[str, Part] = {}
        self._supervisor = Supervisor(say, self._tell)
        self._postgres, self._nats = servers(place)
        modules = [manifest.factory.partition(":")[0] for manifest in manifests]
        self._zygote = Zygote(place.log(ZYGOTE), modules)

    async def run(self, announce: Callable[[], None]) -> None:
        """Start everything, `announce()` that it is ready, wait for a signal, stop everything.

        `StartFailed`, `ServerFailed` or `JobFailed` when something does not start; what has started
        is stopped then.
        """
        stop = asyncio.Event()
        for number in _STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        stopped = asyncio.create_task(stop.wait())
        starting = asyncio.create_task(self._start_in_time())
        try:
            await asyncio.wait([starting, stopped], return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                await starting
                self._ready = True
                self._tell()
                announce()
                await stopped
        finally:
            stopped.cancel()
            starting.cancel()
            await asyncio.wait([starting])
            await self._stop()

    async def _start_in_time(self) -> None:
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self._start()
        except TimeoutError:
            late = [part.name for part in self._parts.values() if not part.ready.is_set()]
            raise StartFailed(f"not ready in {_START_SECONDS} s: {', '.join(late)}") from None

    async def _start(self) -> None:
        for log in (self._place.folder / "log").glob("*.log"):
            if log.stat().st_size > _LONG_LOG:
                log.replace(log.with_suffix(".old.log"))
        inventing = asyncio.create_task(self._make_registers())
        await self._keep(ZYGOTE, self._zygote)
        self._postgres.prepare()  # while the zygote imports
        await self._keep(POSTGRES, Server(self._postgres), stop_signal=signal.SIGINT, stop_seconds=30)
        manifests = [asdict(manifest) for manifest in self._manifests]
        await self._until_ready(ZYGOTE)
        opening = asyncio.create_task(self._open_outside(inventing))
        plan = await self._job("plan", manifests)
        self._nats.configure(User(name, *subjects) for name, subjects in plan["permissions"].items())
        await self._keep(NATS, Server(self._nats))
        await self._keep(MAILBOX, self._mailbox())
        await self._until_ready(POSTGRES, NATS)

        databases, broker = environment.of_preparation(
            self._place, self._manifests, self._postgres, self._nats
        )
        preparing = asyncio.create_task(self._job("prepare", manifests, databases, broker))
        is_stale = plan["fingerprints"] != self._prepared()
        if is_stale:
            await preparing
            await asyncio.gather(*(self._migrate(manifest, databases) for manifest in self._manifests))
        await opening  # services ask it from their first moment on
        for manifest in self._manifests:
            await self._keep(manifest.name, self._service(manifest))
        await preparing
        if is_stale:
            await asyncio.gather(*(self._seed(manifest) for manifest in self._manifests if manifest.seed))
        await self._until_ready(*self._parts)
        if is_stale:
            publishers = [self._place.url(one.name) for one in self._manifests if one.publishes]
            await self._job("settle", manifests, broker, publishers)
            vault.write(self._stamp, json.dumps(plan["fingerprints"]))

    async def _stop(self) -> None:
        """Doors first, data last."""
        self._say("hub", "stopping")
        self._ready = False
        neighbours = (MAILBOX, OUTSIDE)
        last = (ZYGOTE, NATS, POSTGRES)
        services = [name for name in self._parts if name not in (GATEWAY, *neighbours, *last)]
        for names in ((GATEWAY,), services, neighbours, last):
            await self._supervisor.stop([self._parts[name] for name in names if name in self._parts])

    async def _keep(self, name: str, program: Program, **options: Any) -> None:
        part = Part(name, program, self._place.log(name), port=self._place.ports.get(name), **options)
        self._parts[name] = part
        self._supervisor.keep(part)
        await asyncio.sleep(0)  # let it start at once

    async def _until_ready(self, *names: str) -> None:
        await self._supervisor.until_ready([self._parts[name] for name in names])

    async def _job(self, function: str, *arguments: Any) -> Any:
        order = Order(f"hub_cli.preparation:{function}", arguments, {}, self._place.log(PREPARATION))
        return await self._zygote.call(order)

    async def _migrate(self, manifest: Manifest, databases: Mapping[str, Any]) -> None:
        for name, ran in (await self._job("migrate", [asdict(manifest)], databases)).items():
            self._say(name, f"migrated: {', '.join(ran) or 'nothing to do'}")

    async def _seed(self, manifest: Manifest) -> None:
        if manifest.rules:  # those who wait for rules are ready when the seed of another has told them
            await self._until_ready(*self._parts)
        order = Order(
            "hub_cli.preparation:seed",
            [manifest.seed],
            self._environment(manifest),
            self._place.log(PREPARATION),
        )
        await self._zygote.call(order)
        self._say(manifest.name, "reference and demo data are loaded")

    def _service(self, manifest: Manifest) -> Fork:
        port = self._place.ports[manifest.name]
        order = Order(
            "hub_cli.worker:serve",
            [manifest.factory, port],
            self._environment(manifest),
            self._place.log(manifest.name),
        )
        return Fork(self._zygote, order, port)

    def _mailbox(self) -> Fork:
        web, smtp = self._place.ports[MAILBOX], self._place.ports[SMTP]
        folder = self._place.folder / MAILBOX
        order = Order(
            "hub_cli.mailbox.app:serve",
            [str(folder), web, smtp],
            environment.of_mailbox(self._place),
            self._place.log(MAILBOX),
        )
        return Fork(self._zygote, order, web)

    async def _make_registers(self) -> None:
        """In a process of its own: the zygote still imports."""
        command = [sys.executable, "-P", "-m", "hub_cli.outside.store", str(self._place.registers)]
        await programs.run(command, self._place.log(PREPARATION))

    async def _open_outside(self, inventing: Awaitable[None]) -> None:
        """Start it when its people and the keys of its authority are there, and wait until it answers."""
        arguments = [str(self._place.trust), environment.trust_address(self._place)]
        order = Order("hub_cli.outside.trust.authority:make", arguments, {}, self._place.log(PREPARATION))
        await asyncio.gather(self._zygote.call(order), inventing)
        await self._keep(OUTSIDE, self._outside())
        await self._until_ready(OUTSIDE)

    def _outside(self) -> Fork:
        port = self._place.ports[OUTSIDE]
        secret = environment.outside_secret(self._place)
        arguments = [str(self._place.registers), port, secret, str(self._place.trust)]
        order = Order("hub_cli.outside.app:serve", arguments, {}, self._place.log(OUTSIDE))
        return Fork(self._zygote, order, port)

    def _environment(self, manifest: Manifest) -> dict[str, str]:
        return environment.of_service(manifest, self._place, self._manifests, self._postgres, self._nats)

    @property
    def _stamp(self) -> Path:
        """Beside the data, because it speaks of them: what was migrated and seeded."""
        return self._postgres.folder / "prepared.json"

    def _prepared(self) -> Any:
        with suppress(FileNotFoundError):
            return json.loads(self._stamp.read_text())
        return None

    def _tell(self) -> None:
        processes = [
            Running(part.name, part.pid, part.port, part.state, part.since, part.restarts)
            for part in self._parts.values()
        ]
        State(self._ready, dict(self._place.ports), tuple(processes)).write(self._place)


def servers(place: Place) -> tuple[PostgresBox, NatsBox]:
    """The database server and the broker of a place, as they are started or reached there."""
    return (
        PostgresBox(place.folder / POSTGRES, port=place.ports[POSTGRES], log=place.log(POSTGRES)),
        NatsBox(place.folder / NATS, port=place.ports[NATS], log=place.log(NATS)),
    )
