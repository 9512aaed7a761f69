"""What the commands say when there is nothing to do, or no way to do it."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub_cli.main import app
from hub_core import manifest
from hub_core.manifest import Manifest

GATEWAY = Manifest("gateway", "gateway", "gateway.main:create_app", 8080, has_database=False, publishes=False)


@pytest.fixture(autouse=True)
def only_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "installed", lambda: [GATEWAY])


def hub(folder: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, arguments, env={"HUB_VAR": str(folder)})
    return done.exit_code, done.output


@pytest.mark.parametrize("way", [(), ("--detach",)])
def test_a_taken_port_is_told_before_anything_starts(tmp_path: Path, way: tuple[str, ...]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        status, said = hub(tmp_path, "up", *way, f"--port=smtp={port}")
    assert status == 1
    assert f"port {port}, which smtp needs, is taken" in said
    assert {path.name for path in tmp_path.iterdir()} <= {"run"}


def test_a_port_that_does_not_exist_is_told(tmp_path: Path) -> None:
    status, said = hub(tmp_path, "up", "--port=nosuch=1")
    assert status == 1
    assert "no process is called nosuch" in said


@pytest.mark.parametrize("command", ["status", "demo", "inbox"])
def test_what_needs_a_running_hub_says_so(tmp_path: Path, command: str) -> None:
    assert hub(tmp_path, command) == (1, "The hub does not run; `hub up` starts it.\n")


def test_down_without_a_hub_is_no_fault(tmp_path: Path) -> None:
    assert hub(tmp_path, "down") == (0, "The hub does not run.\n")


def test_reset_empties_what_the_hub_keeps_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "of-the-user").mkdir()
    assert hub(tmp_path, "reset")[0] == 1  # nobody said yes
    assert (tmp_path / "postgres").exists()
    assert hub(tmp_path, "reset", "--yes")[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["of-the-user"]


def test_a_command_of_a_service_wants_its_file(tmp_path: Path) -> None:
    status, said = hub(tmp_path, "clients", "put", str(tmp_path / "missing.json"))
    assert status == 2
    assert "does not exist" in " ".join(said.split())
