"""How content petitioners are: once each, told in sums alone."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance, Kind, Principal
from hub_events.session import Session
from svc_petitions.domain import ratings as domain
from svc_petitions.domain.ratings import Average, Scores
from svc_petitions.domain.statistics import Period
from svc_petitions.errors.ratings import RatingClosed
from svc_petitions.errors.statistics import PeriodNotCounted
from svc_petitions.operations import ratings as operations

from .office import PETITIONS, Office, key, slug

HALF = Period.read("2026-H1")
A, B, C = (ids.new_id() for _ in range(3))


async def rate(
    client: httpx2.AsyncClient, file_id: str, headers: dict[str, str], score: int = 4
) -> httpx2.Response:
    return await client.post(f"{PETITIONS}/{file_id}/rating", json={"score": score}, headers=headers | key())


@pytest.fixture
async def answered(filed: Callable[..., Awaitable[str]], office: Office) -> str:
    """A petition of Ana's that has its answer."""
    file_id = await filed()
    await office.bring(file_id, "ANSWERED")
    return file_id


# Who may


async def test_without_a_token_one_is_asked_to_sign_in(client: httpx2.AsyncClient, answered: str) -> None:
    assert (await rate(client, answered, {})).status_code == 401


async def test_another_persons_answer_is_not_found(
    client: httpx2.AsyncClient, answered: str, as_ion: dict[str, str]
) -> None:
    assert slug(await rate(client, answered, as_ion)) == "petition-not-found"


async def test_nobody_of_the_institution_rates_or_reads_one(
    client: httpx2.AsyncClient, answered: str, office: Office
) -> None:
    assert (await rate(client, answered, office.as_(office.head))).status_code == 403


# What happens


async def test_an_answer_is_rated_once(
    client: httpx2.AsyncClient, answered: str, as_ana: dict[str, str], looking: asyncpg.Connection, dgp: Any
) -> None:
    first = await rate(client, answered, as_ana, 4)
    assert first.status_code == 201, first.text
    assert first.json() == {
        "petition_id": answered,
        "score": 4,
        "rated_on": str(clock.local_date(clock.now())),
    }
    assert slug(await rate(client, answered, as_ana, 1)) == "petition-already-rated"
    kept = await looking.fetch("SELECT * FROM petitions.ratings WHERE petition_id = $1", UUID(answered))
    assert [(row["score"], row["institution_id"]) for row in kept] == [(4, dgp.id)]


@pytest.mark.parametrize("score", [0, 6, 3.5, None])
async def test_a_score_is_one_to_five(
    client: httpx2.AsyncClient, answered: str, as_ana: dict[str, str], score: Any
) -> None:
    assert slug(await rate(client, answered, as_ana, score)) == "invalid-request"


async def test_what_has_no_answer_yet_is_not_rated(
    client: httpx2.AsyncClient,
    filed: Callable[..., Awaitable[str]],
    office: Office,
    as_ana: dict[str, str],
) -> None:
    file_id = await filed()
    await office.bring(file_id, "SIGNED")
    assert slug(await rate(client, file_id, as_ana)) == "petition-not-answered"


@pytest.mark.parametrize(("days", "is_open"), [(30, True), (31, False)])
async def test_it_can_be_rated_through_the_last_day_of_the_rule(
    answered: str, ana: UUID, sessions: async_sessionmaker[Session], days: int, is_open: bool
) -> None:
    caller = Principal(
        Kind.PERSON, str(ana), Assurance.SUBSTANTIAL, frozenset({"petitions:write"}), "demo-portal"
    )
    later = clock.now() + timedelta(days=days)
    async with sessions() as session:
        if is_open:
            assert (await operations.rate(session, caller, UUID(answered), 5, later)).score == 5
        else:
            with pytest.raises(RatingClosed):
                await operations.rate(session, caller, UUID(answered), 5, later)


async def test_the_service_itself_may_not_change_a_rating(schema: Any) -> None:
    connection = await asyncpg.connect(schema.app_dsn.replace("+asyncpg", ""))
    try:
        for statement in ("UPDATE ratings SET score = 5", "DELETE FROM ratings"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


# What everybody is told


def test_fewer_than_five_are_not_told_nor_does_one_follow_from_the_others() -> None:
    told = domain.opinion(HALF, [Scores(A, 10, 41), Scores(B, 7, 14), Scores(C, 2, 10)], 5)
    assert told.whole == Average(19, 3.4)
    assert told.by_institution == {A: Average(10, 4.1), B: Average(None, None), C: Average(None, None)}


def test_where_nobody_rated_there_is_no_average() -> None:
    assert domain.opinion(HALF, [], 5).whole == Average(0, None)


async def test_everybody_reads_a_period_that_is_over(
    client: httpx2.AsyncClient,
    looking: asyncpg.Connection,
    office: Office,
    filed: Callable[..., Awaitable[str]],
) -> None:
    for score in (1, 2, 4, 5, 5):
        await looking.execute(
            "INSERT INTO petitions.ratings VALUES ($1, $2, $3, $4)",
            UUID(await filed()),
            office.id,
            score,
            date(2025, 12, 31),
        )
    answer = await client.get("/petitions/v1/ratings", params={"period": "2025"})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["period"], told["whole"]) == ("2025", {"ratings": 5, "average": 3.4})
    [one] = told["by_institution"]
    assert (one["institution"]["id"], one["ratings"], one["average"]) == (str(office.id), 5, 3.4)
    assert answer.headers["cache-control"] == "public, max-age=3600"


async def test_a_period_that_runs_is_not_told(sessions: async_sessionmaker[Session]) -> None:
    async with sessions() as session:
        with pytest.raises(PeriodNotCounted):
            await operations.read(session, "2026-H2", datetime(2026, 12, 31, 12, 0, tzinfo=UTC))
        assert (await operations.read(session, "2026-H2", datetime(2027, 1, 1, tzinfo=UTC))).opinion
