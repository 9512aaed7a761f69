"""Programs of others, as oracles in tests."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

PACKAGES: Final = {
    "pdffonts": "poppler-utils",
    "pdfinfo": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "qpdf": "qpdf",
    "zbarimg": "zbar-tools",
}
"""The Debian package of each."""
SECONDS: Final = 60


def output(name: str, *arguments: str | Path) -> bytes:
    """What the program writes; skips the test where it is not installed, and fails where it fails."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"no {name} on this machine: install Debian's package `{PACKAGES[name]}`")
    command = [path, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
    if done.returncode != 0:
        pytest.fail(f"{name}: {done.stderr.decode(errors='replace')}")
    return done.stdout
