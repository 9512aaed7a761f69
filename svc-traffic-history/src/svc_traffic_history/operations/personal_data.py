"""What is held of a person, for the copy that they may ask for (GDPR art. 15 and 20).

Nothing of it is erased when an account is: sanctions are acts of the police, kept as the law says
(GDPR art. 17(3)(b)).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules

from ..keys import MasterKey
from ..storage import drivers
from . import records
from .records import Record


async def held_of(session: AsyncSession, key: MasterKey, person_id: UUID, now: datetime) -> Record | None:
    """What is held of a person and of nobody else; none for who never asked for their record."""
    async with session.begin():
        driver = await drivers.of_person(session, key, person_id)
        if driver is None:
            return None
        legal = await rules.read(session, *records.RULES)
        return await records.shown(session, driver, local_date(now), legal)
