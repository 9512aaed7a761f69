"""Addresses that sent messages back are left alone for a time."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_service import rules

from ..domain.channels import Channel
from ..errors.preferences import LiftedLately, NotSuppressed
from ..keys import MasterKey, Purpose
from ..storage import suppressions as storage

TERM_RULE: Final = "notification.suppression-term"
LIFT_RULE: Final = "notification.suppression-lift"


async def suppress(
    session: AsyncSession,
    keys: MasterKey,
    channel: Channel,
    address: str,
    reason: str,
    now: datetime,
    person_id: UUID | None = None,
) -> None:
    """Leave an address alone by a channel, in the caller's transaction; `person_id` is whose it is.

    For as long as `notification.suppression-term` says. Of the address only a keyed hash is kept.
    """
    legal = await rules.read(session, TERM_RULE)
    days = legal.on(TERM_RULE, clock.local_date(now)).whole
    await storage.put(
        session, _digest(keys, channel, address), channel, reason, now, now + timedelta(days=days), person_id
    )


async def find_suppressed(
    session: AsyncSession, keys: MasterKey, addresses: Collection[tuple[Channel, str]], now: datetime
) -> set[tuple[Channel, str]]:
    """Which of these addresses take nothing by their channel, in the caller's transaction."""
    if not addresses:
        return set()
    digests = {_digest(keys, *each): each for each in addresses}
    return {digests[found] for found in await storage.find(session, digests.keys(), now)}


async def lift(session: AsyncSession, person_id: UUID, channel: Channel, now: datetime) -> None:
    """Try a person's address again because they say that it works, once in so many hours.

    Raises `NotSuppressed`, `LiftedLately`.
    """
    async with session.begin():
        legal = await rules.read(session, LIFT_RULE)
        wait = timedelta(hours=legal.on(LIFT_RULE, clock.local_date(now)).whole)
        held = [each for each in await storage.find_of(session, person_id, now) if each.channel is channel]
        if not held:
            raise NotSuppressed
        lately = max((each.lifted_at for each in held if each.lifted_at), default=None)
        if lately is not None and lately + wait > now:
            left = int((lately + wait - now).total_seconds()) + 1
            raise LiftedLately(headers={"retry-after": str(left)})
        await storage.lift(session, person_id, channel, now)


async def lift_changed(session: AsyncSession, person_id: UUID, channel: Channel, now: datetime) -> None:
    """A person's address of a channel is another one, or was confirmed anew."""
    async with session.begin():
        await storage.lift(session, person_id, channel, now)


async def remove_expired(session: AsyncSession, now: datetime) -> None:
    """Remove what has expired."""
    async with session.begin():
        await storage.remove_expired(session, now)


def _digest(keys: MasterKey, channel: Channel, address: str) -> bytes:
    """The keyed hash of an address as it is written to, whatever its case."""
    return keys.digest(Purpose.ADDRESSES, f"{channel}:{address.strip().casefold()}")
