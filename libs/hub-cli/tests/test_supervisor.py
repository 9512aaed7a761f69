import asyncio
import os
import signal
import subprocess
from pathlib import Path

import pytest

from hub_cli.supervisor import Part, StartFailed, Supervisor


class Shell:
    """A program that runs a shell command, and is ready as soon as it runs."""

    def __init__(self, command: str) -> None:
        self.command = command
        self.child: subprocess.Popen[bytes] | None = None
        self.starts = 0

    async def start(self) -> int:
        self.starts += 1
        self.child = subprocess.Popen(["/bin/sh", "-c", self.command])
        return self.child.pid

    async def is_ready(self) -> bool:
        return self.child is not None and self.child.poll() is None

    async def status(self) -> int | None:
        assert self.child is not None
        return self.child.wait()


class NeverReady(Shell):
    async def is_ready(self) -> bool:
        return False


class Stubborn(Shell):
    """Ready once it ignores SIGTERM."""

    def __init__(self, mark: Path) -> None:
        super().__init__(f"trap '' TERM; : > {mark}; while :; do :; done")
        self._mark = mark

    async def is_ready(self) -> bool:
        return self._mark.exists()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Supervisor:
    return Supervisor(lambda name, text: said.append(f"{name}: {text}"), lambda: None)


async def test_a_killed_process_is_started_again(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    program = Shell("exec sleep 600")
    part = Part("sleeper", program, tmp_path / "log")
    supervisor.keep(part)
    await asyncio.wait_for(supervisor.until_ready([part]), 5)
    first = part.pid
    os.kill(first, signal.SIGKILL)
    await asyncio.wait_for(_until_back(part), 5)
    assert part.pid != first
    assert part.restarts == 1
    assert said == [
        "sleeper: ended (killed by SIGKILL), starts again in 0.2 s",
        "sleeper: is back",
    ]
    await supervisor.stop([part])
    assert (part.state, part.pid) == ("stopped", 0)
    assert program.starts == 2


async def test_a_process_that_never_starts_is_given_up(supervisor: Supervisor, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("No module named 'svc_petitions'\n")
    part = Part("broken", NeverReady("exit 3"), log)
    supervisor.keep(part)
    with pytest.raises(StartFailed, match="broken does not start:\nNo module named"):
        await asyncio.wait_for(supervisor.until_ready([part]), 5)


async def test_a_process_that_does_not_stop_is_killed(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    program = Stubborn(tmp_path / "ignores")
    part = Part("stubborn", program, tmp_path / "log", stop_seconds=0.1)
    supervisor.keep(part)
    await asyncio.wait_for(supervisor.until_ready([part]), 5)
    await asyncio.wait_for(supervisor.stop([part]), 5)
    assert said == ["stubborn: did not stop in 0.1 s and is killed"]
    assert part.state == "stopped"


async def _until_back(part: Part) -> None:
    while part.restarts == 0:
        await part.ready.wait()
        await asyncio.sleep(0)
    await part.ready.wait()
