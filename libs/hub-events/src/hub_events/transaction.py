"""One event, one transaction: the inbox row and the handler's effect, both or neither."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from asyncpg import PostgresError
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock

from . import inbox
from .envelope import Envelope

Handler = Callable[[AsyncSession, Envelope[Any]], Awaitable[None]]
"""Handles one event inside the session's transaction; it calls one operation."""

_LONGEST_HANDLING: Final = 5 * 60.0
_PASSING_SQLSTATES: Final = ("08", "25006", "40", "53", "55P03", "57P", "58")
"""Connection lost, a standby, lost races, no resources, lock time-out, shutting down, disk."""


class DatabaseAway(Exception):
    """Our own database failed, for a reason that is not the event's; the cause says more."""


async def handle_once(session: AsyncSession, consumer: str, told: Envelope[Any], handler: Handler) -> None:
    """Call the handler unless this consumer has done the event before; commit its effect.

    `DatabaseAway` when the database failed; `TimeoutError` when the handler took five minutes;
    what else the handler raises is raised.
    """
    handling = False
    try:
        async with session, _unit_of_work(session):
            if await inbox.first_time(session, consumer, told.id, clock.now()):
                handling = True
                async with asyncio.timeout(_LONGEST_HANDLING):
                    await handler(session, told)
                handling = False
    except (SQLAlchemyError, PostgresError, OSError) as error:
        blames_event = handling or isinstance(error, IntegrityError)
        if _is_away(error) or not blames_event:
            raise DatabaseAway from error
        raise


def _unit_of_work(session: AsyncSession) -> AbstractAsyncContextManager[Any]:
    """One transaction that the `begin()` of the handler's operation joins, where the session can that."""
    begin: Callable[[], AbstractAsyncContextManager[Any]] = getattr(session, "unit_of_work", session.begin)
    return begin()


def _is_away(error: Exception) -> bool:
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeout)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state.startswith(_PASSING_SQLSTATES)
