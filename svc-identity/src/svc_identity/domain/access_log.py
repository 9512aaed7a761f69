"""Who looked at whose data: lines that form a chain, and a root for each day that anybody may keep.

A line's hash covers its facts and the hash of the line before, so that none can be changed, removed
or put in between without a trace. The root of a day is that of a Merkle tree (RFC 6962, 2.1) over the
hashes of its lines: with it and a path a line is proved to stand in the log, and no other is shown.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core import clock

GENESIS: Final = bytes(32)
"""The hash before the first line."""


@dataclass(frozen=True, slots=True)
class Access:
    """One access as a service told it: ids and codes, `at` the instant of the access itself."""

    id: UUID
    service: str
    at: datetime
    actor_id: str
    actor_kind: str
    roles: tuple[str, ...]
    institution_id: UUID | None
    on_behalf_of: UUID | None
    mandate_id: UUID | None
    client_id: str
    action: str
    resource_type: str
    resource_id: str
    subject_person_id: UUID
    purpose: str | None
    file: str | None
    legal_basis: str
    channel: str
    result: str
    request_id: str | None
    withheld_until: date | None


@dataclass(frozen=True, slots=True)
class Position:
    """How far the chain goes: the number and the hash of its last line."""

    seq: int = 0
    hash: bytes = GENESIS


@dataclass(frozen=True, slots=True)
class Line:
    """An access at its place in the chain; `recorded_on` is the legal date of `recorded_at`."""

    seq: int
    access: Access
    recorded_at: datetime
    recorded_on: date
    prev_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Root:
    """What is published of a day that is over.

    `last_seq` and `chain_hash` are those of the last line up to its end, `lines` how many it has,
    `statement` all that as a JWS.
    """

    day: date
    lines: int
    last_seq: int
    chain_hash: bytes
    merkle_root: bytes
    closed_at: datetime
    statement: str = ""


def append(after: Position, accesses: Sequence[Access], now: datetime) -> list[Line]:
    """The lines that follow `after`, in the order of the accesses."""
    lines = []
    for access in accesses:
        line = Line(after.seq + 1, access, now, clock.local_date(now), after.hash, b"")
        line = replace(line, hash=digest(line))
        lines.append(line)
        after = Position(line.seq, line.hash)
    return lines


def digest(line: Line) -> bytes:
    """SHA-256 of the line's facts, its place and the hash before it, as canonical JSON (RFC 8785)."""
    facts = {name: _json(value) for name, value in asdict(line.access).items()}
    facts |= {
        "seq": line.seq,
        "recorded_at": _json(line.recorded_at),
        "recorded_on": _json(line.recorded_on),
        "prev_hash": line.prev_hash.hex(),
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID | date):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def close(day: date, hashes: Sequence[bytes], end: Position, now: datetime) -> Root:
    """The root of a day whose lines have these hashes; `end` is where the chain stood when it ended."""
    return Root(day, len(hashes), end.seq, end.hash, merkle_root(hashes), now)


def merkle_root(hashes: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of a list (RFC 6962, 2.1); a leaf is the hash of a line."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashlib.sha256(b"\x00" + hashes[0]).digest()
    split = _split(len(hashes))
    return hashlib.sha256(b"\x01" + merkle_root(hashes[:split]) + merkle_root(hashes[split:])).digest()


def merkle_path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of a leaf (RFC 6962, 2.1.1), from the leaf up."""
    if len(hashes) <= 1:
        return []
    split = _split(len(hashes))
    if index < split:
        return [*merkle_path(hashes[:split], index), merkle_root(hashes[split:])]
    return [*merkle_path(hashes[split:], index - split), merkle_root(hashes[:split])]


def _split(size: int) -> int:
    """The largest power of two below a size of at least 2."""
    return 1 << (size - 1).bit_length() - 1


class FaultKind(StrEnum):
    """What is wrong at a place of the log."""

    LINE_CHANGED = "LINE_CHANGED"
    LINE_MISSING = "LINE_MISSING"
    CHAIN_BROKEN = "CHAIN_BROKEN"
    ROOT_DIFFERS = "ROOT_DIFFERS"
    ROOT_MISSING = "ROOT_MISSING"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault at a line, or in a day."""

    kind: FaultKind
    seq: int | None = None
    day: date | None = None


class Audit:
    """Walks along the chain, line by line and day by day, and keeps the faults it meets.

    `begins` is where the kept part of the chain begins: the end of the last day that was forgotten.
    """

    def __init__(self, begins: Position) -> None:
        self._at = begins
        self._of_day: list[bytes] = []
        self._day: date | None = None
        self.faults: list[Fault] = []
        self.lines = 0

    def pass_line(self, line: Line) -> None:
        """Check a line against its own hash and the line before."""
        if line.seq != self._at.seq + 1:
            self.faults.append(Fault(FaultKind.LINE_MISSING, self._at.seq + 1))
        elif line.prev_hash != self._at.hash:
            self.faults.append(Fault(FaultKind.CHAIN_BROKEN, line.seq))
        if digest(line) != line.hash:
            self.faults.append(Fault(FaultKind.LINE_CHANGED, line.seq))
        if line.recorded_on != self._day:
            self._day, self._of_day = line.recorded_on, []
        self._of_day.append(line.hash)
        self._at = Position(line.seq, line.hash)
        self.lines += 1

    def pass_root(self, root: Root) -> None:
        """Check the root of a day after all lines of that day."""
        of_day = self._of_day if self._day == root.day else []
        found = close(root.day, of_day, self._at, root.closed_at)
        if replace(found, statement=root.statement) != root:
            self.faults.append(Fault(FaultKind.ROOT_DIFFERS, day=root.day))
