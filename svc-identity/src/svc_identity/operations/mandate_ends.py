"""Every way a mandate ends, with all that hangs on it."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_events import outbox

from ..domain import mandate as mandates
from ..domain import mandate_guard, mandate_type
from ..domain.mandate import EndCause, Mandate, State
from ..domain.mandate_guard import Side, Wish
from ..domain.session import EndReason
from ..events.mandates import MandateEnded
from ..storage import grants
from ..storage import mandates as storage
from ..storage import sessions as session_storage
from . import sessions

_AT_ONCE: Final = 100
"""Mandates that one transaction of the clock ends."""


async def end_of_dead(session: AsyncSession, person_id: UUID, now: datetime) -> None:
    """End every mandate of a person who has died, inside the caller's transaction."""
    for mandate in await storage.lock_of_person(session, person_id):
        is_principal = mandate.principal_id == person_id
        cause = EndCause.DEATH_OF_PRINCIPAL if is_principal else EndCause.DEATH_OF_REPRESENTATIVE
        await end_locked(session, mandate, cause, now)


async def end_of_account(session: AsyncSession, person_id: UUID, now: datetime) -> None:
    """End the mandates of a person who deletes their account, inside the caller's transaction.

    Nobody acts without an account, and nobody is left acting whom the principal can no longer dismiss.
    Who represents the person by law goes on.
    """
    for mandate in await storage.lock_of_person(session, person_id):
        side = Side.PRINCIPAL if mandate.principal_id == person_id else Side.REPRESENTATIVE
        by_law = side is Side.PRINCIPAL and mandate.type not in mandate_type.BY_WILL
        if mandate.state is State.ACTIVE and by_law:
            continue
        wish = Wish.REVOKE if mandate.state is State.ACTIVE else Wish.WITHDRAW
        await end_locked(
            session, mandate, mandate_guard.cause_of_wish(mandate, side, wish), now, by=person_id
        )


async def forget_principal(session: AsyncSession, person_id: UUID, now: datetime) -> None:
    """Have every token in a person's name asked for anew, inside the caller's transaction.

    The person has another id now: what was resolved before names the former one.
    """
    for mandate in await storage.lock_of_person(session, person_id):
        if mandate.principal_id == person_id:
            for session_id in await grants.sessions_under(session, mandate.id):
                held = await session_storage.lock(session, session_id)
                if held is not None:
                    await sessions.tell_revoked(session, held, EndReason.PRINCIPAL_MERGED, now)


async def end_locked(
    session: AsyncSession,
    mandate: Mandate,
    cause: EndCause,
    now: datetime,
    *,
    by: UUID | None = None,
    reason: str = "",
) -> Mandate:
    """End a mandate that the caller has locked, with every token under it; `MandateState`.

    The revocations are told in the same transaction, so that the gateway forgets those tokens at once.
    """
    ended = mandates.end(mandate, cause, now, by=by, reason=reason)
    await storage.store(session, ended)
    locked = [
        await session_storage.lock(session, session_id)
        for session_id in await grants.sessions_under(session, mandate.id)
    ]
    await grants.end_under(session, mandate.id, EndReason.MANDATE_ENDED, now)
    for one in locked:
        if one is not None:
            await sessions.tell_revoked(session, one, EndReason.MANDATE_ENDED, now)
    await outbox.record(session, MandateEnded.of(ended), now)
    return ended


async def expire(session: AsyncSession, now: datetime) -> int:
    """End what is past its last day, and offers that nobody accepted in time; how many they were."""
    today = clock.local_date(now)
    count = 0
    while True:
        async with session.begin():
            past = await storage.lock_past(session, today, now, _AT_ONCE)
            for mandate in past:
                await end_locked(session, mandate, _cause_of_time(mandate, today), now)
        count += len(past)
        if len(past) < _AT_ONCE:
            return count


def _cause_of_time(mandate: Mandate, today: date) -> EndCause:
    if mandate.valid_to is None or today <= mandate.valid_to:
        return EndCause.NOT_ACCEPTED
    return EndCause.FULL_AGE if mandate.type in mandate_type.OF_MINORS else EndCause.TERM


async def next_end(session: AsyncSession, now: datetime, longest: timedelta) -> timedelta:
    """How long nothing ends by itself: at most `longest`, never less than nothing."""
    async with session.begin():
        last_day = await storage.next_last_day(session)
    if last_day is None:
        return longest
    return min(max(mandates.midnight_after(last_day) - now, timedelta()), longest)
