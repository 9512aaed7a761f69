"""Statements that are compiled once and run by the driver, within a session's transaction."""

from typing import Any, Final

import asyncpg
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.util.concurrency import greenlet_spawn

FAILURES: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""Of the driver; the last: the server has said that it ends the connection, and nothing was sent."""
_DRIVER: Final = "hub_events.driver"


class Compiled:
    """A statement as the driver takes it.

    No type of SQLAlchemy works on its values: JSON is given as text.
    """

    def __init__(self, statement: ClauseElement) -> None:
        compiled: Any = statement.compile(dialect=dialect())  # type: ignore[no-untyped-call]
        self.text = str(compiled)
        self._fixed = {
            name: value for name, value in compiled.params.items() if not compiled.binds[name].required
        }
        self._names = tuple(compiled.positiontup or ())

    def given(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """Its parameters, in order; `KeyError` when one is missing."""
        every = self._fixed | values
        return tuple(every[name] for name in self._names)

    def failure(self, error: Exception) -> DBAPIError:
        """One of `FAILURES` as an error of SQLAlchemy, which `session.is_away` knows."""
        kind = DBAPIError if isinstance(error, asyncpg.PostgresError) else InterfaceError
        if isinstance(error, asyncpg.IntegrityConstraintViolationError):
            kind = IntegrityError
        return kind(self.text, None, error, hide_parameters=True)


class Part(Compiled):
    """A statement of a session's transaction, between others of any kind: for what every request does.

    The first of a transaction, or of a savepoint, goes through SQLAlchemy's cursor, which begins it; those
    after it go to the driver. Commit, roll-back and what hangs on them stay the session's (docs/adr/0019).
    """

    async def all(self, session: AsyncSession, **values: Any) -> list[asyncpg.Record]:
        """Every row, as PostgreSQL gives it."""
        given = self.given(values)
        driver = _driver(session)
        try:
            if driver is None:
                return await greenlet_spawn(self._first, session.sync_session, given)
            rows: list[asyncpg.Record] = await driver.fetch(self.text, *given)
        except FAILURES as error:
            raise self.failure(error) from error
        return rows

    async def first(self, session: AsyncSession, **values: Any) -> asyncpg.Record | None:
        """The first row."""
        return next(iter(await self.all(session, **values)), None)

    async def many(self, session: AsyncSession, *each: dict[str, Any]) -> None:
        """Once for each of these values, in order, as one message to the server."""
        driver = _driver(session)
        if driver is None:
            for values in each:
                await self.all(session, **values)
            return
        try:
            await driver.executemany(self.text, list(map(self.given, each)))
        except FAILURES as error:
            raise self.failure(error) from error

    def _first(self, session: Session, given: tuple[Any, ...]) -> list[asyncpg.Record]:
        connection = session.connection()
        driver: Any = connection.connection.driver_connection
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.text, given)
            rows = list(cursor.fetchall())
        except connection.dialect.loaded_dbapi.Error as error:
            if driver.is_closed():
                connection.invalidate()
            raise error.__cause__ or error from None
        finally:
            cursor.close()
        session.info[_DRIVER] = _innermost(session), driver
        return rows


def _driver(session: AsyncSession) -> Any:
    """The driver's connection, once SQLAlchemy has begun the transaction there."""
    transaction, driver = session.info.get(_DRIVER, (None, None))
    return driver if transaction and transaction is _innermost(session.sync_session) else None


def _innermost(session: Session) -> SessionTransaction | None:
    """The savepoint, or the transaction; SQLAlchemy begins either with the first that it is asked for."""
    return session.get_nested_transaction() or session.get_transaction()
