"""Secrets in files that only their owner reads."""

import os
from collections.abc import Callable
from pathlib import Path


def keep(path: Path, make: Callable[[], str]) -> str:
    """The secret in the file, made once; the file has mode 0600 and is whole or absent."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write(path, make())
    return path.read_text(encoding="ascii")


def write(path: Path, text: str) -> None:
    """Replace a file by one of mode 0600, in one step that survives a power cut."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
