"""Whether every place is accounted for: asked of the tables themselves, at one instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Subquery, Table, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.states import ACTIVE, State
from ..tables.appointments import APPOINTMENTS, PERSONS, PLACES, STEPS
from ..tables.slots import RELEASES, SLOTS

_ENDED_BEFORE: Final = (State.EXPIRED, State.CANCELLED_BY_CITIZEN, State.CANCELLED_BY_OFFICE)
"""The ends with which an appointment gives its places back."""


@dataclass(frozen=True, slots=True)
class Unaccounted:
    """A slot whose places do not add up: `taken` are not what appointments have and what cools together."""

    slot_id: int
    taken: int
    capacity: int
    held: int
    cooling: int


async def slots(session: AsyncSession) -> Sequence[Unaccounted]:
    """The slots whose places do not add up, or are more than there can be."""
    held, cooling = _sums(PLACES), _sums(RELEASES)
    has, cools = func.coalesce(held.c.places, 0), func.coalesce(cooling.c.places, 0)
    wanted = (
        select(SLOTS.c.id, SLOTS.c.taken, SLOTS.c.capacity, has, cools)
        .outerjoin(held, held.c.slot_id == SLOTS.c.id)
        .outerjoin(cooling, cooling.c.slot_id == SLOTS.c.id)
        .where(or_(SLOTS.c.taken != has + cools, SLOTS.c.taken < 0, SLOTS.c.taken > SLOTS.c.capacity))
    )
    return [Unaccounted(*row) for row in await session.execute(wanted.order_by(SLOTS.c.id))]


async def appointments(session: AsyncSession) -> Sequence[UUID]:
    """The appointments that have places they gave back, or not as many places as persons.

    Fewer has only one whose people had not come: who walked in has them.
    """
    of_one = PLACES.c.appointment_id == APPOINTMENTS.c.id
    has = select(func.coalesce(func.sum(PLACES.c.places), 0)).where(of_one).scalar_subquery()
    is_over = APPOINTMENTS.c.state.in_(_ENDED_BEFORE)
    was_missed = exists().where(STEPS.c.appointment_id == APPOINTMENTS.c.id, STEPS.c.state == State.NO_SHOW)
    wanted = select(APPOINTMENTS.c.id).where(
        or_(
            is_over & (has > 0),
            ~is_over & (has > APPOINTMENTS.c.size),
            ~is_over & (has < APPOINTMENTS.c.size) & ~was_missed,
        )
    )
    return (await session.scalars(wanted.order_by(APPOINTMENTS.c.id))).all()


async def persons(session: AsyncSession) -> Sequence[UUID]:
    """The appointments whose persons may book again although it is active, or may not although it is over."""
    is_active = APPOINTMENTS.c.state.in_(tuple(ACTIVE))
    wanted = select(APPOINTMENTS.c.id).join(PERSONS).where(PERSONS.c.is_active != is_active).distinct()
    return (await session.scalars(wanted.order_by(APPOINTMENTS.c.id))).all()


def _sums(table: Table) -> Subquery:
    places = func.sum(table.c.places).label("places")
    return select(table.c.slot_id, places).group_by(table.c.slot_id).subquery()
