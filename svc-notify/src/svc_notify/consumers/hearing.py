"""What every handler does with what it hears."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_events import trace
from hub_events.envelope import Envelope

from ..domain.deliveries import Delivery
from ..domain.messages import Cause

Wake: TypeAlias = Callable[[Sequence[Delivery]], None]
"""Tells the senders what was queued."""


def day(heard: Envelope[Any]) -> str:
    """The legal date of what was heard."""
    return clock.local_date(heard.time).isoformat()


def cause(heard: Envelope[Any]) -> Cause:
    """The event as what a message is about."""
    return Cause(heard.id, heard.time, trace.current() or heard.traceparent)


def wake_after_commit(session: AsyncSession, wake: Wake, queued: Sequence[Delivery]) -> None:
    """Call `wake` with what was queued once it is committed."""
    if queued:
        event.listen(session.sync_session, "after_commit", lambda _: wake(queued), once=True)
