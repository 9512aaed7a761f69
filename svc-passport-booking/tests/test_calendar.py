"""The file for calendars: its form, whom it is given to. Another library reads it in tests/clients."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance
from hub_events.session import Session
from svc_passport_booking.domain import calendar_file
from svc_passport_booking.domain.calendar_file import Entry, Status
from svc_passport_booking.domain.offices import Point
from svc_passport_booking.domain.states import State

from .build import NOON, a_cnp, an_appointment, some_slots

APPOINTMENTS = "/passport-booking/v1/appointments"
GUESTS = "/passport-booking/v1/guest-appointments"
BOTH = {"appointments:read", "appointments:write"}


def an_entry(**special: Any) -> Entry:
    facts: dict[str, Any] = {
        "id": UUID(int=1),
        "version": 2,
        "changed_at": NOON,
        "starts_at": NOON,
        "ends_at": NOON + timedelta(minutes=10),
        "status": Status.CONFIRMED,
        "summary": "Programare",
        "description": "Cod",
        "location": "Cluj",
        "point": None,
        "address": "http://localhost/appointments",
    }
    return Entry(**(facts | special))


def members(file: str) -> dict[str, str]:
    """The members of the event, unfolded."""
    event = file.partition("BEGIN:VEVENT\r\n")[2].replace("\r\n ", "")
    return dict(line.split(":", 1) for line in event.split("\r\n") if ":" in line)


@given(st.text(max_size=300))
def test_lines_are_short_and_what_was_written_can_be_read(text: str) -> None:
    file = calendar_file.written(an_entry(summary=text))
    assert all(len(line.encode()) <= 75 for line in file.split("\r\n"))
    read = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), members(file)["SUMMARY"])
    assert read == text.replace("\r", "")


def test_what_divides_members_is_written_otherwise() -> None:
    file = calendar_file.written(an_entry(location="Str. Mare 1, Cluj; etaj\n2 \\ stânga"))
    assert members(file)["LOCATION"] == "Str. Mare 1\\, Cluj\\; etaj\\n2 \\\\ stânga"


def test_a_place_is_told_with_its_point() -> None:
    assert (
        members(calendar_file.written(an_entry(point=Point(46.771, 23.624))))["GEO"] == "46.771000;23.624000"
    )


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.HELD, Status.TENTATIVE),
        (State.CONFIRMED, Status.CONFIRMED),
        (State.CHECKED_IN, Status.CONFIRMED),
        (State.NO_SHOW, Status.CONFIRMED),
        (State.EXPIRED, Status.CANCELLED),
        (State.CANCELLED_BY_CITIZEN, Status.CANCELLED),
        (State.CANCELLED_BY_OFFICE, Status.CANCELLED),
    ],
)
def test_what_is_not_to_take_place_is_cancelled(state: State, status: Status) -> None:
    assert calendar_file.status_of(an_appointment(state=state)) is status


async def test_an_appointment_is_fetched_by_who_has_booked_it_and_follows_what_becomes_of_it(
    client: httpx2.AsyncClient, sessions: async_sessionmaker[Session], signed_in: Any
) -> None:
    first, later = await some_slots(sessions, 1, 1, first=clock.now() + timedelta(days=1))
    headers = signed_in(ids.new_id(), BOTH, assurance=Assurance.SUBSTANTIAL)
    number = a_cnp().number
    wish = {
        "slot_id": first.id,
        "type": "PE",
        "language": "en",
        "persons": [{"family_name": "Popescu", "given_name": "Ana", "cnp": number}],
    }
    booked = (await client.post(APPOINTMENTS, json=wish, headers=headers)).json()
    path = f"{APPOINTMENTS}/{booked['id']}"

    assert (await client.get(f"{path}/calendar")).status_code == 401
    assert (await client.get(f"{path}/calendar", headers=signed_in(scopes=BOTH))).status_code == 404
    answer = await client.get(f"{path}/calendar", headers=headers)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    before = members(answer.text)
    assert (before["UID"], before["STATUS"]) == (booked["id"], "CONFIRMED")
    assert before["SUMMARY"] == "Appointment: Simple electronic passport"
    assert "Popescu" not in answer.text
    held = {"if-none-match": answer.headers["etag"]}
    assert (await client.get(f"{path}/calendar", headers=headers | held)).status_code == 304

    await client.post(f"{path}/reschedule", json={"slot_id": later.id}, headers=headers)
    moved = members((await client.get(f"{path}/calendar", headers=headers)).text)
    assert moved["UID"] == before["UID"]
    assert int(moved["SEQUENCE"]) > int(before["SEQUENCE"])
    local = f"{later.starts_at.astimezone(clock.BUCHAREST):%Y%m%dT%H%M%S}"
    assert moved["DTSTART;TZID=Europe/Bucharest"] == local

    await client.post(f"{path}/cancel", json={}, headers=headers)
    pair = {"code": booked["code"], "last_four": number[-4:]}
    wrong = pair | {"last_four": f"{(int(number[-4:]) + 1) % 10_000:04d}"}
    assert (await client.post(f"{GUESTS}/calendar", json=wrong)).status_code == 404
    given_up = await client.post(f"{GUESTS}/calendar", json=pair)
    assert given_up.headers["content-language"] == "en"
    cancelled = members(given_up.text)
    assert (cancelled["UID"], cancelled["STATUS"]) == (before["UID"], "CANCELLED")
    assert int(cancelled["SEQUENCE"]) > int(moved["SEQUENCE"])


def test_the_stamp_is_the_moment_of_the_last_change_in_utc() -> None:
    changed = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
    assert members(calendar_file.written(an_entry(changed_at=changed)))["DTSTAMP"] == "20260701T123000Z"
