"""What every step of an officer keeps to: not in the own case, and in sight of whose record it is."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.decisions import OwnCase
from hub_events import outbox
from hub_service import access
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from .. import clients
from ..domain.drivers import Driver
from ..errors.registers import DriverNotFound
from ..events.access import RecordAccessed
from ..storage import drivers
from .means import Means

LEGAL_BASIS: Final = "OUG nr. 195/2002"


async def own_number(means: Means, official: Official) -> str | None:
    """The officer's own number, by which a record of theirs is told; `ServiceUnavailable`."""
    return await clients.number_of(means.identity, official.person_id)


async def hold(
    session: AsyncSession,
    means: Means,
    official: Official,
    own: str | None,
    driver_id: UUID,
    action: Action,
    purpose: Stated,
    now: datetime,
) -> Driver:
    """The driver, locked, with the access line of what is done; `DriverNotFound`, `OwnCase`."""
    driver = await drivers.lock(session, means.key, driver_id)
    if driver is None:
        raise DriverNotFound
    if own is not None and own == driver.cnp:
        raise OwnCase
    await leave_line(session, official, driver, action, purpose, now)
    return driver


async def leave_line(
    session: AsyncSession,
    official: Official,
    driver: Driver,
    action: Action,
    purpose: Stated,
    now: datetime,
) -> None:
    """Tell whose record was opened; who has no account in the hub has no log to read."""
    if driver.person_id is None:
        return
    told = access.line(
        official.principal,
        action=action,
        resource_type="driver-record",
        resource_id=driver.id,
        subject_person_id=driver.person_id,
        purpose=purpose,
        legal_basis=LEGAL_BASIS,
    )
    await outbox.record(session, RecordAccessed.of(told), now)
