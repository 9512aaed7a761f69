"""Petitions that are joined: which belong together, and which lead."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.statements import Part

from ..domain.files import File
from ..tables.petitioners import PETITIONERS
from ..tables.petitions import PETITIONS

OWN_TERM: Final = PETITIONS.c.answer_due_on
"""The last day of each as it stands."""
_LED = PETITIONS.alias("led")
_LEADER = PETITIONS.alias("leader")
_ONE = PETITIONERS.alias("one")
_OTHER = PETITIONERS.alias("other")
_LEADS: Final = Part(select(exists().where(_LED.c.leader_id == bindparam("of_leader")).label("leads")))


def like(leader: File, petition_ids: Sequence[UUID] | None) -> ColumnElement[bool]:
    """What may be joined to a file: of the same petitioner, at the same institution, leading no others.

    Of those named, or of all that have the same subject.
    """
    table = PETITIONS
    if petition_ids is None:
        subject = select(_LEADER.c.subject).where(_LEADER.c.id == leader.id).scalar_subquery()
        named: ColumnElement[bool] = table.c.subject == subject
    else:
        named = table.c.id.in_(petition_ids)
    return and_(
        table.c.institution_id == leader.institution_id,
        table.c.id != leader.id,
        named,
        _is_same(leader),
        ~exists().where(_LED.c.leader_id == table.c.id),
    )


def joined_to(leader: File) -> ColumnElement[bool]:
    """What is joined to a file."""
    return PETITIONS.c.leader_id == leader.id


def joined_and_due_before(leader: File, day: date) -> ColumnElement[bool]:
    """What is joined to a file and has a term that ends before a day."""
    return joined_to(leader) & (PETITIONS.c.answer_due_on < day)


async def one_at_a_time(session: AsyncSession, institution_id: UUID) -> None:
    """Wait until nobody else joins petitions at an institution: else one that leads might be joined."""
    lock = select(func.pg_advisory_xact_lock(func.hashtextextended(f"join:{institution_id}", 0)))
    await session.execute(lock)


async def complained_of(session: AsyncSession, leader: File) -> set[UUID]:
    """Of whom the petitions complain that are joined to a file."""
    people = select(func.unnest(PETITIONS.c.complained_of)).where(joined_to(leader)).distinct()
    return set((await session.execute(people)).scalars())


async def is_any_extended(session: AsyncSession, leader: File) -> bool:
    """Whether the term of something that is joined to a file was extended before."""
    extended = exists().where(_LED.c.leader_id == leader.id, _LED.c.extended_until.is_not(None))
    return bool((await session.execute(select(extended))).scalar())


async def leads(session: AsyncSession, file: File) -> bool:
    """Whether others are joined to a file."""
    (row,) = await _LEADS.all(session, of_leader=file.id)
    return bool(row["leads"])


async def is_same_petitioner(session: AsyncSession, petition_id: UUID, other_id: UUID) -> bool:
    """Whether two petitions are in the name of the same one."""
    by_account = exists().where(
        _LEADER.c.id == petition_id, _LED.c.id == other_id, _LEADER.c.person_id == _LED.c.person_id
    )
    by_key = exists().where(
        _ONE.c.petition_id == petition_id,
        _OTHER.c.petition_id == other_id,
        _ONE.c.same_key == _OTHER.c.same_key,
    )
    return bool((await session.execute(select(or_(by_account, by_key)))).scalar())


def _is_same(leader: File) -> ColumnElement[bool]:
    """Whether a row is in the name of the leader's petitioner; of those without an account by their key."""
    if leader.person_id is not None:
        return PETITIONS.c.person_id == leader.person_id
    keys = select(_ONE.c.same_key).where(_ONE.c.petition_id == leader.id)
    theirs = select(_OTHER.c.petition_id).where(_OTHER.c.same_key.in_(keys))
    return PETITIONS.c.id.in_(theirs)
