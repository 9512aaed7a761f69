import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from hub_cli import leash, process
from hub_cli import postgres as boxes
from hub_cli.postgres import PostgresBox


@pytest.fixture
def box(tmp_path: Path) -> Iterator[PostgresBox]:
    box = PostgresBox(tmp_path / "postgres", durable=False)
    yield box
    box.stop()


async def test_it_survives_a_kill_and_keeps_what_was_committed(tmp_path: Path) -> None:
    box = PostgresBox(tmp_path / "postgres")
    box.start()
    connection = await asyncpg.connect(box.dsn())
    await connection.execute("CREATE TABLE kept (number int); INSERT INTO kept VALUES (42)")
    assert box.child is not None
    box.child.kill()
    box.child.wait()
    connection.terminate()

    box.start()
    connection = await asyncpg.connect(box.dsn())
    assert await connection.fetchval("SELECT number FROM kept") == 42
    await connection.close()
    box.stop()


def test_a_stale_pid_file_of_another_program_is_no_hindrance(box: PostgresBox) -> None:
    box.prepare()
    lines = [str(os.getpid()), str(box.data), "0", str(box.port), "", "127.0.0.1", "0 0", "ready"]
    (box.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    assert not box.is_ready()

    box.start()
    assert (box.data / "postmaster.pid").read_text().splitlines()[0] != str(os.getpid())


def test_a_half_made_data_folder_is_made_again(box: PostgresBox) -> None:
    (box.folder / "data.unfinished").mkdir(parents=True)
    (box.folder / "data.unfinished" / "PG_VERSION").write_text("18\n")
    box.start()
    assert box.is_ready()
    assert not (box.folder / "data.unfinished").exists()


async def test_nobody_comes_in_without_the_password(postgres: PostgresBox) -> None:
    assert stat.S_IMODE((postgres.folder / "password").stat().st_mode) == 0o600
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres.dsn(password="another"))


async def test_it_is_set_up_as_the_services_expect(postgres: PostgresBox) -> None:
    connection = await asyncpg.connect(postgres.dsn())
    shown = {
        name: await connection.fetchval(f"SHOW {name}")
        for name in ("jit", "timezone", "listen_addresses", "server_encoding")
    }
    provider = await connection.fetchval("SELECT datlocprovider::text || datlocale FROM pg_database LIMIT 1")
    await connection.close()
    assert shown == {
        "jit": "off",
        "timezone": "UTC",
        "listen_addresses": "127.0.0.1",
        "server_encoding": "UTF8",
    }
    assert provider == "bC.UTF-8"


def test_it_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, signal; from hub_cli.postgres import PostgresBox\n"
        "box = PostgresBox(pathlib.Path(sys.argv[1]), durable=False); box.start()\n"
        "print(box.child.pid, flush=True); signal.pause()"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / "pg"], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    server = psutil.Process(int(supervisor.stdout.readline()))
    supervisor.kill()
    supervisor.communicate()
    server.wait(timeout=10)
    assert not (tmp_path / "pg" / "data" / "postmaster.pid").exists()


def test_a_server_that_cannot_start_says_why(box: PostgresBox) -> None:
    box.prepare()
    (box.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(process.ServerFailed, match="no_such_setting"):
        box.start()


def test_servers_are_not_started_from_a_pool(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, signal, concurrent.futures; from hub_cli import process\n"
        "log = pathlib.Path(sys.argv[1])\n"
        "with concurrent.futures.ThreadPoolExecutor() as pool:\n"
        "    pool.submit(process.spawn, ['/bin/true'], log, ends_with=signal.SIGTERM).result()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "log"], check=False, capture_output=True, text=True
    )
    assert "from the main thread" in ended.stderr


def test_a_stubborn_child_is_ended_by_force(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    program = f"trap '' TERM; : > {ready}; while :; do read -r _ < /dev/zero; done"
    child = process.spawn(["/bin/sh", "-c", program], tmp_path / "log", ends_with=signal.SIGKILL)
    process.wait_for(ready.exists, 5, "the child")
    process.stop(child, signal.SIGTERM, 0.1)
    assert child.returncode == -signal.SIGKILL


@pytest.mark.for_root
def test_root_without_user_namespaces_becomes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub_cli.postgres._namespaces_work", lambda: False)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        box = PostgresBox(Path(folder) / "postgres", durable=False)
        box.start()
        assert box.child is not None
        assert psutil.Process(box.child.pid).uids().effective == leash.NOBODY
        box.stop()


@pytest.mark.for_root
def test_a_folder_that_nobody_may_enter_is_named(box: PostgresBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub_cli.postgres._namespaces_work", lambda: False)
    closed = box.folder.parent
    closed.chmod(0o700)
    with pytest.raises(process.ServerFailed, match="may not enter"):
        box.start()


def test_a_user_without_a_name_gets_one(box: PostgresBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 54_321)
    assert box._user == ("namespace" if boxes._namespaces_work() else "same")
