"""Suspensions: rows in, domain values out; every move writes its step."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, insert, select, text, tuple_, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.statements import Part
from hub_service.database import Statement

from ..domain.grounds import Ground
from ..domain.suspensions import Period, State, Suspension
from ..tables.suspensions import SUSPENSION_STEPS, SUSPENSIONS

_PLAIN: Final = tuple(field.name for field in fields(Suspension) if field.name not in ("period", "state"))
_CHANGING: Final = (
    *("state", "communicated_on", "hand_in_by", "handed_in_on"),
    *("begins_on", "ends_on", "reduced_by", "days_left", "version"),
)
_DRIVER: Final = (
    select(SUSPENSIONS).where(SUSPENSIONS.c.driver_id == bindparam("of_driver")).order_by(SUSPENSIONS.c.id)
)
_OF_DRIVER: Final = Part(_DRIVER)
_OF_DRIVER_APART: Final = Statement(_DRIVER)
# Written out, as its index has it: a condition with parameters finds no partial index.
_IN_EFFECT: Final = text("state IN ('RUNNING', 'REDUCED')")


async def of_driver(session: AsyncSession, driver_id: UUID) -> Sequence[Suspension]:
    """Every suspension of a driver, as they were proposed."""
    return [_suspension(row) for row in await _OF_DRIVER.all(session, of_driver=driver_id)]


async def of_driver_apart(session: AsyncSession, driver_id: UUID) -> Sequence[Suspension]:
    """The same for who has no transaction."""
    return [_suspension(row) for row in await _OF_DRIVER_APART.all(session, of_driver=driver_id)]


async def find(session: AsyncSession, suspension_id: UUID) -> Suspension | None:
    """A suspension by id."""
    found = await session.execute(select(SUSPENSIONS).where(SUSPENSIONS.c.id == suspension_id))
    row = found.mappings().one_or_none()
    return _suspension(row) if row else None


async def in_state(
    session: AsyncSession, state: State, after: tuple[date, UUID] | None, limit: int
) -> Sequence[Suspension]:
    """Those in a state, the one whose notice is due first first."""
    place = tuple_(SUSPENSIONS.c.notice_by, SUSPENSIONS.c.id)
    asked = select(SUSPENSIONS).where(SUSPENSIONS.c.state == state.value)
    if after is not None:
        asked = asked.where(place > after)
    found = await session.execute(asked.order_by(SUSPENSIONS.c.notice_by, SUSPENSIONS.c.id).limit(limit))
    return [_suspension(row) for row in found.mappings()]


async def over(session: AsyncSession, today: date, limit: int) -> Sequence[Suspension]:
    """Some whose last day has passed, locked; those that somebody else has in hand are passed over."""
    found = await session.execute(
        select(SUSPENSIONS)
        .where(_IN_EFFECT, SUSPENSIONS.c.ends_on < today)
        .order_by(SUSPENSIONS.c.ends_on)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_suspension(row) for row in found.mappings()]


async def add(session: AsyncSession, suspension: Suspension, actor_id: UUID | None, now: datetime) -> bool:
    """Store one that is new, with its first step; false when its id is known."""
    added = await session.execute(
        postgresql.insert(SUSPENSIONS)
        .values(_values(suspension))
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(SUSPENSIONS.c.id)
    )
    if added.scalar_one_or_none() is None:
        return False
    await _step(session, suspension, suspension.fact_on, actor_id, now)
    return True


async def move(
    session: AsyncSession, moved: Suspension, fact_on: date, actor_id: UUID | None, now: datetime
) -> None:
    """Store what has become of one, with the step; the caller has locked its driver."""
    values = _values(moved)
    await session.execute(
        update(SUSPENSIONS)
        .where(SUSPENSIONS.c.id == moved.id, SUSPENSIONS.c.version == moved.version - 1)
        .values({name: values[name] for name in _CHANGING})
    )
    await _step(session, moved, fact_on, actor_id, now)


async def _step(
    session: AsyncSession, suspension: Suspension, fact_on: date, actor_id: UUID | None, now: datetime
) -> None:
    await session.execute(
        insert(SUSPENSION_STEPS).values(
            suspension_id=suspension.id,
            version=suspension.version,
            state=suspension.state.value,
            fact_on=fact_on,
            at=now,
            actor_id=actor_id,
        )
    )


def _values(suspension: Suspension) -> dict[str, Any]:
    return {name: getattr(suspension, name) for name in _PLAIN} | {
        "state": suspension.state.value,
        "grounds": [ground.value for ground in suspension.period.grounds],
        "increased": suspension.period.increased,
        "days": suspension.period.days,
    }


def _suspension(row: Any) -> Suspension:
    grounds = tuple(Ground(code) for code in row["grounds"])
    return Suspension(
        state=State(row["state"]),
        period=Period(grounds, row["increased"], row["days"]),
        **{name: row[name] for name in _PLAIN},
    )
