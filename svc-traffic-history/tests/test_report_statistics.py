"""Reports of aggressive driving in figures: no small count is told, nor what would give one away."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_events.session import Session
from svc_traffic_history.domain import driving_reports as reports
from svc_traffic_history.domain import report_statistics as domain
from svc_traffic_history.domain.driving_reports import Reason, State
from svc_traffic_history.domain.report_statistics import Counted
from svc_traffic_history.operations import report_statistics as operations
from svc_traffic_history.operations.means import Means
from svc_traffic_history.storage import driving_reports as storage

from .build_driving_reports import a_driving_report

LEAST = 5


def counted(reports: int, accepted: int = 0, sanctioned: int = 0, decided: int = 0) -> Counted:
    return Counted(
        reports=reports, accepted=accepted, sanctioned=sanctioned, decided=decided, median_days=12.5
    )


def test_a_county_of_few_reports_is_not_told_nor_the_one_that_gives_it_away() -> None:
    told = domain.parts_told({"BV": counted(40), "CV": counted(3), "HR": counted(12)}, LEAST)
    assert {code: part.reports for code, part in told.items()} == {"BV": 40, "CV": None, "HR": None}
    assert told["CV"].accepted is None or told["CV"].accepted == 0


def test_who_of_few_was_not_accepted_is_not_told_either() -> None:
    told = domain.told(counted(40, accepted=38, sanctioned=20, decided=40), LEAST)
    assert (told.reports, told.accepted, told.sanctioned) == (40, None, 20)
    parts = domain.parts_told({"BV": counted(40, 38), "CV": counted(40, 20), "HR": counted(50, 25)}, LEAST)
    assert parts["BV"].accepted is None
    assert [part.accepted for part in parts.values()].count(None) >= 2


def test_the_median_of_few_decisions_is_not_told() -> None:
    assert domain.told(counted(40, decided=4), LEAST).median_days is None
    assert domain.told(counted(40, decided=5), LEAST).median_days == 12.5
    assert domain.told(counted(4, decided=4), LEAST) == domain.Figures(
        reports=None, accepted=None, sanctioned=None, median_days=None
    )


def test_that_there_is_nothing_is_told() -> None:
    told = domain.told(domain.NOTHING, LEAST)
    assert (told.reports, told.accepted, told.sanctioned) == (0, 0, 0)


@pytest.mark.parametrize(
    ("today", "year", "until"),
    [
        (date(2026, 11, 23), 2026, date(2026, 11, 1)),
        (date(2026, 11, 23), 2025, date(2026, 1, 1)),
        (date(2027, 1, 1), 2026, date(2027, 1, 1)),
    ],
    ids=["this-year", "last-year", "new-year"],
)
def test_a_year_is_counted_to_the_end_of_the_last_month_that_is_over(
    today: date, year: int, until: date
) -> None:
    assert domain.counted_until(today, year) == until
    assert domain.last_counted_year(date(2027, 1, 31)) == 2026
    assert domain.last_counted_year(date(2027, 2, 1)) == 2027


async def test_reports_are_counted_by_county_month_and_manoeuvre(
    sessions: async_sessionmaker[Session], means: Means
) -> None:
    """In a year that no other test has reports of."""
    march = datetime(2031, 3, 10, 10, tzinfo=UTC)
    unit = ids.new_id()
    facts: dict[str, Any] = {"institution_id": unit, "state": State.SUBMITTED}
    async with sessions() as session, session.begin():
        for number in range(20):
            at = march + timedelta(days=30 * (number % 2))
            report = a_driving_report(
                at,
                **facts,
                submitted_at=at,
                county="HR" if number % 2 else "CV",
                manoeuvres=("a", "d") if number < 10 else ("a",),
            )
            await storage.add(session, means.key, report)
            path = [State.ELIGIBILITY_CHECK, State.UNDER_REVIEW, State.SANCTIONED]
            if number >= 12:
                path = [State.ELIGIBILITY_CHECK]
            for state in path:
                at += timedelta(days=2)
                report = reports.moved(report, state)
                await storage.move(session, report, at, None)
            if number in (0, 1):
                at += timedelta(days=200)  # after the end of the year nothing is counted
                fallen = reports.moved(report, State.NO_SANCTION, Reason.COURT_ADMITTED)
                await storage.move(session, fallen, at + timedelta(days=200), None)
    async with sessions() as session:
        kept = operations.Kept()
        told = await kept.read(session, 2031, datetime(2033, 1, 5, tzinfo=UTC))
        early = await kept.read(session, 2031, datetime(2031, 4, 5, tzinfo=UTC))
        assert await kept.read(session, 2031, datetime(2034, 2, 1, tzinfo=UTC)) is told
    assert told.whole == domain.Figures(reports=20, accepted=12, sanctioned=12, median_days=6.0)
    assert {code: part.reports for code, part in told.by_county.items()} == {"CV": 10, "HR": 10}
    assert {code: part.reports for code, part in told.by_month.items()} == {"2031-03": 10, "2031-04": 10}
    assert {code: part.reports for code, part in told.by_manoeuvre.items()} == {"a": 20, "d": 10}
    assert (early.until, early.whole.reports) == (date(2031, 4, 1), 10)


async def test_anybody_reads_them_and_they_hold_for_an_hour(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/traffic-history/v1/driving-reports/statistics", params={"year": 2099})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.json()["whole"]["reports"] == 0
    wrong = await client.get("/traffic-history/v1/driving-reports/statistics", params={"year": 1999})
    assert wrong.status_code == 422
