"""Public figures: noted as deliveries end, added up beside, told to everybody."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules

from ..domain import figures
from ..domain.deliveries import Delivery
from ..domain.figures import LEAST, Figures
from ..storage import figures as storage

FRESH: Final = timedelta(seconds=60)
"""For so long an answer is kept."""
_AT_ONCE: Final = 5000


async def note(session: AsyncSession, changed: Sequence[Delivery]) -> None:
    """Count the deliveries that have just ended, in the transaction that stores it; others are passed by."""
    counted = figures.counted(changed)
    if counted:
        await storage.note(session, counted)


async def add_up(session: AsyncSession) -> bool:
    """Add what was noted to the figures; whether there may be more."""
    async with session.begin():
        return await storage.add_notes(session, _AT_ONCE) == _AT_ONCE


class Published:
    """The figures that everybody is told; asked for again when they are no longer fresh."""

    def __init__(self) -> None:
        self._known: tuple[datetime, Figures] | None = None

    async def read(self, session: AsyncSession, now: datetime) -> Figures:
        """The figures of the last days, at most a minute old."""
        if self._known is None or not timedelta() <= now - self._known[0] < FRESH:
            today = local_date(now)
            async with session.begin():
                legal = await rules.read(session, LEAST)
                kept = await storage.find(session, today - timedelta(days=figures.DAYS - 1))
            self._known = now, figures.publish(kept, today, legal.on(LEAST, today).whole)
        return self._known[1]
