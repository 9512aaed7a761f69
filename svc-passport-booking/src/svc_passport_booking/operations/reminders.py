"""The people of an appointment are reminded of it, twice; each reminder is told once."""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import outbox
from hub_service import rules

from ..domain.reminders import RULES, Reminder, Times
from ..events.appointments import AppointmentReminded
from ..storage import reminders as storage

_EARLIER: Final = timedelta(days=1)
"""By how much the quiet hours can bring a reminder forward, at most."""
_AT_ONCE: Final = 100


async def remind_due(session: AsyncSession, now: datetime) -> int:
    """Tell the reminders that are due; how many. In the quiet hours there are none.

    What was booked or moved after its reminder was due needs none.
    """
    async with session.begin():
        times = Times.of(await rules.read(session, *RULES), now)
    if times.quiet.holds(now):
        return 0
    return sum([await _remind(session, reminder, times, now) for reminder in Reminder])


async def _remind(session: AsyncSession, reminder: Reminder, times: Times, now: datetime) -> int:
    def is_due(row: RowMapping) -> bool:
        return times.due_at(reminder, row["starts_at"]) <= now

    told, until = 0, now + times.before[reminder] + _EARLIER
    while True:
        async with session.begin():
            found = await storage.lock_open(session, reminder, now, until, _AT_ONCE)
            due = list(takewhile(is_due, found))
            noted = await storage.note_done(session, reminder, due, now)
            for row in due:
                is_wanted = row["since"] <= times.due_at(reminder, row["starts_at"])
                if is_wanted and row["appointment_id"] in noted:
                    await outbox.record(session, AppointmentReminded.told({**row}, reminder), now)
                    told += 1
        if len(due) < _AT_ONCE:
            return told
