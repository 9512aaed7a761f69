"""Real servers for a test session, in folders that do not outlive it, however it ends.

A server ends with the process that started it (`hub_cli.process`). A session that was killed leaves
its folder; the next session removes it, seeing by the lock that nobody holds it any more.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .personal import personal_numbers


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder of this session, held by a lock; folders of dead sessions are removed first."""
    root = Path(tempfile.gettempdir()) / f"hub-testing-{os.getuid()}"
    root.mkdir(mode=0o700, exist_ok=True)
    for left in root.iterdir():
        _remove_if_dead(left)
    folder = Path(tempfile.mkdtemp(dir=root))
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class PersonalNumberLogged(Exception):
    """A server's log holds a CNP: whoever sent the statement or the message must not put it there."""


def refuse_personal_numbers(folder: Path) -> None:
    """Raise `PersonalNumberLogged` when a log below a folder holds a valid CNP; it is not repeated."""
    logs = ((log.name, log.read_text(errors="replace")) for log in folder.rglob("*.log"))
    telling = [name for name, text in logs if any(personal_numbers(text))]
    if telling:
        raise PersonalNumberLogged(", ".join(sorted(telling)))


def _remove_if_dead(folder: Path) -> None:
    with suppress(OSError), (folder / "lock").open() as lock:  # OSError: held, or made at this moment
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
