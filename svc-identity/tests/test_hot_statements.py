"""The statements of refresh and resolution that run without a session's transaction."""

from typing import Any

import asyncpg
import httpx2
import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.util.concurrency import greenlet_spawn

from hub_core import clock
from hub_events.session import is_away
from hub_service.database import Database, Statement
from svc_identity.domain.account import Account
from svc_identity.domain.client import Client
from svc_identity.domain.grant import hash_of
from svc_identity.domain.session import EndReason
from svc_identity.errors.oauth import InvalidGrant
from svc_identity.operations import sessions, tokens
from svc_identity.provider import Provider
from svc_identity.settings import Settings
from svc_identity.storage import grants, refreshes
from svc_identity.tables.clients import CLIENTS


async def test_a_connection_that_has_ended_is_made_anew(settings: Settings) -> None:
    database = Database(settings)
    who = Statement(text("SELECT pg_backend_pid() AS pid"))
    async with database.sessions() as session:
        before = await who.first(session)
        taken = await database.engine.raw_connection()
        driver: Any = taken.driver_connection
        await driver.close()
        await greenlet_spawn(taken.close)
        after = await who.first(session)
    assert before is not None
    assert after is not None
    assert before["pid"] != after["pid"]
    await database.close()


async def test_a_statement_gives_the_first_row_as_a_session_would(
    session: AsyncSession, portal: Client
) -> None:
    wanted = Statement(select(CLIENTS.c.scopes, CLIENTS.c.names).where(CLIENTS.c.id == bindparam("client")))
    row = await wanted.first(session, client=portal.id)
    assert row is not None
    assert frozenset(row["scopes"]) == portal.scopes
    assert row["names"] == {language.value: name for language, name in portal.names.items()}
    assert await wanted.first(session, client="nobody") is None


async def test_a_statement_fails_as_a_session_would(session: AsyncSession) -> None:
    with pytest.raises(DBAPIError) as wrong:
        await Statement(text("SELECT * FROM nothing_of_this_name")).first(session)
    assert not is_away(wrong.value)
    refused = Statement(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with pytest.raises(DBAPIError) as away:
        await refused.first(session)
    assert is_away(away.value)
    assert not isinstance(wrong.value, OperationalError)


async def test_where_no_connection_is_left_the_database_is_away(
    settings: Settings, looking: asyncpg.Connection
) -> None:
    database = Database(settings)
    await looking.execute('ALTER ROLE "identity_app" CONNECTION LIMIT 0')
    try:
        async with database.sessions() as session:
            with pytest.raises(DBAPIError) as away:
                await Statement(text("SELECT 1")).first(session)
        assert is_away(away.value)
    finally:
        await looking.execute('ALTER ROLE "identity_app" CONNECTION LIMIT 30')
        await database.close()


async def test_a_token_that_ended_since_it_was_found_is_not_replaced(
    flow: Any, ana: Account, portal: Client, session: AsyncSession, provider: Provider
) -> None:
    given = await flow.tokens(ana)
    _, found = await refreshes.find(session, portal.id, hash_of(given["refresh_token"]))
    assert found is not None
    grant, token = found
    assert grant.session_id is not None
    await sessions.end(session, grant.session_id, ana.id, EndReason.SIGNED_OUT, clock.now())
    assert not await refreshes.replace(session, token, token, token, clock.now())
    with pytest.raises(InvalidGrant):
        await tokens.refresh(
            session,
            provider,
            portal,
            refresh_token=given["refresh_token"],
            asked=(),
            presented=found,
            now=clock.now(),
        )


async def test_a_token_that_was_spent_since_it_was_found_ends_its_family(
    flow: Any, ana: Account, portal: Client, session: AsyncSession, provider: Provider, resolve: Any
) -> None:
    given = await flow.tokens(ana)
    _, found = await refreshes.find(session, portal.id, hash_of(given["refresh_token"]))
    renewed = (await flow.refresh(given["refresh_token"])).json()
    with pytest.raises(InvalidGrant):
        await tokens.refresh(
            session,
            provider,
            portal,
            refresh_token=given["refresh_token"],
            asked=(),
            presented=found,
            now=clock.now(),
        )
    assert (await resolve(renewed["access_token"])).status_code == 401
    async with session.begin():
        held = await grants.read_by_token(session, hash_of(renewed["access_token"]))
    assert held is not None
    assert held[0].end_reason is EndReason.REFRESH_REUSED


async def test_the_gateways_question_has_one_shape(client: httpx2.AsyncClient) -> None:
    gateway = ("gateway", "secret-of-the-gateway")
    for body in (b"", b"[]", b'{"token": 1}'):
        answer = await client.post("/internal/v1/tokens/resolve", content=body, auth=gateway)
        assert answer.status_code == 400
    assert (await client.post("/internal/v1/tokens/resolve", content=b"")).status_code == 401
