"""Where the hub runs on this machine: its folder, its ports, and the mark that it runs."""

import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Self

from hub_core.manifest import Manifest

from . import ports, vault

POSTGRES: Final = "postgres"
NATS: Final = "nats"
MAILBOX: Final = "mailbox"
SMTP: Final = "smtp"
OUTSIDE: Final = "outside"
GATEWAY: Final = "gateway"

_INFRASTRUCTURE: Final = {POSTGRES: 15432, NATS: 14222, MAILBOX: 8025, SMTP: 8026, OUTSIDE: 8027}
_FROM_BASE: Final = {POSTGRES: 32, NATS: 42, MAILBOX: 45, SMTP: 46, OUTSIDE: 47}
_GATEWAY_PORT: Final = 8080


class PortTaken(Exception):
    """A port that the hub needs is another program's; the message says which, and the way out."""


class AlreadyRuns(Exception):
    """The hub of this folder runs; `pid` is its supervisor."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"the hub already runs, as process {pid}")
        self.pid = pid


@dataclass(frozen=True, slots=True)
class Place:
    """The folder that holds everything the hub keeps, and the port of each process by name."""

    folder: Path
    ports: Mapping[str, int]

    @property
    def origin(self) -> str:
        """The one address that clients see."""
        return f"http://localhost:{self.ports[GATEWAY]}"

    @property
    def runtime(self) -> Path:
        """What is true only while the hub runs."""
        return self.folder / "run"

    @property
    def secrets(self) -> Path:
        """Passwords, keys and seeds, one file each, of mode 0600."""
        return self.folder / "secrets"

    @property
    def registers(self) -> Path:
        """The registers of the world outside, with their invented people."""
        return self.folder / OUTSIDE / "registers.sqlite"

    @property
    def trust(self) -> Path:
        """Keys and certificates of the seals: an authority of the embedded run's own (`outside.trust`)."""
        return self.folder / "trust"

    def url(self, name: str) -> str:
        """The address of a process that speaks HTTP."""
        return f"http://{ports.LOOPBACK}:{self.ports[name]}"

    def log(self, name: str) -> Path:
        """The log of a process."""
        return self.folder / "log" / f"{name}.log"


def choose_ports(
    manifests: Iterable[Manifest],
    base: int | None = None,
    single: Mapping[str, int] | None = None,
    environment: Mapping[str, str] = os.environ,
) -> dict[str, int]:
    """The port of each process: by option, else by HUB_PORT_<NAME>, else from the base, else the usual one.

    `base` (or HUB_PORT_BASE) moves all of them: the gateway gets the base itself. `ValueError` for
    a name or a number that makes no sense.
    """
    usual = _INFRASTRUCTURE | {manifest.name: manifest.port for manifest in manifests}
    chosen = dict(single or {})
    if unknown := chosen.keys() - usual.keys():
        raise ValueError(f"no process is called {', '.join(sorted(unknown))}; there are {', '.join(usual)}")
    base = base or int(environment.get("HUB_PORT_BASE") or 0)
    found: dict[str, int] = {}
    for name, port in usual.items():
        moved = base + _FROM_BASE.get(name, port - _GATEWAY_PORT) if base else port
        named = environment.get(f"HUB_PORT_{name.upper().replace('-', '_')}")
        found[name] = chosen.get(name) or int(named or moved)
    shared = {port for port in found.values() if list(found.values()).count(port) > 1}
    if shared or not all(0 < port < 1 << 16 for port in found.values()):
        raise ValueError(f"ports must differ and lie between 1 and 65535: {found}")
    return found


def refuse_taken(place: Place) -> None:
    """Raise `PortTaken` when another program holds one of the ports."""
    for name, port in place.ports.items():
        if ports.is_taken(port):
            setting = name.upper().replace("-", "_")
            raise PortTaken(
                f"port {port}, which {name} needs, is taken by another program. Take another one with "
                f"`--port {name}=<number>` or HUB_PORT_{setting}=<number>, or move all ports with "
                "`--port-base <number>` or HUB_PORT_BASE=<number>."
            )


@dataclass(frozen=True, slots=True)
class Running:
    """One process of a running hub; `since` in seconds of the epoch, `state` in one word."""

    name: str
    pid: int
    port: int | None
    state: str
    since: float
    restarts: int


@dataclass(frozen=True, slots=True)
class State:
    """What a running hub tells other commands, in `run/state.json`."""

    ready: bool = False
    ports: Mapping[str, int] = field(default_factory=dict)
    processes: tuple[Running, ...] = ()

    def write(self, place: Place) -> None:
        """Replace what was told before."""
        vault.write(place.runtime / "state.json", json.dumps(asdict(self)))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """What was told last; nothing, before the first word."""
        try:
            told = json.loads((folder / "run" / "state.json").read_text())
        except FileNotFoundError:
            return cls()
        processes = tuple(Running(**process) for process in told["processes"])
        return cls(told["ready"], told["ports"], processes)


def was_killed(folder: Path) -> bool:
    """Whether the last supervisor of this folder left its mark behind, so that its children may still end."""
    try:
        return bool((folder / "run" / "hub.pid").read_text()) and supervisor_of(folder) is None
    except FileNotFoundError:
        return False


class Claim:
    """The mark that the hub of a folder runs: a locked file with the supervisor's pid.

    The lock ends with the process, so a file left behind by a kill does not count.
    """

    def __init__(self, place: Place) -> None:
        place.runtime.mkdir(parents=True, exist_ok=True)
        self._file = (place.runtime / "hub.pid").open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            pid = int(self._file.read() or 0)
            self._file.close()
            raise AlreadyRuns(pid) from None
        with suppress(FileNotFoundError):
            (place.runtime / "state.json").unlink()
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def give_up(self) -> None:
        """Take the mark away."""
        self._file.truncate(0)
        self._file.close()


def supervisor_of(folder: Path) -> int | None:
    """The pid of the supervisor of this folder's hub; `None` when it does not run."""
    try:
        with (folder / "run" / "hub.pid").open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read() or 0) or None
    except FileNotFoundError:
        pass
    return None
