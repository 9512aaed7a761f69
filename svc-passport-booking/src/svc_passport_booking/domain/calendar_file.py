"""An appointment as a file for calendars (iCalendar, RFC 5545)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import BUCHAREST

from .appointments import Appointment
from .offices import Point
from .states import State

_OCTETS: Final = 75
"""The longest line, without its end (RFC 5545, 3.1)."""
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
_ZONE: Final = """\
BEGIN:VTIMEZONE
TZID:Europe/Bucharest
BEGIN:DAYLIGHT
TZNAME:EEST
DTSTART:19970330T030000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:EET
DTSTART:19971026T040000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
END:VTIMEZONE"""
"""Summer time as in the whole European Union (Directive 2000/84/EC)."""


class Status(StrEnum):
    """What a calendar makes of it."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


_GIVEN_UP: Final = frozenset({State.EXPIRED, State.CANCELLED_BY_CITIZEN, State.CANCELLED_BY_OFFICE})


def status_of(appointment: Appointment) -> Status:
    """TENTATIVE while it is only held; CANCELLED when it is not to take place."""
    if appointment.state is State.HELD:
        return Status.TENTATIVE
    return Status.CANCELLED if appointment.state in _GIVEN_UP else Status.CONFIRMED


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """What stands in a calendar.

    A later `version` of the same `id` takes the place of an earlier one; it was made at `changed_at`.
    """

    id: UUID
    version: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    status: Status
    summary: str
    description: str
    location: str
    point: Point | None
    address: str


def written(entry: Entry) -> str:
    """The file: UTF-8, lines that end in CR LF and have 75 octets at most."""
    return "".join(f"{folded}\r\n" for line in _lines(entry) for folded in _folded(line))


def _lines(entry: Entry) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//Hub//Appointments//EN"
    yield "CALSCALE:GREGORIAN"
    yield "METHOD:PUBLISH"
    yield from _ZONE.splitlines()
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.id}"
    yield f"SEQUENCE:{entry.version}"
    yield f"DTSTAMP:{entry.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;TZID=Europe/Bucharest:{entry.starts_at.astimezone(BUCHAREST):%Y%m%dT%H%M%S}"
    yield f"DTEND;TZID=Europe/Bucharest:{entry.ends_at.astimezone(BUCHAREST):%Y%m%dT%H%M%S}"
    yield f"STATUS:{entry.status}"
    yield "CLASS:PRIVATE"
    yield f"SUMMARY:{_escaped(entry.summary)}"
    yield f"DESCRIPTION:{_escaped(entry.description)}"
    yield f"LOCATION:{_escaped(entry.location)}"
    if entry.point is not None:
        yield f"GEO:{entry.point.latitude:.6f};{entry.point.longitude:.6f}"
    yield f"URL:{entry.address}"
    yield "END:VEVENT"
    yield "END:VCALENDAR"


def _escaped(text: str) -> str:
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
