"""Licences that were taken away and given back: rows in, domain values out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.statements import Part
from hub_service.database import Statement

from ..domain.licence_steps import LicenceStep, Step, ordered
from ..tables.licence_steps import LICENCE_STEPS

_DRIVER: Final = select(LICENCE_STEPS.c.id, LICENCE_STEPS.c.step, LICENCE_STEPS.c.fact_on).where(
    LICENCE_STEPS.c.driver_id == bindparam("of_driver")
)
_OF_DRIVER: Final = Part(_DRIVER)
_OF_DRIVER_APART: Final = Statement(_DRIVER)


async def of_driver(session: AsyncSession, driver_id: UUID) -> Sequence[LicenceStep]:
    """Every step of a driver's licence, in their order."""
    return _steps(await _OF_DRIVER.all(session, of_driver=driver_id))


async def of_driver_apart(session: AsyncSession, driver_id: UUID) -> Sequence[LicenceStep]:
    """The same for who has no transaction."""
    return _steps(await _OF_DRIVER_APART.all(session, of_driver=driver_id))


async def add(
    session: AsyncSession,
    driver_id: UUID,
    made: LicenceStep,
    now: datetime,
    recorded_by: UUID | None = None,
    institution_id: UUID | None = None,
) -> bool:
    """Record a step; false when one with its id is there already."""
    added = await session.execute(
        insert(LICENCE_STEPS)
        .values(
            driver_id=driver_id,
            id=made.id,
            step=made.step.value,
            fact_on=made.on,
            recorded_by=recorded_by,
            institution_id=institution_id,
            recorded_at=now,
        )
        .on_conflict_do_nothing(index_elements=["driver_id", "id"])
        .returning(LICENCE_STEPS.c.id)
    )
    return added.scalar_one_or_none() is not None


def _steps(rows: Sequence[Any]) -> Sequence[LicenceStep]:
    return ordered(LicenceStep(row["id"], Step(row["step"]), row["fact_on"]) for row in rows)
