"""Events of others: parse, call one operation."""

from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.consumer import Subscription
from hub_events.envelope import Envelope, Event
from hub_service import rules

from . import manifest
from .operations import people


class PersonMerged(Event):
    """Somebody for whom others acted has an account of their own now: the former id means the new one."""

    subject: ClassVar[str] = "hub.identity.person.merged.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID
    formerly: UUID


async def person_merged(session: AsyncSession, told: Envelope[PersonMerged]) -> None:
    """Let the record follow its person; a repeated event finds nothing left to do."""
    await people.follow_person(session, told.data.formerly, told.data.person_id)


PEOPLE: Final = Subscription(manifest.PEOPLE, {PersonMerged: person_merged})
RULES: Final = rules.subscription(manifest.RULES)
