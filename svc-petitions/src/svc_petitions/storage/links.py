"""Petitions that came out of others: rows in, domain values out."""

from dataclasses import asdict
from typing import Final
from uuid import UUID

from sqlalchemy import case, func, insert, literal, or_, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.links import Link, Linked, LinkKind
from ..domain.petitions import PetitionKind
from ..domain.states import PetitionState
from ..tables.files import FORWARDINGS
from ..tables.links import LINKS
from ..tables.petitions import PETITIONS

_KNOWN: Final = ("institution_id", "number", "registered_on")
_PLAIN: Final = ("petition_id", "is_origin", "answer_due_on", "ground", *_KNOWN)


async def add(session: AsyncSession, link: Link) -> None:
    """Store that one petition came out of another."""
    await session.execute(insert(LINKS), asdict(link))


async def add_complaint(session: AsyncSession, link: Link) -> bool:
    """The same of a complaint; False when the same was complained of before."""
    put = postgresql.insert(LINKS).values(asdict(link)).on_conflict_do_nothing()
    return (await session.execute(put.returning(LINKS.c.petition_id))).first() is not None


async def of_petition(session: AsyncSession, petition_id: UUID) -> list[Linked]:
    """The petitions that are linked to one: what it came out of first, then what came out of it."""
    first, other = FORWARDINGS.alias("first"), PETITIONS.alias("other")
    is_origin = LINKS.c.petition_id == petition_id
    wanted = (
        select(
            other.c.id.label("petition_id"),
            LINKS.c.kind.label("link"),
            is_origin.label("is_origin"),
            *(other.c[name] for name in ("kind", "state", "answer_due_on")),
            *(func.coalesce(first.c[name], other.c[name]).label(name) for name in _KNOWN),
            LINKS.c.ground,
        )
        .join(other, other.c.id == case((is_origin, LINKS.c.origin_id), else_=LINKS.c.petition_id))
        .outerjoin(first, (first.c.petition_id == other.c.id) & (first.c.ordinal == literal(1)))
        .where(or_(is_origin, LINKS.c.origin_id == petition_id))
        .order_by(is_origin.desc(), LINKS.c.petition_id)
    )
    return [
        Linked(
            **{name: row[name] for name in _PLAIN},
            link=LinkKind(row["link"]),
            kind=PetitionKind(row["kind"]),
            state=PetitionState(row["state"]),
        )
        for row in (await session.execute(wanted)).mappings()
    ]
