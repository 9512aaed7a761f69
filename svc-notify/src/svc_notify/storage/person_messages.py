"""What a person was told: their messages, each with its deliveries."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.channels import Channel
from ..domain.deliveries import Delivery, State
from ..tables.deliveries import DELIVERIES
from ..tables.messages import MESSAGES
from . import deliveries

_IN_INBOX: Final = (DELIVERIES.c.channel == Channel.IN_APP, DELIVERIES.c.state == State.DELIVERED)
_INBOX: Final = deliveries.SELECT.where(*_IN_INBOX)


async def find(
    session: AsyncSession, person_id: UUID, before: UUID | None, limit: int
) -> list[list[Delivery]]:
    """The deliveries of a person's messages older than `before`, by message, the newest first."""
    page = select(MESSAGES.c.id).where(MESSAGES.c.person_id == person_id)
    if before:
        page = page.where(MESSAGES.c.id < before)
    page = page.order_by(MESSAGES.c.id.desc()).limit(limit)
    found = deliveries.SELECT.where(MESSAGES.c.id.in_(page))
    rows = await session.execute(found.order_by(MESSAGES.c.id.desc(), DELIVERIES.c.id))
    return _by_message([deliveries.of(row) for row in rows.mappings()])


async def find_inbox(
    session: AsyncSession, person_id: UUID, before: UUID | None, limit: int, *, unread: bool
) -> list[Delivery]:
    """What is in a person's inbox and older than `before`, the newest first; only unread, if so wanted."""
    found = _INBOX.where(MESSAGES.c.person_id == person_id)
    if before:
        found = found.where(MESSAGES.c.id < before)
    if unread:
        found = found.where(MESSAGES.c.read_at.is_(None))
    rows = await session.execute(found.order_by(MESSAGES.c.id.desc()).limit(limit))
    return [deliveries.of(row) for row in rows.mappings()]


async def get_from_inbox(session: AsyncSession, person_id: UUID, message_id: UUID) -> Delivery | None:
    """One message of a person's inbox; none where there is no such one."""
    found = _INBOX.where(MESSAGES.c.person_id == person_id, MESSAGES.c.id == message_id)
    row = (await session.execute(found)).mappings().first()
    return deliveries.of(row) if row else None


async def find_unread(session: AsyncSession, person_id: UUID, until: UUID) -> list[UUID]:
    """The unread messages of a person's inbox up to one, locked."""
    found = (
        select(MESSAGES.c.id)
        .join(DELIVERIES)
        .where(
            MESSAGES.c.person_id == person_id,
            MESSAGES.c.read_at.is_(None),
            MESSAGES.c.id <= until,
            *_IN_INBOX,
        )
    )
    return list(await session.scalars(found.order_by(MESSAGES.c.id)))


async def count_unread(session: AsyncSession, person_id: UUID) -> int:
    """How many messages of a person's inbox are unread."""
    counted = (
        select(func.count())
        .select_from(MESSAGES.join(DELIVERIES))
        .where(MESSAGES.c.person_id == person_id, MESSAGES.c.read_at.is_(None), *_IN_INBOX)
    )
    return int(await session.scalar(counted) or 0)


async def find_all(session: AsyncSession, person_id: UUID) -> list[Delivery]:
    """Every delivery of a message to a person, the oldest first."""
    found = deliveries.SELECT.where(MESSAGES.c.person_id == person_id).order_by(DELIVERIES.c.id)
    return [deliveries.of(row) for row in (await session.execute(found)).mappings()]


async def get(session: AsyncSession, person_id: UUID, message_id: UUID) -> list[Delivery]:
    """The deliveries of one message of a person's, the first begun first; none where there is no such one."""
    found = deliveries.SELECT.where(MESSAGES.c.id == message_id, MESSAGES.c.person_id == person_id)
    rows = await session.execute(found.order_by(DELIVERIES.c.id))
    return [deliveries.of(row) for row in rows.mappings()]


def _by_message(found: Sequence[Delivery]) -> list[list[Delivery]]:
    grouped: dict[UUID, list[Delivery]] = {}
    for delivery in found:
        grouped.setdefault(delivery.message.id, []).append(delivery)
    return list(grouped.values())
