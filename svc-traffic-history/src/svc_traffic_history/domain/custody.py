"""The chain of custody of a recording: who had it in hand, each line bound to the one before.

Whoever holds a link holds all that came before it: nothing can be left out, put in or changed without the
links ceasing to fit. What a line says of people is committed to, not told: `who` is a hash over the
actor's ids with random bytes, so that the reporter can check the chain and learns no officer, and a court
can be shown one line whole.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

BEGINNING: Final = bytes(32)
"""What stands in the place of the link before the first line."""


class Act(StrEnum):
    """What was done with a recording."""

    RECEIVED = "RECEIVED"
    """Its last byte arrived."""
    CHECKED = "CHECKED"
    """It is whole, its hash is the announced one, and it is a video."""
    REFUSED = "REFUSED"
    """It was no recording that can be used; its bytes were deleted."""
    RECEIPT_SEALED = "RECEIPT_SEALED"
    VIEWED = "VIEWED"
    HANDED_OVER = "HANDED_OVER"
    """Officers of another county decide from now on."""
    FORWARDED = "FORWARDED"
    """It went to those who prosecute."""
    DELETED = "DELETED"


class Part(StrEnum):
    """In what part somebody acted: all that others are told of them."""

    REPORTER = "REPORTER"
    OFFICER = "OFFICER"
    CLOCK = "CLOCK"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: an officer for an institution, the reporter for none, the clock is nobody."""

    id: UUID | None = None
    institution_id: UUID | None = None

    @property
    def part(self) -> Part:
        """The reporter, an officer or the clock."""
        if self.id is None:
            return Part.CLOCK
        return Part.OFFICER if self.institution_id else Part.REPORTER


CLOCK: Final = Actor()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a line says. `sha256` is that of the recording, where the act is about its bytes.

    `salt` is 16 random bytes. `purpose` is the code under which an officer acted.
    """

    report_id: UUID
    at: datetime
    act: Act
    actor: Actor
    video_id: UUID | None = None
    sha256: bytes | None = None
    purpose: str | None = None
    salt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the chain: `number` counts from 1, `link` is 32 bytes."""

    number: int
    entry: Entry
    link: bytes


def following(last: Line | None, entry: Entry) -> Line:
    """The line that follows the last one."""
    number = last.number + 1 if last else 1
    before = last.link if last else BEGINNING
    return Line(number=number, entry=entry, link=link_of(before, told(number, entry)))


def told(number: int, entry: Entry) -> str:
    """The line as it is hashed and shown: JSON with its members in order, without spaces."""
    members = {
        "act": entry.act.value,
        "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "by": entry.actor.part.value,
        "line": number,
        "report": str(entry.report_id),
        "sha256": entry.sha256.hex() if entry.sha256 else None,
        "video": str(entry.video_id) if entry.video_id else None,
        "who": commitment(entry).hex(),
    }
    return json.dumps(members, sort_keys=True, separators=(",", ":"))


def commitment(entry: Entry) -> bytes:
    """SHA-256 over the salt and who acted, for whom and why: opened by showing the four."""
    named = (entry.actor.id, entry.actor.institution_id, entry.purpose)
    return hashlib.sha256(entry.salt + "|".join(str(each or "-") for each in named).encode()).digest()


def link_of(before: bytes, line: str) -> bytes:
    """SHA-256 over the link before and the line."""
    return hashlib.sha256(before + line.encode()).digest()


def broken_at(lines: Iterable[Line]) -> int | None:
    """The first line that does not fit the one before, counted from 1; none for a chain that is whole."""
    last: Line | None = None
    for place, line in enumerate(lines, 1):
        if line != following(last, line.entry):
            return place
        last = line
    return None
