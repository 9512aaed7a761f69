"""A service's copy of the legal numbers: twice, late, out of order, and not there at all."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from hub_core import clock, ids
from hub_core.language import Language
from hub_core.manifest import Consumer
from hub_core.rules import Counting, NoRule, Option, Rule, Unit
from hub_events import envelope
from hub_events.session import Session
from hub_service import policy, rules
from hub_service.routing import Router

NEW_YEAR = date(2027, 1, 1)
EVE = NEW_YEAR - timedelta(days=1)


def a_row(value="30", first="2002-02-01", last=None, **special):
    row = {
        "value": value,
        "unit": "CALENDAR_DAYS",
        "valid_from": first,
        "valid_to": last,
        "legal_basis": "OG 27/2002 art. 8(1)",
        "verified": True,
        "counting": "CIVIL",
        "options": [],
    }
    return row | special


def a_table(code, version, *rows):
    return rules.RuleChanged.model_validate({"code": code, "version": version, "rows": rows})


@pytest.fixture
async def sessions(notes_database):
    engine = create_async_engine(notes_database.app_dsn)
    yield async_sessionmaker(engine, class_=Session)
    await engine.dispose()
    await notes_database.truncate()


@pytest.fixture
def tell(sessions):
    """Handle tables in this order, each in its transaction, on the way over the wire."""

    async def tell(*tables):
        for table in tables:
            sent = envelope.encode(ids.new_id(), table, datetime(2026, 11, 21, tzinfo=UTC), None)
            async with sessions() as session, session.unit_of_work():
                await rules.rule_changed(session, envelope.decode(rules.RuleChanged, sent))

    return tell


@pytest.fixture
def read(sessions):
    async def read(*codes):
        async with sessions() as session, session.begin():
            return await rules.read(session, *codes)

    return read


async def test_what_was_told_is_read_as_it_was_told(tell, read) -> None:
    motives = a_row(
        "0",
        unit="CODES",
        counting=None,
        options=[{"code": "work", "texts": {"ro": "angajare", "hu": "munkavállalás", "en": "employment"}}],
    )
    await tell(a_table("petition.answer", 1, a_row()), a_table("record.motives", 1, motives))
    known = await read("petition.answer", "record.motives")
    assert known.on("petition.answer", NEW_YEAR) == Rule(
        "petition.answer",
        Decimal(30),
        Unit.CALENDAR_DAYS,
        date(2002, 2, 1),
        None,
        "OG 27/2002 art. 8(1)",
        verified=True,
        counting=Counting.CIVIL,
    )
    texts = {Language.RO: "angajare", Language.HU: "munkavállalás", Language.EN: "employment"}
    assert known.on("record.motives", NEW_YEAR).options == (Option("work", texts),)


async def test_money_comes_through_exactly(tell, read) -> None:
    await tell(a_table("fine-point", 1, a_row("202.50", unit="LEI", counting=None)))
    assert str((await read("fine-point")).on("fine-point", NEW_YEAR).value) == "202.50"


async def test_the_newest_version_wins_in_whatever_order_they_come(tell, read) -> None:
    versions = [a_table("petition.answer", n, a_row(str(n))) for n in (1, 2, 3)]
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 2, 1)):
        await tell(*(versions[n] for n in order))
        assert (await read("petition.answer")).on("petition.answer", NEW_YEAR).value == 3


async def test_a_copy_that_was_emptied_and_filled_again_is_read_anew(tell, read, sessions) -> None:
    await tell(a_table("petition.answer", 1, a_row("30")))
    assert (await read("petition.answer")).on("petition.answer", NEW_YEAR).value == 30
    async with sessions() as session, session.begin():
        await session.execute(delete(rules.COPY))
    await tell(a_table("petition.answer", 1, a_row("45")))
    assert (await read("petition.answer")).on("petition.answer", NEW_YEAR).value == 45


async def test_what_does_not_change_is_made_once(tell, read) -> None:
    await tell(a_table("petition.answer", 1, a_row()))
    assert await read("petition.answer") is await read("petition.answer")


async def test_the_row_of_the_day_of_the_fact_is_read(tell, read) -> None:
    await tell(
        a_table(
            "petition.answer",
            1,
            a_row("45", "2027-01-01", legal_basis="a later law"),
            a_row("30", last="2026-12-31"),
        )
    )
    known = await read("petition.answer")
    assert known.on("petition.answer", EVE).value == 30
    assert known.on("petition.answer", NEW_YEAR).value == 45
    assert known.after("petition.answer", EVE) == known.on("petition.answer", NEW_YEAR)


async def test_a_code_that_was_never_told_has_no_row(read) -> None:
    with pytest.raises(NoRule):
        (await read("petition.answer")).on("petition.answer", NEW_YEAR)


async def test_a_table_with_two_rows_for_a_day_does_not_take_the_place_of_a_good_one(tell, read) -> None:
    await tell(a_table("petition.answer", 1, a_row()))
    with pytest.raises(ValueError, match="two rows hold on"):
        await tell(a_table("petition.answer", 2, a_row(), a_row("45", "2027-01-01")))
    assert (await read("petition.answer")).on("petition.answer", NEW_YEAR).value == 30


async def test_what_is_missing_is_named(tell, sessions) -> None:
    await tell(
        a_table("petition.answer", 1, a_row(last="2026-12-31")),
        a_table("petition.extension", 1, a_row("15")),
    )
    codes = ("petition.forward", "petition.extension", "petition.answer")
    async with sessions() as session, session.begin():
        assert await rules.missing(session, codes, EVE) == ["petition.forward"]
        assert await rules.missing(session, codes, NEW_YEAR) == ["petition.answer", "petition.forward"]


async def test_a_service_is_ready_when_it_has_the_rules_it_needs(tell, build, running) -> None:
    app = build(needs=("petition.extension", "petition.answer"))
    yesterday = (clock.local_date(clock.now()) - timedelta(days=1)).isoformat()
    async with running(app) as client:
        first = await client.get("/readyz")
        assert first.status_code == 503
        assert first.json() == {
            "status": "rules missing",
            "missing": ["petition.answer", "petition.extension"],
        }
        await tell(
            a_table("petition.answer", 1, a_row()), a_table("petition.extension", 1, a_row(last=yesterday))
        )
        assert (await client.get("/readyz")).json()["missing"] == ["petition.extension"]
        await tell(a_table("petition.extension", 2, a_row("15")))
        assert (await client.get("/readyz")).status_code == 200


async def test_a_worker_may_wait_until_every_rule_has_arrived(tell, sessions) -> None:
    codes = ("petition.extension", "petition.answer")
    await tell(a_table("petition.answer", 1, a_row()))
    arriving = asyncio.create_task(rules.arrived(sessions, codes, lambda: EVE))
    done, _ = await asyncio.wait([arriving], timeout=0.5)
    assert not done
    await tell(a_table("petition.extension", 1, a_row("15")))
    async with asyncio.timeout(10):
        await arriving


router = Router(prefix="/notes/v1")


@router.get("/term", **policy.public())
async def find_hole() -> None:
    """Meet a day without a rule."""
    raise NoRule("petition.answer", NEW_YEAR)


async def test_a_hole_is_no_default_but_a_service_that_cannot_answer(build, running) -> None:
    async with running(build(routers=(router,))) as client:
        answer = await client.get("/notes/v1/term")
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("/problems/service-unavailable")
    assert answer.headers["retry-after"] == "60"


def test_a_consumer_of_another_subject_is_no_feed_of_the_copy() -> None:
    with pytest.raises(ValueError, match="not asked for"):
        rules.subscription(Consumer("notes-rules", "catalog", ("hub.catalog.entry.published.v1",)))
