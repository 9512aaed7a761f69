"""Reminders: what is still to be told of appointments to come."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.reminders import Reminder
from ..domain.states import State
from ..tables.appointments import APPOINTMENTS, STEPS
from ..tables.reminders import REMINDERS

_FACTS = ("office_id", "type", "starts_at", "size", "person_id", "channel", "version")


async def lock_open(
    session: AsyncSession, reminder: Reminder, after: datetime, until: datetime, limit: int
) -> Sequence[RowMapping]:
    """Confirmed appointments that begin between two instants, the first ones first, locked.

    Of those whose reminder is not done: what its event says of each, and `since` when it is as it is.
    """
    columns = APPOINTMENTS.c
    since = select(func.max(STEPS.c.at)).where(STEPS.c.appointment_id == columns.id).scalar_subquery()
    done = exists().where(
        REMINDERS.c.appointment_id == columns.id,
        REMINDERS.c.reminder == reminder,
        REMINDERS.c.starts_at == columns.starts_at,
    )
    wanted = (
        select(columns.id.label("appointment_id"), *(columns[name] for name in _FACTS), since.label("since"))
        .where(columns.state == State.CONFIRMED, columns.starts_at > after, columns.starts_at <= until, ~done)
        .order_by(columns.starts_at, columns.id)
        .limit(limit)
        .with_for_update(of=APPOINTMENTS, skip_locked=True)
    )
    return (await session.execute(wanted)).mappings().all()


async def note_done(
    session: AsyncSession, reminder: Reminder, rows: Collection[RowMapping], now: datetime
) -> set[UUID]:
    """Note that a reminder is done; the appointments of which it was not noted before."""
    noted = [
        {
            "appointment_id": row["appointment_id"],
            "reminder": reminder,
            "starts_at": row["starts_at"],
            "done_at": now,
        }
        for row in rows
    ]
    if not noted:
        return set()
    adding = insert(REMINDERS).values(noted).on_conflict_do_nothing().returning(REMINDERS.c.appointment_id)
    return set(await session.scalars(adding))
