"""The file of an appointment, read by ical.js: the right instant in summer and winter, and all texts."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hub_core.clock import BUCHAREST
from hub_testing import programs
from svc_passport_booking.domain import calendar_file
from svc_passport_booking.domain.calendar_file import Entry, Status

from .conftest import HERE


def an_entry(starts_at: datetime, **special: Any) -> Entry:
    facts: dict[str, Any] = {
        "id": UUID(int=7),
        "version": 3,
        "changed_at": datetime(2026, 11, 22, 9, tzinfo=UTC),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=10),
        "status": Status.CONFIRMED,
        "summary": "Programare: Pașaport simplu electronic",
        "description": "Cod: K7QF2M9X\nPersoane: 2; veniți la timp, cu actele",
        "location": "Ghișeul de pașapoarte Cluj-Napoca, Piața Avram Iancu 15, Cluj-Napoca; etajul \\ parter",
        "point": None,
        "address": "http://localhost:8080/appointments",
    }
    return Entry(**(facts | special))


def read(packages: Path, *entries: Entry) -> list[dict[str, Any]]:
    assert packages.is_dir()
    files = [calendar_file.written(entry) for entry in entries]
    ran = programs.run("node", HERE / "calendar.mjs", given=json.dumps(files))
    assert ran.returncode == 0, ran.stderr
    found: list[dict[str, Any]] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("year", [2026, 2027, 2036])
def test_ical_js_reads_the_right_instant_on_every_day_of_a_year(packages: Path, year: int) -> None:
    """Half past eight in the morning, which is another hour in UTC in summer and in winter."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range(365)]
    starts = [datetime(day.year, day.month, day.day, 8, 30, tzinfo=BUCHAREST) for day in days]
    found = read(packages, *map(an_entry, starts))
    hours = {datetime.fromisoformat(each["starts_at"]).hour for each in found}
    assert hours == {5, 6}
    for each, starts_at in zip(found, starts, strict=True):
        assert datetime.fromisoformat(each["starts_at"]) == starts_at
        assert datetime.fromisoformat(each["ends_at"]) - starts_at == timedelta(minutes=10)


def test_ical_js_reads_what_we_wrote(packages: Path) -> None:
    entry = an_entry(datetime(2026, 12, 2, 8, 30, tzinfo=BUCHAREST))
    [found] = read(packages, entry)
    assert found["events"] == 1
    assert found["uid"] == str(entry.id)
    assert (found["sequence"], found["status"]) == (3, "CONFIRMED")
    for member in ("summary", "description", "location"):
        assert found[member] == getattr(entry, member)


def test_ical_js_takes_a_later_version_for_the_same_event(packages: Path) -> None:
    starts_at = datetime(2026, 12, 2, 8, 30, tzinfo=BUCHAREST)
    booked, cancelled = read(
        packages, an_entry(starts_at), an_entry(starts_at, version=4, status=Status.CANCELLED)
    )
    assert booked["uid"] == cancelled["uid"]
    assert booked["sequence"] < cancelled["sequence"]
    assert cancelled["status"] == "CANCELLED"
