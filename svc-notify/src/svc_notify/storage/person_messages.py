"""What a person was told: their messages, each with its deliveries."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.deliveries import Delivery
from ..tables.deliveries import DELIVERIES
from ..tables.messages import MESSAGES
from . import deliveries


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
