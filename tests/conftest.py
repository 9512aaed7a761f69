"""The whole hub, as `make up` starts it, in a folder and on ports of its own."""

import asyncio
import contextlib
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub_cli.place import State
from hub_testing.traces import TraceSink

HUB = (sys.executable, "-m", "hub_cli")


@dataclass(frozen=True)
class Hub:
    """A running hub: its folder, and the addresses of its processes."""

    folder: Path

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port('gateway')}"

    @property
    def mailbox(self) -> str:
        return f"http://localhost:{self.port('mailbox')}"

    def port(self, process: str) -> int:
        return State.read(self.folder).ports[process]

    async def letter(self, to: str, *says: str) -> dict[str, Any]:
        """The first letter to an address that says all this, in its subject or text; waits 20 seconds."""
        async with httpx2.AsyncClient(base_url=self.mailbox) as mailbox, asyncio.timeout(20):
            after = 0
            while True:
                answer = await mailbox.get("/api/messages", params={"to": to, "after": after})
                for letter in answer.json()["items"]:
                    words = " ".join(f"{letter['subject']} {letter['text']}".split())
                    if all(said in words for said in says):
                        return dict(letter)
                after = answer.json()["next_after"]
                await asyncio.sleep(0.05)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*HUB, *arguments, "--var", str(self.folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="session")
def spans() -> Iterator[TraceSink]:
    """What the hub's processes trace."""
    sink = TraceSink()
    sink.start()
    yield sink
    sink.stop()


def free_base() -> int:
    """A place for the hub's ports where nothing listens, below those that clients are given."""
    for base in random.sample(range(20_000, 31_000, 100), 50):
        with suppress(OSError), contextlib.ExitStack() as taken:
            for port in range(base, base + 50):
                taken.enter_context(socket.create_server(("127.0.0.1", port)))
            return base
    raise OSError("no fifty free ports in a row")


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory, spans: TraceSink) -> Iterator[Hub]:
    running = Hub(tmp_path_factory.mktemp("hub"))
    command = [*HUB, "up", "--detach", "--port-base", str(free_base()), "--var", str(running.folder)]
    environment = {"HUB_OTLP_ENDPOINT": spans.url, "PATH": "/usr/bin:/bin"}
    started = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, env=environment
    )
    assert started.returncode == 0, started.stdout + started.stderr
    yield running
    running.run("down")
