"""A server program as a child: tied to our life, waited for, stopped in order."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from . import leash


class ServerFailed(Exception):
    """A server program did not start; the message ends with the last lines of its log."""


def spawn(
    command: Sequence[str | Path],
    log: Path,
    *,
    ends_with: signal.Signals,
    user: str = "same",
    stdin: int = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program that gets the signal `ends_with` when this process ends, however it ends.

    It inherits our environment, unless told another.
    Only from the main thread: the kernel watches the thread, and one from a pool may end earlier.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("servers are started from the main thread")
    log.parent.mkdir(parents=True, exist_ok=True)
    leashed = [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), str(int(ends_with)), user]
    with log.open("ab") as output:
        return subprocess.Popen(
            [*leashed, *command],
            stdin=stdin,
            stdout=output,
            stderr=output,
            cwd="/",
            env=environment,
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops things in order
        )


def wait_for(ready: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until `ready()` holds; `ServerFailed` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise ServerFailed(f"{what} was not ready in {seconds:.0f} s")
        time.sleep(0.01)


def stop(child: subprocess.Popen[bytes], number: signal.Signals, seconds: float) -> None:
    """End a child with a signal, and by force after `seconds`."""
    if child.poll() is None:
        child.send_signal(number)
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def last_lines(log: Path, since: int = 0) -> str:
    """The end of a log, at most 2,000 bytes, of what was written after byte `since`."""
    with log.open("rb") as file:
        file.seek(max(since, log.stat().st_size - 2000))
        return file.read().decode(errors="replace")
