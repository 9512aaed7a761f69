"""Where files were before: rows in, domain values out."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.handling import Forwarding
from ..tables.files import FORWARDINGS


async def add(session: AsyncSession, forwarding: Forwarding) -> None:
    """Store that a file was sent on."""
    await session.execute(insert(FORWARDINGS), asdict(forwarding))


async def institutions_before(session: AsyncSession, petition_id: UUID) -> Sequence[UUID]:
    """Which institutions have sent a file on, in order."""
    wanted = select(FORWARDINGS.c.institution_id).where(FORWARDINGS.c.petition_id == petition_id)
    return (await session.execute(wanted.order_by(FORWARDINGS.c.ordinal))).scalars().all()


async def of_petition(session: AsyncSession, petition_id: UUID) -> Sequence[Forwarding]:
    """Each time a file was sent on, in order."""
    wanted = select(FORWARDINGS).where(FORWARDINGS.c.petition_id == petition_id)
    found = await session.execute(wanted.order_by(FORWARDINGS.c.ordinal))
    return [Forwarding(**row) for row in found.mappings()]


async def sent_by(
    session: AsyncSession, institution_id: UUID, *, before: tuple[int, int] | None, limit: int
) -> Sequence[Forwarding]:
    """What an institution has sent on, by year and number in its register, the last first."""
    table = FORWARDINGS
    wanted = select(table).where(table.c.institution_id == institution_id)
    if before is not None:
        wanted = wanted.where(tuple_(table.c.year, table.c.number) < tuple_(*before))
    found = await session.execute(wanted.order_by(table.c.year.desc(), table.c.number.desc()).limit(limit))
    return [Forwarding(**row) for row in found.mappings()]
