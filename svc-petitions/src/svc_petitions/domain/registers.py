"""Registers of what comes in, goes out and stays within: numbered, chained, struck and never deleted.

Each institution has one a year. Its numbers run from 1 without a gap, and each line is chained to the one
before it, so that whoever holds an export can prove that nothing was changed, taken out or put between.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import local_date

from ..errors.registers import EntryStands, EntryStruckAlready

BEFORE_THE_FIRST: Final = bytes(hashlib.sha256().digest_size)
"""What stands for the line before number 1."""

SALT_BYTES: Final = 16
_NUMBER: Final = '"number":'
_INSTANT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"


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

    `subject`, which is the petition's, and `correspondent` (an identifier, or a name) go in as salted
    digests only. `entered_by` is the official who entered it; nobody, of what came in by itself.
    """

    institution_id: UUID
    direction: Direction
    petition_id: UUID
    subject: str
    correspondent: str
    entered_at: datetime
    strikes: Strike | None = None
    entered_by: UUID | None = None

    @property
    def year(self) -> int:
        """The year of the register, by the local date; numbers begin anew at midnight of 1 January."""
        return local_date(self.entered_at).year

    def members(self, salt: bytes) -> dict[str, str | int | None]:
        """The line as it is chained, but for its number."""
        return _members(self, digest(salt, self.subject), digest(salt, self.correspondent))


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
    entered_by: UUID | None
    subject_sha256: bytes
    correspondent_sha256: bytes
    strikes: Strike | None
    entry_sha256: bytes

    def link(self, previous: bytes) -> bytes:
        """What `entry_sha256` is, if the line before has `previous`."""
        before, after = around_number(_members(self, self.subject_sha256, self.correspondent_sha256))
        return hashlib.sha256(previous + f"{before}{self.number}{after}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as officials see it, with the number of the line that has struck it (`7/2026`), if one has."""

    entry: Entry
    struck_by: str | None


def _members(of: Line | Entry, subject: bytes, correspondent: bytes) -> dict[str, str | int | None]:
    return {
        "correspondent_sha256": correspondent.hex(),
        "direction": of.direction,
        "entered_at": instant(of.entered_at),
        "entered_by": str(of.entered_by) if of.entered_by else None,
        "institution_id": str(of.institution_id),
        "petition_id": str(of.petition_id),
        "reason": of.strikes.reason if of.strikes else None,
        "strikes": of.strikes.number if of.strikes else None,
        "strikes_year": of.strikes.year if of.strikes else None,
        "subject_sha256": subject.hex(),
        "year": of.year,
    }


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
    return at.astimezone(UTC).strftime(_INSTANT)


def refuse_strike(entry: Entry, *, is_struck: bool, is_open: bool) -> None:
    """Nothing, if a line may be struck: one of what came in, once, and when no clock of it runs any more.

    An answer or a letter that has left stands. Raises `EntryStruckAlready`, `EntryStands`.
    """
    if is_struck:
        raise EntryStruckAlready
    if entry.direction is not Direction.IN or is_open:
        raise EntryStands


def faults(entries: Iterable[Entry], before: bytes = BEFORE_THE_FIRST, first: int = 1) -> Iterator[str]:
    """What is wrong with the lines of a register from `first` on: nothing, or one text a fault.

    `before` is the link of the line before the first.
    """
    previous, expected, register = before, first, None
    for entry in entries:
        register = register or (entry.institution_id, entry.year)
        if (entry.institution_id, entry.year) != register:
            yield f"number {entry.number}: stands in another register"
        if entry.number != expected:
            yield f"number {expected}: {entry.number} stands in its place"
        if entry.link(previous) != entry.entry_sha256:
            yield f"number {entry.number}: the chain is broken"
        previous, expected = entry.entry_sha256, entry.number + 1


COLUMNS: Final = (
    *("institution_id", "year", "number", "direction", "petition_id", "entered_at", "entered_by"),
    *("subject_sha256", "correspondent_sha256", "strikes_year", "strikes", "reason", "entry_sha256"),
)
"""What an export has, in this order: the whole chain, and no word of anybody."""


def row_of(entry: Entry) -> tuple[str, ...]:
    """A line of an export: digests in hexadecimal, nothing where there is nothing."""
    members = _members(entry, entry.subject_sha256, entry.correspondent_sha256)
    members |= {"number": entry.number, "entry_sha256": entry.entry_sha256.hex()}
    return tuple("" if members[name] is None else str(members[name]) for name in COLUMNS)


def entry_of(row: Mapping[str, str]) -> Entry:
    """The line of a row of an export. Raises `KeyError` or `ValueError` for what is none."""
    strikes = None
    if row["strikes"]:
        strikes = Strike(int(row["strikes_year"]), int(row["strikes"]), StrikeReason(row["reason"]))
    return Entry(
        institution_id=UUID(row["institution_id"]),
        year=int(row["year"]),
        number=int(row["number"]),
        direction=Direction(row["direction"]),
        petition_id=UUID(row["petition_id"]),
        entered_at=datetime.strptime(row["entered_at"], _INSTANT).replace(tzinfo=UTC),
        entered_by=UUID(row["entered_by"]) if row["entered_by"] else None,
        subject_sha256=bytes.fromhex(row["subject_sha256"]),
        correspondent_sha256=bytes.fromhex(row["correspondent_sha256"]),
        strikes=strikes,
        entry_sha256=bytes.fromhex(row["entry_sha256"]),
    )
