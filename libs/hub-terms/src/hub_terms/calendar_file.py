"""Files for calendars (iCalendar, RFC 5545)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

_OCTETS: Final = 75
"""The longest line, without its end (RFC 5545, 3.1)."""
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """What a calendar is told of a day.

    A later `version` of the same `id` takes the place of an earlier one; it was made at `changed_at`.
    `summary` and `description` are read by people, `address` is where to see more.
    """

    id: UUID
    version: int
    changed_at: datetime
    summary: str
    description: str
    address: str


def of_day(day: date, entry: Entry, *, is_cancelled: bool = False) -> str:
    """The file of an entry that takes a whole day and keeps nobody busy."""
    return written(
        "Terms",
        [
            *head(entry.id, entry.version, entry.changed_at),
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"STATUS:{'CANCELLED' if is_cancelled else 'CONFIRMED'}",
            "TRANSP:TRANSPARENT",
            "CLASS:PRIVATE",
            f"SUMMARY:{escaped(entry.summary)}",
            f"DESCRIPTION:{escaped(entry.description)}",
            f"URL:{entry.address}",
        ],
    )


def head(uid: UUID, version: int, changed_at: datetime) -> tuple[str, ...]:
    """The lines of an event that say which one it is, and of when."""
    return f"UID:{uid}", f"SEQUENCE:{version}", f"DTSTAMP:{changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def written(product: str, event: Iterable[str], zone: Iterable[str] = ()) -> str:
    """The file of one event, given by its lines: UTF-8, lines that end in CR LF and have 75 octets at most.

    `zone` are the lines of the time zone that it names.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Hub//{product}//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        *zone,
        "BEGIN:VEVENT",
        *event,
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def escaped(text: str) -> str:
    """A text as a member's value: what divides members is written otherwise."""
    return text.translate(_ESCAPED)


def _folded(line: str) -> Iterator[str]:
    """The line in pieces, each further one after a blank; no character is torn apart."""
    piece = ""
    for character in line:
        if len(f"{piece}{character}".encode()) > _OCTETS:
            yield piece
            piece = " "
        piece += character
    yield piece
