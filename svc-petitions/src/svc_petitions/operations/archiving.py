"""What is over goes to the archive."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules

from ..domain.files import SYSTEM
from ..domain.handling import ARCHIVE_RULE
from ..domain.states import ENDED, PetitionState
from ..storage import files as storage

_AT_ONCE: Final = 500


async def archive(session: AsyncSession, now: datetime) -> int:
    """Archive what has been over for as long as the rule says; how many of them (at most 500).

    Call it again, each time in a transaction of its own, until it answers 0.
    """
    today = local_date(now)
    async with session.begin():
        legal = await rules.read(session, ARCHIVE_RULE)
        day = today - timedelta(days=legal.on(ARCHIVE_RULE, today).whole)
        archived = await storage.move_many(
            session,
            storage.closed_before(day),
            ENDED - {PetitionState.ARCHIVED},
            PetitionState.ARCHIVED,
            SYSTEM,
            now,
            order=storage.BY_END,
            limit=_AT_ONCE,
        )
    return len(archived)
