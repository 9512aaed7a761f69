"""Appointments at counters: what their people are written.

The events name no address: svc-passport-booking is asked when a message is sent, and whether it still
tells the truth then.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_events.consumer import Subscription
from hub_events.envelope import Envelope

from .. import manifest
from ..domain import formats, kinds
from ..domain.kinds import Kind
from ..operations import notices
from . import hearing
from .copies import (
    ApplicationStateChanged,
    BookingCancelled,
    BookingCodeRequested,
    BookingConfirmed,
    BookingExpired,
    BookingHeld,
    BookingMessageRequested,
    BookingMoved,
    BookingReminded,
    WaitingOffered,
    WaitingTold,
)
from .hearing import Wake

_ONLINE: Final = "ONLINE"
_PLAIN: Final = {BookingConfirmed: kinds.BOOKING_CONFIRMED, BookingReminded: kinds.BOOKING_REMINDER}


def subscription(wake: Wake) -> Subscription:
    """The consumer; `wake` is called with what was queued once that is committed."""

    async def queue(
        session: AsyncSession,
        heard: Envelope[Any],
        kind: Kind,
        about_id: UUID,
        person_id: UUID | None = None,
        variables: Mapping[str, str] | None = None,
        until: datetime | None = None,
    ) -> None:
        queued = await notices.queue_booking_notice(
            session, kind, about_id, person_id, variables or {}, hearing.cause(heard), clock.now(), until
        )
        hearing.wake_after_commit(session, wake, queued)

    async def tell(session: AsyncSession, heard: Envelope[Any]) -> None:
        kind, said, until = _news(heard.data)
        await queue(session, heard, kind, heard.data.appointment_id, heard.data.person_id, said, until)

    async def tell_of_earlier(session: AsyncSession, heard: Envelope[Any]) -> None:
        entry = heard.data
        if isinstance(entry, WaitingOffered) and entry.appointment_id:
            return
        said, until = _earlier(entry)
        await queue(session, heard, kinds.BOOKING_EARLIER, entry.entry_id, entry.person_id, said, until)

    async def tell_of_application(session: AsyncSession, heard: Envelope[ApplicationStateChanged]) -> None:
        one, kind = heard.data, kinds.APPLICATION_READY
        if one.person_id and one.state in kind.states:
            said = {"told_on": hearing.day(heard)}
            await queue(session, heard, kind, one.application_id, one.person_id, said)

    async def send_the_code(session: AsyncSession, heard: Envelope[BookingCodeRequested]) -> None:
        await queue(session, heard, kinds.BOOKING_CODE, heard.data.code_id)

    return Subscription(
        manifest.PASSPORT_BOOKING,
        {
            BookingHeld: tell,
            BookingMessageRequested: tell,
            BookingConfirmed: tell,
            BookingMoved: tell,
            BookingCancelled: tell,
            BookingExpired: tell,
            BookingReminded: tell,
            WaitingOffered: tell_of_earlier,
            WaitingTold: tell_of_earlier,
            ApplicationStateChanged: tell_of_application,
            BookingCodeRequested: send_the_code,
        },
    )


def _news(booking: Any) -> tuple[Kind, Mapping[str, str], datetime]:
    """What is written of an event, with which variables, and until when it is worth sending."""
    match booking:
        case (
            BookingHeld(channel=channel, held_until=until)
            | BookingMessageRequested(channel=channel, held_until=until)
        ):
            is_own = channel == _ONLINE
            kind = kinds.BOOKING_CONFIRM if is_own else kinds.BOOKING_OFFER
            return kind, {} if is_own else {"channel": channel}, until
        case BookingMoved(previous_starts_at=before):
            day, hour = clock.local_date(before).isoformat(), formats.hour(before)
            return kinds.BOOKING_MOVED, {"previous_on": day, "previous_hour": hour}, booking.starts_at
        case BookingCancelled(state=state):
            return kinds.BOOKING_CANCELLED, {"state": state}, booking.starts_at
        case BookingExpired(channel=channel):
            return kinds.BOOKING_EXPIRED, {"channel": channel}, booking.starts_at
        case _:
            return _PLAIN[type(booking)], {}, booking.starts_at


def _earlier(entry: WaitingOffered | WaitingTold) -> tuple[Mapping[str, str], datetime]:
    """What is written of an earlier place, and until when: it is kept, or belongs to whoever is first."""
    is_kept = isinstance(entry, WaitingOffered)
    said = {
        "earlier_on": clock.local_date(entry.starts_at).isoformat(),
        "earlier_hour": formats.hour(entry.starts_at),
        "kept": "YES" if is_kept else "NO",
    }
    return said, entry.offered_until if isinstance(entry, WaitingOffered) else entry.starts_at
