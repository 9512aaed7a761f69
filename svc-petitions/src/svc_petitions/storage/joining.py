"""Petitions that are joined: which belong together, and which lead."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.files import File
from ..tables.petitioners import PETITIONERS
from ..tables.petitions import PETITIONS

_LED = PETITIONS.alias("led")
_LEADER = PETITIONS.alias("leader")
_ONE = PETITIONERS.alias("one")
_OTHER = PETITIONERS.alias("other")


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


async def leads(session: AsyncSession, file: File) -> bool:
    """Whether others are joined to a file."""
    return bool((await session.execute(select(exists().where(_LED.c.leader_id == file.id)))).scalar())


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
