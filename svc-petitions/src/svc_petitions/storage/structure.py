"""The structure of institutions: rows in, domain values out."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.statements import Part

from ..domain.structure import Compartment, Delegation, Member
from ..tables.files import COMPARTMENTS, DELEGATIONS, MEMBERS

_COMPARTMENT: Final = Part(
    select(COMPARTMENTS).where(
        COMPARTMENTS.c.id == bindparam("compartment_id"),
        COMPARTMENTS.c.institution_id == bindparam("of_institution"),
    )
)
_MEMBER: Final = Part(
    select(MEMBERS).where(
        MEMBERS.c.institution_id == bindparam("of_institution"), MEMBERS.c.person_id == bindparam("person_id")
    )
)


async def compartments(
    session: AsyncSession, institution_id: UUID, *, after: str | None, limit: int
) -> Sequence[Compartment]:
    """Those of an institution, by their codes."""
    wanted = select(COMPARTMENTS).where(COMPARTMENTS.c.institution_id == institution_id)
    if after is not None:
        wanted = wanted.where(COMPARTMENTS.c.code > after)
    found = await session.execute(wanted.order_by(COMPARTMENTS.c.code).limit(limit))
    return [Compartment(**row) for row in found.mappings()]


async def compartment(
    session: AsyncSession, institution_id: UUID, compartment_id: UUID
) -> Compartment | None:
    """A compartment of an institution."""
    row = await _COMPARTMENT.first(session, compartment_id=compartment_id, of_institution=institution_id)
    return Compartment(**row) if row else None


async def add_compartment(session: AsyncSession, compartment: Compartment) -> bool:
    """Store a new compartment; False when its code is taken."""
    row = postgresql.insert(COMPARTMENTS).values(asdict(compartment)).on_conflict_do_nothing()
    return (await session.execute(row.returning(COMPARTMENTS.c.id))).first() is not None


async def close_compartment(session: AsyncSession, compartment_id: UUID) -> None:
    """Note that a compartment gets no more files."""
    closed = update(COMPARTMENTS).where(COMPARTMENTS.c.id == compartment_id).values(is_closed=True)
    await session.execute(closed)


async def members(
    session: AsyncSession, institution_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Member]:
    """Who works at an institution, by their ids."""
    wanted = select(MEMBERS).where(MEMBERS.c.institution_id == institution_id)
    if after is not None:
        wanted = wanted.where(MEMBERS.c.person_id > after)
    found = await session.execute(wanted.order_by(MEMBERS.c.person_id).limit(limit))
    return [Member(**row) for row in found.mappings()]


async def member(session: AsyncSession, institution_id: UUID, person_id: UUID) -> Member | None:
    """Who works there under this id."""
    row = await _MEMBER.first(session, of_institution=institution_id, person_id=person_id)
    return Member(**row) if row else None


async def put_member(session: AsyncSession, member: Member) -> None:
    """Store where somebody works, and under whom."""
    row = postgresql.insert(MEMBERS).values(asdict(member))
    await session.execute(
        row.on_conflict_do_update(
            index_elements=list(MEMBERS.primary_key),
            set_={"compartment_id": row.excluded.compartment_id, "superior_id": row.excluded.superior_id},
        )
    )


async def remove_member(session: AsyncSession, institution_id: UUID, person_id: UUID) -> bool:
    """Note that somebody works there no more; False when they did not."""
    gone = delete(MEMBERS).where(MEMBERS.c.institution_id == institution_id, MEMBERS.c.person_id == person_id)
    return (await session.execute(gone.returning(MEMBERS.c.person_id))).first() is not None


async def below(session: AsyncSession, institution_id: UUID, people: Collection[UUID]) -> set[UUID]:
    """Whoever works under one of these people, directly or not."""
    under = (
        select(MEMBERS.c.person_id)
        .where(MEMBERS.c.institution_id == institution_id, MEMBERS.c.superior_id.in_(people))
        .cte("under", recursive=True)
    )
    deeper = select(MEMBERS.c.person_id).where(
        MEMBERS.c.institution_id == institution_id, MEMBERS.c.superior_id == under.c.person_id
    )
    found = await session.execute(select(under.union(deeper).c.person_id))
    return set(found.scalars())


async def known(session: AsyncSession, institution_id: UUID, people: Collection[UUID]) -> dict[UUID, Member]:
    """Those of these people who work at the institution."""
    if not people:
        return {}
    wanted = select(MEMBERS).where(
        MEMBERS.c.institution_id == institution_id, MEMBERS.c.person_id.in_(people)
    )
    return {row["person_id"]: Member(**row) for row in (await session.execute(wanted)).mappings()}


async def delegations(
    session: AsyncSession, institution_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Delegation]:
    """Those that an institution has given, the newest first."""
    wanted = select(DELEGATIONS).where(DELEGATIONS.c.institution_id == institution_id)
    if before is not None:
        wanted = wanted.where(DELEGATIONS.c.id < before)
    found = await session.execute(wanted.order_by(DELEGATIONS.c.id.desc()).limit(limit))
    return [Delegation(**row) for row in found.mappings()]


async def delegations_to(
    session: AsyncSession, institution_id: UUID, delegate_id: UUID, day: date
) -> list[Delegation]:
    """Those that somebody has, whose last day has not passed; nobody revokes one in between."""
    wanted = select(DELEGATIONS).where(
        DELEGATIONS.c.institution_id == institution_id,
        DELEGATIONS.c.delegate_id == delegate_id,
        DELEGATIONS.c.valid_to >= day,
    )
    found = await session.execute(wanted.order_by(DELEGATIONS.c.id).with_for_update(read=True))
    return [Delegation(**row) for row in found.mappings()]


async def add_delegation(session: AsyncSession, delegation: Delegation) -> None:
    """Store a new delegation."""
    await session.execute(insert(DELEGATIONS), asdict(delegation))


async def revoke(
    session: AsyncSession, institution_id: UUID, delegation_id: UUID, now: datetime
) -> Delegation | None:
    """End a delegation at once; one that is revoked stays so since then."""
    table = DELEGATIONS
    mine = (table.c.id == delegation_id) & (table.c.institution_id == institution_id)
    await session.execute(update(table).where(mine, table.c.revoked_at.is_(None)).values(revoked_at=now))
    row = (await session.execute(select(table).where(mine))).mappings().first()
    return Delegation(**row) if row else None
