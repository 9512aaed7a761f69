"""Registers of what comes in, goes out and stays within: numbered, chained, struck and never deleted.

Each institution has one a year. Its numbers run from 1 without a gap, and each line is chained to the one
before it, so that whoever holds an export can prove that nothing was changed, taken out or put between.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import local_date

BEFORE_THE_FIRST: Final = bytes(hashlib.sha256().digest_size)
"""What stands for the line before number 1."""

SALT_BYTES: Final = 16
_NUMBER: Final = '"number":'


class Direction(StrEnum):
    """Where a document goes: in, out, or from one place of the institution to another."""

    IN = "IN"
    OUT = "OUT"
    INTERNAL = "INTERNAL"


class StrikeReason(StrEnum):
    """Why a line is struck; a code and no words, for a line is kept for ever."""

    ENTERED_TWICE = "ENTERED_TWICE"
    WRONG_REGISTER = "WRONG_REGISTER"
    NOT_A_PETITION = "NOT_A_PETITION"
    CLERICAL_ERROR = "CLERICAL_ERROR"


@dataclass(frozen=True, slots=True)
class Strike:
    """Which line of the same institution is struck, and why."""

    year: int
    number: int
    reason: StrikeReason


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Line:
    """What is to be entered.

    `subject` and `correspondent` (a person's identifier, or a name) go in as salted digests only.
    """

    institution_id: UUID
    direction: Direction
    petition_id: UUID
    subject: str
    correspondent: str
    entered_at: datetime
    strikes: Strike | None = None

    @property
    def year(self) -> int:
        """The year of the register, by the local date; numbers begin anew at midnight of 1 January."""
        return local_date(self.entered_at).year

    def members(self, salt: bytes) -> dict[str, str | int | None]:
        """The line as it is chained, but for its number."""
        return {
            "correspondent_sha256": digest(salt, self.correspondent).hex(),
            "direction": self.direction,
            "entered_at": instant(self.entered_at),
            "institution_id": str(self.institution_id),
            "petition_id": str(self.petition_id),
            "reason": self.strikes.reason if self.strikes else None,
            "strikes": self.strikes.number if self.strikes else None,
            "strikes_year": self.strikes.year if self.strikes else None,
            "subject_sha256": digest(salt, self.subject).hex(),
            "year": self.year,
        }


@dataclass(frozen=True, slots=True)
class Entered:
    """The number that a line got, in the register of that year, and its link of the chain."""

    year: int
    number: int
    entry_sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a register, as it stands there. Digests are of 32 bytes."""

    institution_id: UUID
    year: int
    number: int
    direction: Direction
    petition_id: UUID
    entered_at: datetime
    subject_sha256: bytes
    correspondent_sha256: bytes
    strikes: Strike | None
    entry_sha256: bytes

    def link(self, previous: bytes) -> bytes:
        """What `entry_sha256` is, if the line before has `previous`."""
        before, after = around_number(
            {
                "correspondent_sha256": self.correspondent_sha256.hex(),
                "direction": self.direction,
                "entered_at": instant(self.entered_at),
                "institution_id": str(self.institution_id),
                "petition_id": str(self.petition_id),
                "reason": self.strikes.reason if self.strikes else None,
                "strikes": self.strikes.number if self.strikes else None,
                "strikes_year": self.strikes.year if self.strikes else None,
                "subject_sha256": self.subject_sha256.hex(),
                "year": self.year,
            }
        )
        return hashlib.sha256(previous + f"{before}{self.number}{after}".encode()).digest()


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """A line as officials see it: with the petition's subject, and whether it was struck since.

    `salt` is none, and the subject cannot be proved any more, once personal data were erased.
    """

    entry: Entry
    subject: str | None
    salt: bytes | None
    is_struck: bool


def around_number(members: dict[str, str | int | None]) -> tuple[str, str]:
    """The canonical JSON (RFC 8785) of a line, up to its number and from there on.

    The number is known only when the register's row is locked, and by then nothing is left to do
    but to put it between.
    """
    text = json.dumps(members | {"number": 0}, sort_keys=True, separators=(",", ":"))
    before, _, after = text.partition(f"{_NUMBER}0")
    return before + _NUMBER, after


def digest(salt: bytes, text: str) -> bytes:
    """SHA-256 of a salt and a text: when the salt is erased, nobody can try texts against it."""
    return hashlib.sha256(salt + text.encode()).digest()


def instant(at: datetime) -> str:
    """An instant as lines hold it: `2026-11-22T18:00:00.000000Z`."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def faults(entries: Iterable[Entry]) -> Iterator[str]:
    """What is wrong with a register, read from its first line: nothing, or one text a fault."""
    previous, expected, register = BEFORE_THE_FIRST, 1, None
    for entry in entries:
        register = register or (entry.institution_id, entry.year)
        if (entry.institution_id, entry.year) != register:
            yield f"number {entry.number}: stands in another register"
        if entry.number != expected:
            yield f"number {expected}: {entry.number} stands in its place"
        if entry.link(previous) != entry.entry_sha256:
            yield f"number {entry.number}: the chain is broken"
        previous, expected = entry.entry_sha256, entry.number + 1
