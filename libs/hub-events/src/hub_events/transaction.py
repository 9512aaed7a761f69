"""One event, one transaction: the inbox row and the handler's effect, both or neither."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from asyncpg import PostgresError
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock

from . import inbox
from .envelope import Envelope
from .session import Session, is_away

Handler = Callable[[AsyncSession, Envelope[Any]], Awaitable[None]]
"""Handles one event inside the session's transaction; it calls one operation."""

_LONGEST_HANDLING: Final = 5 * 60.0


class DatabaseAway(Exception):
    """Our own database failed, for a reason that is not the event's; the cause says more."""


async def handle_once(session: Session, consumer: str, told: Envelope[Any], handler: Handler) -> None:
    """Call the handler unless this consumer has done the event before; commit its effect.

    `DatabaseAway` when the database failed; `TimeoutError` when the handler took five minutes;
    what else the handler raises is raised.
    """
    handling = False
    try:
        async with session, session.unit_of_work():
            if await inbox.first_time(session, consumer, told.id, clock.now()):
                handling = True
                async with asyncio.timeout(_LONGEST_HANDLING):
                    await handler(session, told)
                handling = False
    except (SQLAlchemyError, PostgresError, OSError) as error:
        blames_event = handling or isinstance(error, IntegrityError)
        if is_away(error) or not blames_event:
            raise DatabaseAway from error
        raise
