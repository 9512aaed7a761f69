"""Officers record that a licence was taken away or given back."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_events import outbox
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain import licence_steps as domain
from ..domain.licence_steps import LicenceStep, Step
from ..events.ledger import LicenceChanged
from ..storage import licence_steps as storage
from . import officers
from .means import Means


async def record_step(
    session: AsyncSession,
    means: Means,
    official: Official,
    driver_id: UUID,
    step: Step,
    on: date,
    purpose: Stated,
    now: datetime,
) -> UUID:
    """Record a step; its id. `DriverNotFound`, `OwnCase`, `LicenceStands`, `LicenceDayWrong`."""
    own = await officers.own_number(means, official)
    async with session.begin():
        driver = await officers.hold(session, means, official, own, driver_id, Action.CHANGE, purpose, now)
        before = await storage.of_driver(session, driver.id)
        made = LicenceStep(ids.new_id(), step, on)
        domain.follow(before, made, local_date(now))
        await storage.add(session, driver.id, made, now, official.person_id, official.institution_id)
        told = LicenceChanged(driver_id=driver.id, person_id=driver.person_id, version=len(before) + 1)
        await outbox.record(session, told, now)
    return made.id
