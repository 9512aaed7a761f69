"""How the places stand as a whole."""

from datetime import datetime

from hub_core.clock import local_date
from hub_events.session import Session
from hub_service import rules

from ..domain.availability import Days
from ..domain.health import Health
from ..storage import health as storage
from .availability import WINDOW


async def read(session: Session, now: datetime) -> Health:
    """Free places, and what is waiting for longest."""
    legal = await rules.read_apart(session, WINDOW)
    bookable = Days.bookable(now, legal.on(WINDOW, local_date(now)).whole)
    return await storage.read(session, bookable, now)
