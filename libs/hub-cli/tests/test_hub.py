"""The whole runner with real servers and one tiny service."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import httpx2
import psutil
import pytest

from hub_cli import lifecycle, place, ports, process
from hub_cli.place import AlreadyRuns, Place, State

SERVICE = """
from hub_core.manifest import Manifest

MANIFEST = Manifest("gateway", "tiny", "tiny:create_app", 1, has_database=False, publishes=False)


def create_app():
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"tiny"})

    return app
"""
PROGRAM = """
import json, pathlib, sys
import tiny
from hub_cli import lifecycle, place
where = place.Place(pathlib.Path(sys.argv[1]), json.loads(sys.argv[2]))
lifecycle.run(where, [tiny.MANIFEST], sys.stdout, lambda: print("READY", flush=True))
"""
NAMES = ("postgres", "nats", "mailbox", "smtp", "outside", "gateway")


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("hub")
    (folder / "tiny.py").write_text(SERVICE)
    return Place(folder / "var", {name: ports.free() for name in NAMES})


@pytest.fixture
def start(where: Place) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Starts a hub and returns when it is ready; a folder is used again and again."""
    started: list[subprocess.Popen[str]] = []

    def begin() -> subprocess.Popen[str]:
        hub = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, where.folder, json.dumps(where.ports)],
            env=os.environ | {"PYTHONPATH": str(where.folder.parent)},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(hub)
        assert hub.stdout is not None
        said = []
        for line in hub.stdout:
            said.append(line)
            if line == "READY\n":
                return hub
        raise AssertionError("".join(said))

    yield begin
    for hub in started:
        hub.terminate()
        hub.communicate(timeout=30)


def pids(where: Place) -> dict[str, int]:
    return {running.name: running.pid for running in State.read(where.folder).processes}


def all_back(where: Place, restarts: dict[str, int]) -> bool:
    """Whether every process is ready, and these have been started again that often."""
    processes = {each.name: each for each in State.read(where.folder).processes}
    return all(each.state == "ready" for each in processes.values()) and all(
        processes[name].restarts >= times for name, times in restarts.items()
    )


def test_it_starts_restarts_what_is_killed_and_stops_in_order(
    where: Place, start: Callable[[], subprocess.Popen[str]]
) -> None:
    hub = start()
    assert httpx2.get(where.origin).text == "tiny"
    with pytest.raises(AlreadyRuns) as running:
        lifecycle.run(where, [], None, lambda: None)
    assert running.value.pid == hub.pid

    before = pids(where)
    for victim in ("gateway", "mailbox", "outside", "nats", "postgres"):
        os.kill(before[victim], signal.SIGKILL)

    process.wait_for(lambda: all_back(where, dict.fromkeys(before, 1) | {"zygote": 0}), 20, "the hub")
    assert httpx2.get(where.origin).text == "tiny"

    os.kill(pids(where)["zygote"], signal.SIGKILL)
    forks = {"zygote": 1, "gateway": 2, "mailbox": 2, "outside": 2}
    process.wait_for(lambda: all_back(where, forks), 20, "the hub after its zygote")
    everybody = [psutil.Process(pid) for pid in pids(where).values()]
    assert lifecycle.stop(where.folder)
    assert not any(each.is_running() for each in everybody)
    assert hub.wait(5) == 0
    assert place.supervisor_of(where.folder) is None
    assert not lifecycle.stop(where.folder)


def test_everything_ends_when_the_supervisor_is_killed(
    where: Place, start: Callable[[], subprocess.Popen[str]]
) -> None:
    hub = start()
    everybody = [psutil.Process(pid) for pid in pids(where).values()]
    hub.kill()
    hub.communicate()
    _, alive = psutil.wait_procs(everybody, timeout=15)
    assert alive == []
    assert place.supervisor_of(where.folder) is None


def test_a_service_that_cannot_start_says_why(
    where: Place, start: Callable[[], subprocess.Popen[str]]
) -> None:
    (where.folder.parent / "tiny.py").write_text(SERVICE.replace("def create_app", "def other"))
    with pytest.raises(AssertionError):
        start()
    assert "has no attribute 'create_app'" in where.log("gateway").read_text()
    assert place.supervisor_of(where.folder) is None
