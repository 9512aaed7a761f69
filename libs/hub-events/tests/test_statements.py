"""Statements of a session's transaction that the driver runs."""

from collections.abc import Callable

import asyncpg
import pytest
from sqlalchemy import bindparam, func, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core.ids import new_id
from hub_events import envelope, outbox
from hub_events.session import Session, is_away
from hub_events.statements import Part

from .conftest import EFFECTS, NOON

Sessions = async_sessionmaker[Session]

ADD = Part(
    insert(EFFECTS).values(
        event_id=bindparam("event_id"), key=bindparam("of_key"), number=bindparam("number", value=7)
    )
)
NUMBERS = Part(select(EFFECTS.c.number).where(EFFECTS.c.key == bindparam("of_key")).order_by(EFFECTS.c.seq))


async def count(database: asyncpg.Connection) -> int:
    found: int = await database.fetchval("SELECT count(*) FROM effects")
    return found


async def one_transaction(session: Session, *parts: Part) -> None:
    async with session.begin():
        for part in parts:
            await part.all(session, event_id=new_id(), of_key="a")


async def test_the_first_begins_the_transaction_and_those_after_it_are_in_it(
    sessions: Sessions, database: asyncpg.Connection
) -> None:
    async with sessions() as session, session.begin():
        await ADD.all(session, event_id=new_id(), of_key="a")
        await ADD.all(session, event_id=new_id(), of_key="a", number=8)
        assert [row["number"] for row in await NUMBERS.all(session, of_key="a")] == [7, 8]
        assert await session.scalar(select(func.count()).select_from(EFFECTS)) == 2
        assert await count(database) == 0
    assert await count(database) == 2


async def test_each_transaction_of_a_session_is_begun_anew(
    sessions: Sessions, database: asyncpg.Connection
) -> None:
    async with sessions() as session:
        for _ in range(2):
            async with session.begin() as transaction:
                await session.execute(text("SELECT 1"))
                await ADD.all(session, event_id=new_id(), of_key="a")
                await ADD.all(session, event_id=new_id(), of_key="a")
                await transaction.rollback()
        assert await count(database) == 0
        async with session.begin():
            await ADD.all(session, event_id=new_id(), of_key="a")
    assert await count(database) == 1


@pytest.mark.parametrize("before", [0, 1], ids=["as the first", "as a later one"])
async def test_many_are_one_after_the_other(
    sessions: Sessions, database: asyncpg.Connection, before: int
) -> None:
    async with sessions() as session, session.begin():
        if before:
            await NUMBERS.all(session, of_key="a")
        await ADD.many(session, *({"event_id": new_id(), "of_key": "a", "number": n} for n in range(3)))
        assert [row["number"] for row in await NUMBERS.all(session, of_key="a")] == [0, 1, 2]
        assert await count(database) == 0
    assert await count(database) == 3


@pytest.mark.parametrize("before", [0, 1], ids=["as the first", "as a later one"])
async def test_of_many_of_which_one_fails_none_stays(
    sessions: Sessions, database: asyncpg.Connection, before: int
) -> None:
    wrong = Part(text("INSERT INTO effects (event_id, key, number) VALUES (:id, 'a', 1 / :zero)"))

    async def attempt(session: Session) -> None:
        async with session.begin():
            if before:
                await NUMBERS.all(session, of_key="a")
            await wrong.many(session, {"id": new_id(), "zero": 1}, {"id": new_id(), "zero": 0})

    async with sessions() as session:
        with pytest.raises(DBAPIError):
            await attempt(session)
        assert await count(database) == 0


async def test_a_savepoint_takes_them_with_it(sessions: Sessions, database: asyncpg.Connection) -> None:
    async with sessions() as session, session.begin():
        await ADD.all(session, event_id=new_id(), of_key="kept")
        async with session.begin_nested() as savepoint:
            await ADD.all(session, event_id=new_id(), of_key="gone")
            await savepoint.rollback()
    assert await database.fetchval("SELECT array_agg(key) FROM effects") == ["kept"]


async def test_in_a_unit_of_work_they_are_committed_with_it(
    sessions: Sessions, database: asyncpg.Connection
) -> None:
    async with sessions() as session, session.unit_of_work():
        async with session.begin():
            await ADD.all(session, event_id=new_id(), of_key="a")
        assert await count(database) == 0
    assert await count(database) == 1


@pytest.mark.parametrize("before", [0, 1], ids=["as the first", "as a later one"])
async def test_a_failure_is_sqlalchemys_and_rolls_back(
    sessions: Sessions, database: asyncpg.Connection, before: int
) -> None:
    wrong = Part(text("SELECT 1 / :zero").bindparams(zero=0))
    async with sessions() as session:
        with pytest.raises(DBAPIError) as raised:
            await one_transaction(session, *[ADD] * before, wrong)
        assert isinstance(raised.value.orig, asyncpg.DivisionByZeroError)
        assert not is_away(raised.value)
        async with session.begin():
            assert await NUMBERS.first(session, of_key="a") is None
    assert await count(database) == 0


@pytest.mark.parametrize("before", [0, 1], ids=["as the first", "as a later one"])
async def test_a_server_that_ends_the_connection_is_away_and_the_next_transaction_has_another(
    sessions: Sessions, before: int
) -> None:
    ending = Part(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    async with sessions() as session:
        with pytest.raises(DBAPIError) as raised:
            await one_transaction(session, *[ADD] * before, ending)
        assert is_away(raised.value)
        async with session.begin():
            assert await NUMBERS.all(session, of_key="a") == []


async def test_a_value_that_is_missing_is_no_null(sessions: Sessions) -> None:
    async with sessions() as session, session.begin():
        with pytest.raises(KeyError):
            await ADD.all(session, event_id=new_id())


async def test_what_was_rolled_back_is_not_told_by_the_next_transaction(
    sessions: Sessions, database: asyncpg.Connection, events: Callable[..., list[envelope.Event]]
) -> None:
    [event] = events(1)
    async with sessions() as session:
        async with session.begin() as transaction:
            await outbox.record(session, event, NOON)
            await transaction.rollback()
        async with session.begin():
            kept = await outbox.record(session, event, NOON)
    assert await database.fetchval("SELECT array_agg(id) FROM outbox") == [kept]
