"""Who is invented to test applications, and what they filed."""

from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from ..tables.sandbox import SANDBOX_PEOPLE, SANDBOX_PETITIONS, SANDBOX_REGISTERS

_NEXT_NUMBER: Final = (
    postgresql.insert(SANDBOX_REGISTERS)
    .on_conflict_do_update(
        index_elements=list(SANDBOX_REGISTERS.primary_key),
        set_={"last_number": SANDBOX_REGISTERS.c.last_number + 1},
    )
    .returning(SANDBOX_REGISTERS.c.last_number)
)


async def next_number(session: AsyncSession, client_id: str, institution_id: UUID, year: int) -> int:
    """The next number of an application's own register, which is no institution's and has no chain."""
    first = {"client_id": client_id, "institution_id": institution_id, "year": year, "last_number": 1}
    number: int = (await session.execute(_NEXT_NUMBER, first)).scalar_one()
    return number


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
