"""Who is invented to test applications, and what they filed."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from ..tables.sandbox import SANDBOX_PEOPLE, SANDBOX_PETITIONS


async def put_person(session: AsyncSession, person_id: UUID, **told: bool) -> bool:
    """Note what was told of somebody invented; whether they are known to be, and no more."""
    new = {"person_id": person_id, "is_known": False, "is_removed": False} | told
    put = postgresql.insert(SANDBOX_PEOPLE).values(new)
    put = put.on_conflict_do_update(index_elements=["person_id"], set_=told)
    row = (await session.execute(put.returning(*SANDBOX_PEOPLE.c))).mappings().one()
    return bool(row["is_known"] and row["is_removed"])


async def is_removed(session: AsyncSession, person_id: UUID) -> bool:
    """Whether somebody invented is no more; until the transaction ends that does not change."""
    wanted = select(SANDBOX_PEOPLE.c.is_removed).where(SANDBOX_PEOPLE.c.person_id == person_id)
    return bool((await session.execute(wanted.with_for_update(read=True))).scalar())


async def forget(session: AsyncSession, person_id: UUID) -> set[UUID]:
    """Delete what a person has filed, or others for them, to test applications; nothing else can be.

    The mandates under which it was filed are given back.
    """
    table = SANDBOX_PETITIONS
    theirs = (table.c.person_id == person_id) | (table.c.acting_person_id == person_id)
    gone = await session.execute(delete(table).where(theirs).returning(table.c.mandate_id))
    return {mandate_id for mandate_id in gone.scalars() if mandate_id is not None}
