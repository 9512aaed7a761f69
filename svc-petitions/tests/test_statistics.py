"""Figures: of periods that are over, with nothing that gives a person away."""

import csv
from collections.abc import Awaitable, Callable
from datetime import date
from io import StringIO
from typing import Any
from uuid import UUID

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_events.session import Session
from svc_petitions.domain import statistics as domain
from svc_petitions.domain.institutions import Institution
from svc_petitions.domain.statistics import Figure, Period
from svc_petitions.operations import statistics as operations
from svc_petitions.storage import statistics as storage
from svc_petitions.tables.petitions import PETITIONS

from .office import slug

Filed = Callable[..., Awaitable[str]]
STATISTICS = "/petitions/v1/statistics"
INSTITUTION = ids.new_id()
JUNE = date(2004, 6, 1)


def figure(amount: int, **special: Any) -> Figure:
    facts: dict[str, Any] = {
        "institution_id": INSTITUTION,
        "kind": "REQUEST",
        "channel": "ONLINE",
        "topic": "PASSPORTS",
        "outcome": "FAVOURABLE",
        "timeliness": "IN_TERM",
        "extended": 0,
        "days": 10 * amount,
    }
    return Figure(**facts | special, amount=amount)


def reported(*figures: Figure) -> domain.Report:
    return domain.report(Period.read("2026-H1"), figures, 5)


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2028", date(2028, 1, 1), date(2028, 12, 31)),
    ],
)
def test_a_period_is_a_half_year_or_a_year(code: str, first: date, last: date) -> None:
    assert Period.read(code) == Period(code, first, last)


@pytest.mark.parametrize(
    ("counted", "code"),
    [
        (date(2026, 5, 1), "2025-H2"),
        (date(2026, 6, 1), "2026-H1"),
        (date(2026, 11, 1), "2026-H1"),
        (date(2026, 12, 1), "2026-H2"),
    ],
)
def test_the_last_half_year_is_whole(counted: date, code: str) -> None:
    assert Period.last_half(counted).code == code


def test_a_month_is_counted_when_its_longest_term_has_passed() -> None:
    assert domain.settled_by(date(2026, 1, 1), 45) == date(2026, 3, 18)


def test_shares_and_averages_are_of_what_they_say() -> None:
    whole = reported(
        figure(60), figure(20, timeliness="LATE", days=800), figure(20, timeliness="RUNNING", outcome="OPEN")
    ).whole
    assert (whole.registered, whole.in_term, whole.days) == (100, 0.75, 17.5)


def test_a_small_count_is_not_told_nor_what_would_give_it_away() -> None:
    told = reported(figure(40), figure(3, channel="POST"), figure(12, channel="EMAIL"))
    assert {code: part.registered for code, part in told.by_channel.items()} == {
        "EMAIL": None,
        "ONLINE": 40,
        "POST": None,
    }
    assert told.whole.registered == 55
    assert told.by_channel["POST"].days is None


def test_of_a_period_with_few_petitions_nothing_is_told() -> None:
    whole = reported(figure(4)).whole
    assert (whole.registered, whole.in_term, whole.days, whole.extended) == (None, None, None, None)


def test_a_few_late_ones_do_not_show() -> None:
    assert reported(figure(60), figure(2, timeliness="LATE")).whole.in_term is None


def test_no_part_follows_from_the_whole_and_the_other_parts() -> None:
    told = reported(
        figure(100, extended=20),
        figure(50, channel="POST", extended=3),
        figure(40, channel="EMAIL", extended=6),
    )
    assert told.whole.extended == 29
    assert {code: part.extended for code, part in told.by_channel.items()} == {
        "EMAIL": None,
        "ONLINE": 20,
        "POST": None,
    }


def test_late_ones_of_a_part_do_not_follow_from_the_whole() -> None:
    told = reported(
        figure(100),
        figure(30, timeliness="LATE"),
        figure(50, channel="POST"),
        figure(3, channel="POST", timeliness="LATE"),
        figure(40, channel="EMAIL"),
        figure(10, channel="EMAIL", timeliness="LATE"),
    )
    assert told.whole.in_term == round(190 / 233, 3)
    shares = {code: part.in_term for code, part in told.by_channel.items()}
    assert shares == {"EMAIL": None, "ONLINE": round(100 / 130, 3), "POST": None}


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ABC"),
            st.sampled_from(["IN_TERM", "LATE"]),
            st.integers(1, 30),
            st.integers(0, 9),
        ),
        max_size=8,
    )
)
def test_one_hidden_figure_is_never_alone(rows: list[tuple[str, str, int, int]]) -> None:
    told = reported(
        *(
            figure(amount, channel=channel, timeliness=timeliness, extended=min(extended, amount))
            for channel, timeliness, amount, extended in rows
        )
    )
    for measure in ("registered", "extended"):
        shown = [getattr(part, measure) for part in told.by_channel.values()]
        if getattr(told.whole, measure) is not None and shown:
            left = getattr(told.whole, measure) - sum(one for one in shown if one)
            assert left == 0 or (shown.count(None) > 1 and left >= 5)


def test_what_went_to_no_structure_is_a_topic_of_its_own() -> None:
    told = reported(figure(40), figure(9, topic=domain.NO_TOPIC))
    assert {code: part.registered for code, part in told.by_topic.items()} == {"PASSPORTS": 40, "UNSORTED": 9}


@pytest.mark.parametrize(
    ("first", "until", "codes"),
    [
        (date(2026, 1, 1), date(2026, 6, 1), []),
        (date(2026, 1, 1), date(2026, 7, 1), ["2026-H1"]),
        (date(2026, 1, 1), date(2027, 1, 1), ["2026-H2", "2026", "2026-H1"]),
        (date(2025, 7, 1), date(2026, 8, 1), ["2026-H1", "2025-H2"]),
    ],
)
def test_a_period_is_counted_when_every_month_of_it_is(first: date, until: date, codes: list[str]) -> None:
    assert [period.code for period in domain.counted_periods(first, until)] == codes


@pytest.mark.parametrize(
    ("until", "code", "on"),
    [
        (date(2026, 1, 1), "2026-H1", date(2026, 8, 15)),
        (date(2026, 6, 1), "2026-H1", date(2026, 8, 15)),
        (date(2026, 7, 1), "2026-H2", date(2027, 2, 15)),
    ],
)
def test_the_next_half_year_is_counted_when_its_last_petitions_longest_term_has_passed(
    until: date, code: str, on: date
) -> None:
    period, counted_on = domain.coming(until, 45)
    assert (period.code, counted_on) == (code, on)


async def test_who_asks_before_anything_is_counted_learns_when_it_is(client: httpx2.AsyncClient) -> None:
    """OG 27/2002 art. 14: a half-year at a time; without a token, as the figures themselves."""
    told = await client.get(f"{STATISTICS}/periods")
    assert told.status_code == 200, told.text
    periods = told.json()
    assert periods["next"]["period"].rpartition("-")[2] in ("H1", "H2")
    assert periods["next_on"] > periods["next"]["last"]
    assert periods["next"]["period"] not in {one["period"] for one in periods["items"]}
    early = await client.get(STATISTICS, params={"period": periods["next"]["period"]})
    assert slug(early) == "petition-period-not-counted"


@pytest.fixture
async def june(filed: Filed, sessions: async_sessionmaker[Session]) -> None:
    """Seven petitions of a June long ago: five answered in term, two filed away."""
    for number in range(7):
        solved = {"state": "ANSWERED", "solution": "FAVOURABLE"} if number < 5 else {"state": "CLASSED"}
        moved = {
            **solved,
            "registered_on": date(2004, 6, 10),
            "answer_due_on": date(2004, 7, 10),
            "closed_on": date(2004, 6, 30),
        }
        file_id = UUID(await filed())
        async with sessions() as session, session.begin():
            await session.execute(update(PETITIONS).where(PETITIONS.c.id == file_id).values(moved))
    async with sessions() as session, session.begin():
        await storage.count(session, JUNE, date(2004, 7, 1), date(2004, 9, 1))


async def test_everybody_reads_a_period_in_figures(
    client: httpx2.AsyncClient, june: None, dgp: Institution
) -> None:
    answer = await client.get(STATISTICS, params={"period": "2004-H1"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "public, max-age=3600"
    told = answer.json()
    assert (told["period"], told["first"], told["last"]) == ("2004-H1", "2004-01-01", "2004-06-30")
    assert told["whole"] == {"registered": 7, "in_term_share": 1.0, "average_days": 20.0, "extended": 0}
    [structure] = told["by_structure"]
    assert structure["institution"]["id"] == str(dgp.id)
    assert structure["registered"] == 7
    assert [(one["code"], one["registered"]) for one in told["by_outcome"]] == [
        ("CLASSED", None),
        ("FAVOURABLE", None),
    ]

    assert [(one["topic"], one["registered"]) for one in told["by_topic"]] == [("UNSORTED", 7)]

    table = await client.get(f"{STATISTICS}/csv", params={"period": "2004-H1"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    head, whole, *parts = csv.reader(StringIO(table.text))
    assert tuple(head) == operations.COLUMNS
    assert whole == ["2004-H1", "TOTAL", "", "", "7", "1.0", "20.0", "0"]
    assert ["2004-H1", "OUTCOME", "CLASSED", "", "", "", "", ""] in parts
    assert ["2004-H1", "TOPIC", "UNSORTED", "", "7", "1.0", "20.0", "0"] in parts
    assert parts[-1][:5] == ["2004-H1", "STRUCTURE", "DGP", dgp.names["ro"], "7"]


@pytest.mark.parametrize("path", ["", "/csv"])
async def test_a_period_that_is_not_over_is_not_told(client: httpx2.AsyncClient, path: str) -> None:
    this_year = str(clock.local_date(clock.now()).year)
    answer = await client.get(f"{STATISTICS}{path}", params={"period": this_year})
    assert slug(answer) == "petition-period-not-counted"


async def test_months_are_counted_in_order_and_once(
    sessions: async_sessionmaker[Session], filed: Filed
) -> None:
    await filed()
    async with sessions() as session:
        await operations.count_months(session, clock.now())
        assert await operations.count_months(session, clock.now()) == 0
    async with sessions() as session, session.begin():
        last = await storage.last_counted(session)
    assert last is not None
    assert domain.settled_by(last, 45) <= clock.local_date(clock.now())
