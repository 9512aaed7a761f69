"""Figures for the public: what may be told, what is counted when, and that nobody can be made out."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_events.session import Session
from svc_criminal_record.domain.products import Product
from svc_criminal_record.domain.statistics import Figure, bucket_seconds, last_whole_month, months
from svc_criminal_record.operations import statistics as operations
from svc_criminal_record.storage import statistics as storage

STATISTICS = "/criminal-record/v1/statistics"
OCTOBER = date(2026, 10, 1)


def figures(**amounts: int) -> list[Figure]:
    """Figures of Cluj online in October, by measure; `TIME_60` is the bucket 60."""
    return [
        Figure(OCTOBER, "ONLINE", "CJ", measure.replace("__", ":"), amount)
        for measure, amount in amounts.items()
    ]


def test_a_month_has_its_share_its_times_and_its_reasons() -> None:
    [month] = months(
        [
            *figures(REQUESTED=210, ISSUED=200, BY_HAND=6, TIME__60=194, TIME__120=6),
            *figures(REFUSED__NO_MANDATE=7, REFUSED__IDENTITY_NOT_CONFIRMED=5),
        ]
    )
    assert (month.requests, month.issued, month.automatic, month.by_hand) == (210, 200, 194, 6)
    assert month.manual_share == 0.03
    assert (month.times.median, month.times.p99) == (bucket_seconds(60), bucket_seconds(120))
    assert (month.refused, month.refused_by_reason["NO_MANDATE"]) == (12, 7)
    assert [group.code for group in month.by_county] == ["CJ"]


def test_a_share_does_not_tell_that_one_request_was_looked_at() -> None:
    [month] = months(figures(REQUESTED=20, ISSUED=20, BY_HAND=1))
    assert (month.issued, month.automatic, month.by_hand, month.manual_share) == (20, None, None, None)


def test_few_issues_have_no_time_of_their_own() -> None:
    [few] = months(figures(ISSUED=4, TIME__60=4))
    [more] = months(figures(ISSUED=99, TIME__60=99))
    assert (few.times.median, few.by_county[0].times.median) == (None, None)
    assert (more.times.median, more.times.p99) == (1.0, None)


@pytest.mark.parametrize(
    ("counted", "month"),
    [
        (date(2026, 10, 30), date(2026, 9, 1)),
        (date(2026, 10, 31), OCTOBER),
        (date(2026, 11, 1), OCTOBER),
        (date(2027, 1, 31), date(2027, 1, 1)),
    ],
)
def test_a_month_is_told_once_it_is_over(counted: date, month: date) -> None:
    assert last_whole_month(counted) == month


@pytest.fixture
async def emptied(looking: asyncpg.Connection) -> None:
    """Nothing was counted yet: here days are everybody's."""
    await looking.execute('DELETE FROM "criminal-record".daily_figures')


async def test_days_that_are_over_are_counted_once_by_their_own_date(
    client: httpx2.AsyncClient,
    sessions: async_sessionmaker[Session],
    looking: asyncpg.Connection,
    emptied: None,
) -> None:
    """A county and a month of this test's own, long ago: 2019, before the rules of today."""
    night = datetime(2019, 4, 30, 21, 30, tzinfo=UTC)  # already the 1st of May in Bucharest
    for place in range(12):
        state = "ISSUED" if place < 9 else "REJECTED"
        await a_request(
            looking,
            submitted_at=night,
            decided_at=night + timedelta(seconds=1 if place < 8 else 40 * 86_400),
            state=state,
            review_reasons=["HOMONYM"] if place == 8 else [],
            refusal_reason="NO_MANDATE" if state == "REJECTED" else None,
        )
    async with sessions() as session:
        for now in (datetime(2019, 6, 5, 22, 30, tzinfo=UTC), datetime(2019, 6, 5, 22, 31, tzinfo=UTC)):
            await operations.count_days(session, now)
    async with sessions() as session, session.begin():
        told = await storage.by_month(session, Product.CRIMINAL_RECORD, date(2019, 5, 1), date(2019, 7, 1))
    amounts = {(one.month.month, one.measure): one.amount for one in told if one.county == "XX"}
    assert amounts == {
        (5, "REQUESTED"): 12,
        (5, "ISSUED"): 8,
        (5, "TIME:60"): 8,
    }
    async with sessions() as session:
        await operations.count_days(session, datetime(2019, 7, 1, 22, 30, tzinfo=UTC))
    answer = await client.get(STATISTICS, params={"first": "2019-05", "last": "2019-06"})
    assert answer.headers["cache-control"] == "public, max-age=3600"
    shown = answer.json()
    assert shown["counted_until"] == "2019-07-01"
    june, may = shown["months"]
    assert (may["month"], may["requests"], may["issued"], may["seconds_to_issue"]["median"]) == (
        "2019-05",
        12,
        8,
        1.0,
    )
    assert (june["issued"], june["refused"], june["manual_share"]) == (None, None, None)
    held = {"if-none-match": answer.headers["etag"]}
    params = {"first": "2019-05", "last": "2019-06"}
    assert (await client.get(STATISTICS, params=params, headers=held)).status_code == 304


async def test_before_anything_is_counted_there_is_nothing_to_tell(
    client: httpx2.AsyncClient, emptied: None
) -> None:
    assert (await client.get(STATISTICS)).json() == {"counted_until": None, "months": []}


@pytest.mark.parametrize("params", [{"first": "2026-13"}, {"first": "2026"}, {"county": "CJ"}])
async def test_a_question_that_is_none_is_refused(client: httpx2.AsyncClient, params: dict[str, str]) -> None:
    assert (await client.get(STATISTICS, params=params)).status_code == 422


async def a_request(looking: asyncpg.Connection, **special: Any) -> None:
    facts: dict[str, Any] = {
        "id": ids.new_id(),
        "number": await looking.fetchval("""SELECT nextval('"criminal-record".request_numbers')"""),
        "product": "CRIMINAL_RECORD",
        "channel": "COUNTER",
        "holder_kind": "PERSON",
        "holder_key": ids.new_id().bytes,
        "holder": b"x",
        "motive": "angajare",
        "county": "XX",
        "language": "ro",
        "requested_on": date(2019, 5, 1),
        "due_on": date(2019, 5, 4),
        "alarm_on": date(2019, 5, 3),
        "version": 1,
    } | special
    names, places = ", ".join(facts), ", ".join(f"${place}" for place in range(1, len(facts) + 1))
    await looking.execute(
        f'INSERT INTO "criminal-record".requests ({names}) VALUES ({places})', *facts.values()
    )
