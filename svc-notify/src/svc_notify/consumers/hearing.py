"""What every handler does with what it hears."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_events import trace
from hub_events.envelope import Envelope

from ..domain.deliveries import Cause
from ..domain.kinds import Lane


def day(heard: Envelope[Any]) -> str:
    """The legal date of what was heard."""
    return clock.local_date(heard.time).isoformat()


def cause(heard: Envelope[Any]) -> Cause:
    """The event as what a message is about."""
    return Cause(heard.id, heard.time, trace.current() or heard.traceparent)


def wake_after_commit(session: AsyncSession, wake: Callable[[Lane], None], lane: Lane) -> None:
    """Call `wake` for a lane once what was queued in it is committed."""
    event.listen(session.sync_session, "after_commit", lambda _: wake(lane), once=True)
