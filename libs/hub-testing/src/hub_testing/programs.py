"""Programs of others, as oracles in tests; what is not on this machine is named."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final, NoReturn

import pytest

PACKAGES: Final = {
    "certutil": "libnss3-tools",
    "chromium": "chromium",
    "clamd": "clamav-daemon",
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
    "node": "nodejs",
    "openssl": "openssl",
    "pdffonts": "poppler-utils",
    "pdfinfo": "poppler-utils",
    "pdfsig": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "qpdf": "qpdf",
    "softhsm2-util": "softhsm2",
    "zbarimg": "zbar-tools",
}
"""The Debian package of each."""
NO_SKIPS: Final = "HUB_TEST_NO_SKIPS"
"""In the environment of CI, which has what all tests need."""
SECONDS: Final = 60


def missing(what: str) -> NoReturn:
    """Skip the test and say what is missing and how it comes; with HUB_TEST_NO_SKIPS, fail it."""
    if os.environ.get(NO_SKIPS):
        pytest.fail(what)
    pytest.skip(what)


def path(name: str, *others: str) -> str:
    """Where the program is, by this name or another; `missing` without it."""
    for each in (name, *others):
        if found := shutil.which(each):
            return found
    missing(f"no {name} on this machine: install Debian's package `{PACKAGES[name]}`")


def run(
    name: str,
    *arguments: str | Path,
    given: str | None = None,
    folder: Path | None = None,
    seconds: float = SECONDS,
) -> subprocess.CompletedProcess[str]:
    """The program on `given`, its standard input: how it ended, and what it wrote."""
    command = [path(name), *map(str, arguments)]
    return subprocess.run(
        command, input=given, cwd=folder, capture_output=True, text=True, check=False, timeout=seconds
    )


def output(name: str, *arguments: str | Path) -> bytes:
    """What the program writes; a program that fails fails the test."""
    command = [path(name), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
    if done.returncode != 0:
        pytest.fail(f"{name}: {done.stderr.decode(errors='replace')}")
    return done.stdout
