"""What is held of a person, for the copy that they may ask for (GDPR art. 15 and 20).

Nothing of it is erased when an account is: sanctions are acts of the police, kept as the law says
(GDPR art. 17(3)(b)).
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.drivers import Driver
from ..keys import MasterKey
from ..storage import drivers


async def held_of(session: AsyncSession, key: MasterKey, person_id: UUID) -> Driver | None:
    """What is held of a person and of nobody else; none for who never asked for their record."""
    async with session.begin():
        return await drivers.of_person(session, key, person_id)
