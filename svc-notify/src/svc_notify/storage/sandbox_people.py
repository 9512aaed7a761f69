"""Who is invented, and the one way in which messages are deleted."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..tables.people import SANDBOX_PEOPLE


async def put(session: AsyncSession, person_id: UUID, **told: object) -> None:
    """Note what was told of somebody invented."""
    new = {"person_id": person_id, "is_removed": False} | told
    noting = insert(SANDBOX_PEOPLE).values(new)
    await session.execute(noting.on_conflict_do_update(index_elements=["person_id"], set_=told))


async def lock_removed(session: AsyncSession, people: Collection[UUID]) -> set[UUID]:
    """Who of these was invented and is no more; until the transaction ends that does not change."""
    columns = SANDBOX_PEOPLE.c
    invented = select(columns.person_id, columns.is_removed).where(columns.person_id.in_(people))
    rows = await session.execute(invented.order_by(columns.person_id).with_for_update(read=True))
    return {row.person_id for row in rows if row.is_removed}


async def find_invented(session: AsyncSession, people: Collection[UUID]) -> set[UUID]:
    """Who of these is invented, and still there."""
    if not people:
        return set()
    columns = SANDBOX_PEOPLE.c
    wanted = select(columns.person_id).where(columns.person_id.in_(people), ~columns.is_removed)
    return set(await session.scalars(wanted))


async def forget_messages(session: AsyncSession, person_id: UUID) -> None:
    """Delete the messages to a person who is known to be invented, and no more; else nothing.

    The database decides: who uses it may delete no message by themselves.
    """
    await session.execute(select(func.forget_sandbox_messages(person_id)))
