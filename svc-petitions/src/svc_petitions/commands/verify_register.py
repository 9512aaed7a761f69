"""Verify an exported register without the hub, its database or a network.

    python -m svc_petitions.commands.verify_register register-2026.csv
    python -m svc_petitions.commands.verify_register register-2026.csv --sealed part.pdf --root root.pem

Of the CSV: numbers run from 1 without a gap, and no line was changed, taken out or put between. With a sealed
extract: its seal is genuine and whole, and its last link is one of the CSV's. Ends with 1 where not.
"""

import argparse
import csv
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from hub_core import clock
from hub_documents import verification
from hub_documents.verification import Outcome

from ..domain import registers as domain

_LINK: Final = re.compile(rb"sha256:([0-9a-f]{64})")


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify what the command line names, and say what was found; 0 when all is well."""
    parser = argparse.ArgumentParser(prog="verify_register", description="Verify an exported register.")
    parser.add_argument("register", type=Path, help="the CSV file")
    parser.add_argument("--sealed", type=Path, help="a sealed extract (PDF) of the same register")
    parser.add_argument("--root", type=Path, help="the certificate (PEM) below which seals are trusted")
    asked = parser.parse_args(arguments)
    if (asked.sealed is None) != (asked.root is None):
        parser.error("--sealed and --root go together")
    try:
        entries = _read(asked.register)
    except (OSError, KeyError, ValueError) as problem:
        _say(f"{asked.register}: no exported register ({type(problem).__name__})")
        return 1
    faults = list(domain.faults(entries))
    if asked.sealed:
        faults += _faults_of_seal(asked.sealed, asked.root, entries)
    for fault in faults:
        _say(fault)
    last = entries[-1] if entries else None
    _say(
        f"{len(entries)} lines, {len(faults)} faults"
        + (f"; the last link is {last.entry_sha256.hex()}" if last else "")
    )
    return 1 if faults else 0


def _read(path: Path) -> list[domain.Entry]:
    with path.open(encoding="utf-8", newline="") as file:
        return [domain.entry_of(row) for row in csv.DictReader(file, strict=True)]


def _faults_of_seal(sealed: Path, root: Path, entries: Sequence[domain.Entry]) -> Iterator[str]:
    content = sealed.read_bytes()
    verdict = verification.verify(content, verification.trust_in(root), clock.now())
    if verdict.outcome is not Outcome.INTACT:
        yield f"the seal of {sealed.name}: {verdict.outcome}"
        return
    found = _LINK.search(content)
    if found is None or bytes.fromhex(found[1].decode()) not in {entry.entry_sha256 for entry in entries}:
        yield f"{sealed.name}: its last link is none of this register's"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
