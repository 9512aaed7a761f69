"""The auditor asks whether every place is accounted for, and whether anybody has two."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ..storage import audit as storage
from ..storage.audit import Unaccounted


@dataclass(frozen=True, slots=True)
class Findings:
    """What does not add up: slots, appointments by their places, appointments by their persons."""

    slots: Sequence[Unaccounted]
    appointments: Sequence[UUID]
    persons: Sequence[UUID]

    @property
    def are_none(self) -> bool:
        """Whether everything adds up."""
        return not (self.slots or self.appointments or self.persons)


async def audit(session: AsyncSession) -> Findings:
    """Everything that does not add up, as of one instant, while others go on booking."""
    async with session.begin():
        await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        return Findings(
            slots=await storage.slots(session),
            appointments=await storage.appointments(session),
            persons=await storage.persons(session),
        )
