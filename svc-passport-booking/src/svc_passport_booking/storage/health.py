"""How the places stand as a whole: a probe of the index of free slots for each pool."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import DateTime, and_, bindparam, func, or_, select, true

from hub_events.outbox import OUTBOX
from hub_events.session import Session
from hub_service.database import Statement

from ..domain.availability import Days
from ..domain.health import Health
from ..tables.offices import POOLS
from ..tables.slots import RELEASES, SLOTS

_INSTANT: Final = DateTime(timezone=True)


def _statement() -> Statement:
    now = bindparam("now", type_=_INSTANT)
    is_open = or_(SLOTS.c.opens_at.is_(None), SLOTS.c.opens_at <= now)
    free = and_(SLOTS.c.pool_id == POOLS.c.id, SLOTS.c.is_free, is_open, SLOTS.c.starts_at > now)
    first = (
        select(SLOTS.c.starts_at)
        .where(free, SLOTS.c.starts_at < bindparam("window_ends", type_=_INSTANT))
        .order_by(SLOTS.c.starts_at)
        .limit(1)
        .correlate(POOLS)
        .lateral("first")
    )
    places = func.coalesce(func.sum(SLOTS.c.planned - SLOTS.c.taken), 0)
    today = (
        select(places.label("places"))
        .where(free, SLOTS.c.starts_at < bindparam("day_ends", type_=_INSTANT))
        .correlate(POOLS)
        .lateral("today")
    )
    waiting = select(OUTBOX.c.recorded_at).where(OUTBOX.c.published_at.is_(None)).order_by(OUTBOX.c.seq)
    return Statement(
        select(
            func.count(POOLS.c.office_id.distinct()).label("offices"),
            func.count(POOLS.c.office_id.distinct())
            .filter(first.c.starts_at.is_not(None))
            .label("offices_free"),
            func.coalesce(func.sum(today.c.places), 0).label("free_today"),
            func.min(first.c.starts_at).label("first_free_at"),
            select(func.min(RELEASES.c.due_at)).scalar_subquery().label("release_due_at"),
            waiting.limit(1).scalar_subquery().label("event_recorded_at"),
        ).select_from(POOLS.outerjoin(first, true()).join(today, true()))
    )


_READ: Final = _statement()


async def read(session: Session, bookable: Days, now: datetime) -> Health:
    """How the places stand now, of the days that can be booked."""
    ends = Days(bookable.first, bookable.first).ends_at
    row: Any = await _READ.first(session, now=now, window_ends=bookable.ends_at, day_ends=ends)
    return Health(**{**row, "free_today": int(row["free_today"])})
