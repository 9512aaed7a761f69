"""Counselling: who may comes first, then what is counted, and that nobody can be made out."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from svc_petitions.domain import counselling as domain
from svc_petitions.domain.counselling import ContactChannel, ContactFigure
from svc_petitions.domain.institutions import Institution
from svc_petitions.domain.statistics import Period
from svc_petitions.errors.counselling import ContactPeriodOpen
from svc_petitions.operations import counselling

from .office import API, EVERY, Office, key, slug

Filed = Callable[..., Awaitable[str]]
CONTACTS = f"{API}/counselling-contacts"
LEAST = 5


def a_contact(**special: Any) -> dict[str, Any]:
    at = (clock.now() - timedelta(minutes=20)).isoformat().replace("+00:00", "Z")
    return {"at": at, "channel": "PHONE", "topic": "PASSPORTS", "minutes": 12} | special


async def recorded(office: Office, **special: Any) -> httpx2.Response:
    return await office.post("counselling-contacts", office.registrar, a_contact(**special))


async def test_who_may_not_record_contacts_is_told_why(office: Office) -> None:
    async def answered(headers: dict[str, str]) -> str:
        return slug(await office.client.post(CONTACTS, json=a_contact(), headers=headers | key()))

    person = ids.new_id()
    assert await answered({}) == "invalid-token"
    scopes = EVERY - {"petitions:register"}
    assert await answered(office.as_(person, Role.REGISTRAR, scopes=scopes)) == "insufficient-scope"
    low = office.as_(person, Role.REGISTRAR, assurance=Assurance.LOW)
    assert await answered(low) == "insufficient-user-authentication"
    assert await answered(office.as_(person, Role.HANDLER)) == "role-required"


async def test_only_heads_see_the_counts_of_their_institution(
    office: Office, an_institution: Callable[..., Awaitable[Institution]]
) -> None:
    await recorded(office)
    day = clock.local_date(clock.now()).isoformat()
    path, days = f"{CONTACTS}/counts", {"first": day, "last": day}
    refused = await office.client.get(path, params=days, headers=office.as_(office.registrar))
    assert slug(refused) == "role-required"
    elsewhere = Office(office.client, office.signed_in, (await an_institution()).id)
    theirs = await office.client.get(path, params=days, headers=elsewhere.as_(elsewhere.head))
    assert theirs.json()["items"] == []


@pytest.mark.parametrize("member", ["name", "phone", "note", "text"])
async def test_there_is_no_place_for_names_numbers_or_words(office: Office, member: str) -> None:
    answer = await recorded(office, **{member: "Ana Popescu"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{member}"


async def test_what_is_stored_says_nothing_of_a_person(office: Office, looking: asyncpg.Connection) -> None:
    rows = await looking.fetch(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'petitions' AND table_name = 'counselling_contacts'"
    )
    assert {row["column_name"] for row in rows} == {
        *("id", "institution_id", "at", "on_day", "channel", "topic", "minutes", "petition_id"),
        "recorded_by",
    }
    assert office.id


async def test_contacts_are_counted_by_day_topic_and_channel(office: Office) -> None:
    for special in ({}, {"minutes": 8}, {"channel": "FACE_TO_FACE"}, {"topic": "OTHER"}):
        assert (await recorded(office, **special)).status_code == 201
    day = clock.local_date(clock.now() - timedelta(minutes=20)).isoformat()
    counted = await office.client.get(
        f"{CONTACTS}/counts", params={"first": day, "last": day}, headers=office.as_(office.head)
    )
    assert [
        (one["topic"], one["channel"], one["contacts"], one["minutes"]) for one in counted.json()["items"]
    ] == [
        ("OTHER", "PHONE", 1, 12),
        ("PASSPORTS", "FACE_TO_FACE", 1, 12),
        ("PASSPORTS", "PHONE", 2, 20),
    ]


@pytest.mark.parametrize(("first", "last"), [("2026-11-02", "2026-11-01"), ("2026-10-01", "2026-11-01")])
async def test_days_in_the_wrong_order_and_too_many_are_refused(
    office: Office, first: str, last: str
) -> None:
    answer = await office.client.get(
        f"{CONTACTS}/counts", params={"first": first, "last": last}, headers=office.as_(office.head)
    )
    assert slug(answer) == "counted-days-wrong"


@pytest.mark.parametrize("days", [-1, 9])
async def test_a_contact_to_come_or_long_ago_is_not_recorded(office: Office, days: int) -> None:
    at = (clock.now() - timedelta(days=days)).isoformat().replace("+00:00", "Z")
    assert slug(await recorded(office, at=at)) == "contact-day-wrong"


async def test_a_contact_is_linked_to_a_petition_of_the_institution_alone(
    office: Office, filed: Filed, an_institution: Callable[..., Awaitable[Institution]]
) -> None:
    petition_id = await filed()
    linked = await recorded(office, petition_id=petition_id)
    assert linked.json()["petition_id"] == petition_id
    elsewhere = Office(office.client, office.signed_in, (await an_institution()).id)
    assert slug(await recorded(elsewhere, petition_id=petition_id)) == "file-not-found"


async def test_a_period_is_told_once_nothing_of_it_can_be_recorded(
    office: Office, sessions: async_sessionmaker[Session]
) -> None:
    async def told(code: str | None, now: datetime) -> Any:
        async with sessions() as session:
            return await counselling.read_statistics(session, code, now)

    with pytest.raises(ContactPeriodOpen):
        await told("2026-H1", datetime(2026, 7, 7, 9, tzinfo=UTC))
    assert (await told("2026-H1", datetime(2026, 7, 8, 9, tzinfo=UTC))).report.period.code == "2026-H1"
    assert (await told(None, datetime(2026, 7, 8, 9, tzinfo=UTC))).report.period.code == "2026-H1"
    assert (await told(None, datetime(2026, 7, 7, 9, tzinfo=UTC))).report.period.code == "2025-H2"
    assert (await told(None, datetime(2026, 1, 3, 9, tzinfo=UTC))).report.period.code == "2025-H1"
    assert office.id


def a_figure(contacts: int, topic: str = "PASSPORTS", **special: Any) -> ContactFigure:
    facts = {"institution_id": ids.new_id(), "channel": ContactChannel.PHONE, "minutes": contacts * 6}
    return ContactFigure(topic=topic, contacts=contacts, **(facts | special))


def test_no_small_count_is_told_nor_can_be_worked_out() -> None:
    shown = domain.report(
        Period.read("2026-H1"),
        [a_figure(40), a_figure(12, "TRAFFIC"), a_figure(3, "OTHER")],
        LEAST,
    )
    assert (shown.whole.contacts, shown.whole.minutes) == (55, 6.0)
    assert {code: part.contacts for code, part in shown.by_topic.items()} == {
        "PASSPORTS": 40,
        "TRAFFIC": None,
        "OTHER": None,
    }
    assert all((part.contacts is None) == (part.minutes is None) for part in shown.by_topic.values())


def test_of_a_period_with_few_contacts_nothing_is_told() -> None:
    shown = domain.report(Period.read("2026"), [a_figure(4)], LEAST)
    assert shown.whole.contacts is None
    assert {part.contacts for part in shown.by_topic.values()} == {None}


async def test_the_public_reads_the_figures_as_json_and_as_a_table(office: Office) -> None:
    answer = await office.client.get(f"{API}/counselling-statistics", params={"period": "2025"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["period"] == "2025"
    table = await office.client.get(f"{API}/counselling-statistics/csv", params={"period": "2025"})
    assert table.headers["content-type"].startswith("text/csv")
    assert table.text.splitlines()[:2] == [",".join(counselling.COLUMNS), "2025,TOTAL,,,0,"]
