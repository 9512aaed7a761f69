"""An appointment as a file for calendars (iCalendar, RFC 5545)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import BUCHAREST
from hub_terms import calendar_file
from hub_terms.calendar_file import escaped

from .appointments import Appointment
from .offices import Point
from .states import State

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
    return calendar_file.written("Appointments", _lines(entry), _ZONE.splitlines())


def _lines(entry: Entry) -> Iterator[str]:
    yield from calendar_file.head(entry.id, entry.version, entry.changed_at)
    yield f"DTSTART;TZID=Europe/Bucharest:{entry.starts_at.astimezone(BUCHAREST):%Y%m%dT%H%M%S}"
    yield f"DTEND;TZID=Europe/Bucharest:{entry.ends_at.astimezone(BUCHAREST):%Y%m%dT%H%M%S}"
    yield f"STATUS:{entry.status}"
    yield "CLASS:PRIVATE"
    yield f"SUMMARY:{escaped(entry.summary)}"
    yield f"DESCRIPTION:{escaped(entry.description)}"
    yield f"LOCATION:{escaped(entry.location)}"
    if entry.point is not None:
        yield f"GEO:{entry.point.latitude:.6f};{entry.point.longitude:.6f}"
    yield f"URL:{entry.address}"
