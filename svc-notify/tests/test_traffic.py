"""Messages about records of drivers and reports of aggressive driving: who is written to, and of what."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub_core import clock, ids
from hub_core.language import Language
from hub_events import envelope
from hub_events.envelope import Event
from svc_notify import rendering
from svc_notify.consumers import traffic
from svc_notify.consumers.copies import (
    DriverLicenceChanged,
    DriverLineChanged,
    DriverPointsExpired,
    DriverSuspensionMoved,
    DrivingReportMoved,
    RecordLinkOpened,
)
from svc_notify.domain import kinds
from svc_notify.domain.deliveries import Delivery
from svc_notify.domain.kinds import Lane
from svc_notify.jobs import Sender

from .conftest import ROWS, PostOffice, body
from .test_rendering import GSM_7, ONE_SMS

Hear = Callable[..., Awaitable[Any]]
OF_DRIVER: list[type[Event]] = [
    DriverLineChanged,
    DriverPointsExpired,
    DriverSuspensionMoved,
    DriverLicenceChanged,
]
STEPS = [
    ("AWAITING_VIDEO", None, "a fost trimisă"),
    ("SUBMITTED", None, "a fost primită"),
    ("ELIGIBILITY_CHECK", None, "verifică dacă"),
    ("UNDER_REVIEW", None, "lucrează la"),
    ("OWNER_INQUIRY", None, "lucrează la"),
    ("NOT_ELIGIBLE", "EDITED", "a decis asupra"),
    ("SANCTIONED", None, "a decis asupra"),
    ("NO_SANCTION", "NOT_PROVED", "a decis asupra"),
    ("FORWARDED_CRIMINAL", None, "a decis asupra"),
    ("CLOSED", "NO_VIDEO", "nu a ajuns la timp"),
    ("CLOSED", "CANCELLED", "V-ați retras"),
    ("CLOSED", "DECISION_FINAL", "a fost închisă"),
    ("NEVER_HEARD_OF", None, "are o noutate"),
]
MAY_NOT_SAY = (
    *("sancți", "amend", "puncte", "suspend", "permis", "anulat", "penal", "contraven"),
    *("sanction", "fine", "point", "suspen", "licence", "crim", "eligib", "EDITED", "NOT_PROVED"),
    *("bírság", "büntetőpont", "pontok", "felfüggeszt", "engedély", "büntet"),
)


@pytest.fixture
def hear(hub: Any, looking: asyncpg.Connection) -> Hear:
    """Hear an event of an instant, and give the rows of what was queued."""

    async def through(event: Event, at: datetime | None = None, woken: list[Lane] | None = None) -> Any:
        sent = envelope.encode(ids.new_id(), event, at or clock.now(), None)
        heard: Any = envelope.decode(type(event), sent)
        lanes = woken if woken is not None else []

        def wake(queued: Sequence[Delivery]) -> None:
            lanes.extend(delivery.lane for delivery in queued)

        handle = traffic.subscription(wake).handlers[type(event)]
        async with hub.database.sessions() as session, session.unit_of_work():
            await handle(session, heard)
        return await looking.fetch(f"{ROWS} WHERE cause_id = $1", heard.id)

    return through


def of_driver(event: type[Event], person_id: UUID | None) -> Event:
    return event.model_validate({"driver_id": ids.new_id(), "person_id": person_id, "version": 1})


def a_report(person_id: UUID, state: str = "SUBMITTED", **special: Any) -> DrivingReportMoved:
    facts = {
        "driving_report_id": ids.new_id(),
        "person_id": person_id,
        "number": "CA-2026-000123",
        "state": state,
        "version": 2,
    }
    return DrivingReportMoved.model_validate(facts | special)


@pytest.mark.parametrize("event", OF_DRIVER)
async def test_a_driver_is_told_that_there_is_something_new_and_nothing_else(
    hear: Hear, ana: UUID, event: type[Event]
) -> None:
    woken: list[Lane] = []
    at = clock.now()
    (row,) = await hear(of_driver(event, ana), at, woken)
    assert (row["template"], row["person_id"], woken) == ("traffic.record", ana, [Lane.NOTICE])
    assert json.loads(row["variables"]).keys() == {"told_on"}
    assert row["expires_at"] == at + timedelta(days=30)


@pytest.mark.parametrize("event", OF_DRIVER)
async def test_who_never_asked_for_their_record_is_not_written_to(hear: Hear, event: type[Event]) -> None:
    assert await hear(of_driver(event, None)) == []


async def test_what_came_in_one_step_is_one_letter_and_the_next_step_is_another(
    hear: Hear, ana: UUID
) -> None:
    """A report with its suspension, or several lines that the register told at once."""
    at = clock.now()
    letters = [await hear(of_driver(event, ana), at) for event in OF_DRIVER]
    assert [len(rows) for rows in letters] == [1, 0, 0, 0]
    assert len(await hear(of_driver(DriverLineChanged, ids.new_id()), at)) == 1
    assert len(await hear(of_driver(DriverLineChanged, ana), at + timedelta(seconds=1))) == 1


@pytest.mark.parametrize(("state", "reason", "said"), STEPS)
async def test_each_step_of_a_report_is_told_to_its_reporter(
    hear: Hear, ana: UUID, state: str, reason: str | None, said: str
) -> None:
    (row,) = await hear(a_report(ana, state, reason=reason))
    assert (row["template"], row["person_id"]) == ("traffic.report", ana)
    variables = json.loads(row["variables"])
    assert variables.keys() == kinds.DRIVING_REPORT.variables
    assert said in shown(Language.RO, variables).text


async def test_that_a_report_was_sent_is_told_with_its_number_and_the_hour_until_which_the_upload_ends(
    hear: Hear,
    ana: UUID,
    make_sender: Callable[..., Sender],
    turn: Any,
    office: PostOffice,
    fake_identity: Any,
) -> None:
    until = clock.now() + timedelta(hours=1)
    fake_identity.answer(
        f"/internal/v1/people/{ana}/contact", {"email": "ana.popescu@example.org", "language": "ro"}
    )
    (row,) = await hear(a_report(ana, "AWAITING_VIDEO", upload_by=until))
    assert row["expires_at"] == until
    await turn(make_sender(Lane.NOTICE))
    (letter,) = office.letters
    assert "CA-2026-000123" in letter["Subject"]
    said = " ".join(body(letter).split())
    assert f"{until.astimezone(clock.BUCHAREST):%d.%m.%Y, %H:%M}" in said


@pytest.mark.parametrize("language", Language)
def test_no_letter_says_a_sanction_or_what_was_decided(language: Language) -> None:
    said = []
    for state, reason, _ in STEPS:
        variables = {
            "number": "CA-2026-000123",
            "state": state,
            "reason": reason or "",
            "upload_on": "2026-11-23",
            "upload_hour": "21:15",
            "told_on": "2026-11-23",
        }
        said.append(shown(language, variables))
    said.append(rendering.render("traffic.record", 1, language, _day(), "http://hub"))
    said.append(rendering.render("traffic.link-opened", 1, language, _day(), "http://hub"))
    for letter in said:
        words = f"{letter.subject} {letter.text} {letter.sms}".replace("hub", "")
        assert not [each for each in MAY_NOT_SAY if each.lower() in words.lower()]
        assert GSM_7.fullmatch(letter.sms)
        assert 0 < len(letter.sms) <= ONE_SMS
    decided = {letter.text for letter, (state, _, _) in zip(said, STEPS, strict=False) if state in DECISIONS}
    assert len(decided) == 1


async def test_that_a_link_was_opened_is_told_to_who_gave_it_once_a_day(hear: Hear, ana: UUID) -> None:
    at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    opened = RecordLinkOpened(link_id=ids.new_id(), person_id=ana, version=1)
    (row,) = await hear(opened, at)
    assert (row["template"], row["person_id"]) == ("traffic.link-opened", ana)
    assert await hear(opened, at + timedelta(hours=3)) == []
    assert len(await hear(opened, at + timedelta(days=1))) == 1


DECISIONS = ("NOT_ELIGIBLE", "SANCTIONED", "NO_SANCTION", "FORWARDED_CRIMINAL")


def _day() -> dict[str, object]:
    return {"told_on": datetime(2026, 11, 23, tzinfo=UTC).date()}


def shown(language: Language, variables: dict[str, str]) -> rendering.Letter:
    facts: dict[str, object] = {**variables, **_day(), "upload_on": _day()["told_on"]}
    return rendering.render("traffic.report", 1, language, facts, "http://hub")
