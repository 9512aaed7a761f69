"""The database of a service: one engine, its sessions (`hub_events.session`), and statements without one."""

from typing import Any, Final

import asyncpg
import orjson
from sqlalchemy import event, text
from sqlalchemy.exc import InterfaceError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.util.concurrency import greenlet_spawn

from hub_events.session import Session
from hub_events.statements import FAILURES, Compiled

from .settings import ServiceSettings

_CONNECTIONS_APART: Final = 3
"""Enough: what is done apart are a few short statements."""


class Database:
    """The engines and the sessions of one service; connects when first used.

    `sessions_apart` are for what is stored for good while another transaction of the same request is open.
    They have connections of their own: with those of `sessions`, many requests at once would each hold one
    and wait for a second.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self.engine = _engine(settings, settings.database_pool_size)
        self.sessions = async_sessionmaker(self.engine, class_=Session, expire_on_commit=False)
        self._apart = _engine(settings, _CONNECTIONS_APART)
        self.sessions_apart = async_sessionmaker(self._apart, class_=Session, expire_on_commit=False)

    async def ping(self) -> None:
        """Raise unless the database answers."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()
        await self._apart.dispose()


def _engine(settings: ServiceSettings, connections: int) -> AsyncEngine:
    engine = create_async_engine(
        settings.database_dsn.get_secret_value(),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=3,
        hide_parameters=True,
        json_deserializer=orjson.loads,
        connect_args={"timeout": 3, "command_timeout": 10},
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: Any, _record: object, _fairy: object) -> None:
    """Have the pool connect anew when the server has ended a connection.

    asyncpg learns that from the socket. `pool_pre_ping` asks the server each time, in three messages:
    a fifth of the CPU of a transaction with one statement.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


class Statement(Compiled):
    """One statement as a transaction of its own, which the driver runs: an exception for hot operations.

    It is compiled once and prepared once for each connection. A session spends 0.8 ms of CPU on a
    transaction with one statement, this 0.16 (docs/adr/0019).
    """

    async def first(self, session: AsyncSession, **values: Any) -> asyncpg.Record | None:
        """The first row, as PostgreSQL gives it; apart from the session's transaction, on its engine."""
        row: asyncpg.Record | None = await self._ask(session, "fetchrow", values)
        return row

    async def all(self, session: AsyncSession, **values: Any) -> list[asyncpg.Record]:
        """Every row, in the same way."""
        rows: list[asyncpg.Record] = await self._ask(session, "fetch", values)
        return rows

    async def _ask(self, session: AsyncSession, how: str, values: dict[str, Any]) -> Any:
        if not isinstance(session.bind, AsyncEngine):
            raise TypeError("the session has no engine")
        given = self.given(values)
        refused: type[Exception] = session.bind.dialect.loaded_dbapi.Error
        try:
            connection = await session.bind.raw_connection()
        except refused as error:  # the server starts, or has no connection left
            raise InterfaceError(self.text, None, error, hide_parameters=True) from error
        try:
            return await getattr(connection.driver_connection, how)(self.text, *given)
        except FAILURES as error:
            raise self.failure(error) from error
        finally:
            await greenlet_spawn(connection.close)
