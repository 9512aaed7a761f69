"""The register on real PostgreSQL: 1…n for each institution and year, whatever happens."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_core.clock import BUCHAREST
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal
from hub_events.session import Session
from svc_petitions.domain import petitions as domain
from svc_petitions.domain.institutions import Institution
from svc_petitions.domain.registers import faults
from svc_petitions.operations import petitions as operations
from svc_petitions.storage import registers

MakeInstitution = Callable[..., Awaitable[Institution]]
Looking = asyncpg.Connection
File = Callable[..., Awaitable[domain.Petition]]
LAST_OF_2026 = datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=BUCHAREST).astimezone(UTC)
FIRST_OF_2027 = datetime(2027, 1, 1, 0, 0, 0, tzinfo=BUCHAREST).astimezone(UTC)


class PowerCut(Exception):
    """What takes a transaction back after its number was given."""


def somebody() -> Principal:
    """A person who files in their own name."""
    return Principal(Kind.PERSON, str(ids.new_id()), Assurance.LOW, frozenset(), "demo-portal")


@pytest.fixture
def file(sessions: async_sessionmaker[Session]) -> File:
    """File a petition at an institution; with `lost`, its transaction is taken back at the very end."""

    async def make(
        institution_id: UUID, now: datetime = LAST_OF_2026, *, lost: bool = False
    ) -> domain.Petition:
        submission = domain.Submission(
            institution_id=institution_id,
            kind=domain.PetitionKind.NOTIFICATION,
            subject="Groapă",
            text="Pe strada mea.",
            language=Language.RO,
        )
        async with sessions() as session, session.unit_of_work():
            petition = await operations.file_petition(session, submission, somebody(), now)
            if lost:
                raise PowerCut
        return petition

    return make


async def register_of(looking: Looking, institution_id: UUID) -> dict[int, list[int]]:
    """The numbers that stand in an institution's registers, by year, in the order of the number."""
    rows = await looking.fetch(
        "SELECT year, number FROM petitions.petitions WHERE institution_id = $1 ORDER BY year, number",
        institution_id,
    )
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        found[row["year"]].append(row["number"])
    return found


async def test_200_petitions_by_16_at_once_are_numbered_1_to_200(
    file: File, dgp: Institution, looking: Looking, sessions: async_sessionmaker[Session]
) -> None:
    """Edge 74: every fourth filing is lost after it had its number; no gap, and the chain is whole."""
    waiting = [False] * 200 + [True] * 66
    random.Random(74).shuffle(waiting)
    given: list[int] = []

    async def clerk() -> None:
        while waiting:
            lost = waiting.pop()
            with suppress(PowerCut):
                given.append((await file(dgp.id, lost=lost)).registration.number)

    await asyncio.gather(*(clerk() for _ in range(16)))
    assert sorted(given) == list(range(1, 201))
    assert await register_of(looking, dgp.id) == {2026: list(range(1, 201))}
    async with sessions() as session:
        lines = await registers.entries_of(session, dgp.id, 2026, limit=1000)
    assert [shown.entry.number for shown in lines] == list(range(1, 201))
    assert list(faults(shown.entry for shown in lines)) == []


async def test_the_new_year_begins_with_number_1_at_midnight_in_bucharest(
    file: File, dgp: Institution, looking: Looking, sessions: async_sessionmaker[Session]
) -> None:
    instants = [LAST_OF_2026, LAST_OF_2026, FIRST_OF_2027, LAST_OF_2026, FIRST_OF_2027]
    labels = [(await file(dgp.id, now)).registration.label for now in instants]
    assert labels == ["1/31.12.2026", "2/31.12.2026", "1/01.01.2027", "3/31.12.2026", "2/01.01.2027"]
    assert await register_of(looking, dgp.id) == {2026: [1, 2, 3], 2027: [1, 2]}
    async with sessions() as session:
        for year in (2026, 2027):
            lines = await registers.entries_of(session, dgp.id, year, limit=10)
            assert list(faults(shown.entry for shown in lines)) == []


async def test_the_first_petition_ever_may_be_lost(file: File, dgp: Institution, looking: Looking) -> None:
    with pytest.raises(PowerCut):
        await file(dgp.id, lost=True)
    assert (
        await looking.fetchval("SELECT count(*) FROM petitions.registers WHERE institution_id = $1", dgp.id)
        == 0
    )
    assert (await file(dgp.id)).registration.number == 1


async def test_the_first_petitions_of_a_year_may_come_together(
    file: File, dgp: Institution, looking: Looking
) -> None:
    filed = await asyncio.gather(*(file(dgp.id, FIRST_OF_2027) for _ in range(8)))
    assert sorted(petition.registration.number for petition in filed) == list(range(1, 9))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(
    acts=st.lists(
        st.tuples(
            st.integers(0, 1),
            st.sampled_from([LAST_OF_2026, FIRST_OF_2027]),
            st.booleans(),
            st.booleans(),
        ),
        max_size=24,
    )
)
async def test_no_sequence_of_filing_losing_and_new_year_leaves_a_gap(
    file: File,
    an_institution: MakeInstitution,
    looking: Looking,
    acts: list[tuple[int, datetime, bool, bool]],
) -> None:
    """Each act files at one of two institutions, in one of two years, is lost or not, and waits or not."""
    institutions = [(await an_institution()).id for _ in range(2)]
    expected: dict[UUID, dict[int, int]] = {one: defaultdict(int) for one in institutions}
    together: list[Awaitable[Any]] = []
    for place, now, lost, waits in acts:
        together.append(file(institutions[place], now, lost=lost))
        if not lost:
            expected[institutions[place]][now.astimezone(BUCHAREST).year] += 1
        if waits:
            await asyncio.gather(*together, return_exceptions=True)
            together = []
    await asyncio.gather(*together, return_exceptions=True)
    for one in institutions:
        full = {year: list(range(1, count + 1)) for year, count in expected[one].items()}
        assert await register_of(looking, one) == full


async def test_each_petition_tells_its_event_in_the_same_transaction(
    file: File, dgp: Institution, looking: Looking
) -> None:
    with pytest.raises(PowerCut):
        await file(dgp.id, lost=True)
    kept = await file(dgp.id)
    told = await looking.fetch(
        "SELECT key, subject, body FROM petitions.outbox WHERE position($1 in encode(body, 'escape')) > 0",
        str(dgp.id),
    )
    assert [(row["key"], row["subject"]) for row in told] == [
        (str(kept.id), "hub.petitions.petition.registered.v1")
    ]
    assert "Groap" not in told[0]["body"].decode()


async def test_the_database_refuses_a_number_twice(
    file: File, dgp: Institution, sessions: async_sessionmaker[Session], looking: Looking
) -> None:
    """The second lock: should the register's row ever be wrong, nothing is stored under a number in use."""
    await file(dgp.id)
    await file(dgp.id)
    await looking.execute("UPDATE petitions.registers SET last_number = 1 WHERE institution_id = $1", dgp.id)
    with pytest.raises(IntegrityError):
        await file(dgp.id)
    assert await register_of(looking, dgp.id) == {2026: [1, 2]}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM petitions",
        "DELETE FROM registers",
    ],
)
async def test_the_service_itself_may_not_rewrite_the_register(schema: Any, statement: str) -> None:
    connection = await asyncpg.connect(schema.app_dsn.replace("+asyncpg", ""))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()
