"""Events of others: parse, call one operation."""

from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.consumer import Subscription
from hub_events.envelope import Envelope, Event
from hub_service import rules

from . import manifest
from .operations import people, personal_data


class PersonMerged(Event):
    """Somebody for whom others acted has an account of their own now: the former id means the new one."""

    subject: ClassVar[str] = "hub.identity.person.merged.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID
    formerly: UUID


async def person_merged(session: AsyncSession, told: Envelope[PersonMerged]) -> None:
    """Let appointments follow their person; a repeated event finds nothing left to do."""
    await people.follow_person(session, told.data.formerly, told.data.person_id)


class AccountDeleted(Event):
    """An account is gone. Its other members are passed over."""

    subject: ClassVar[str] = "hub.identity.account.deleted.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID


async def account_deleted(session: AsyncSession, told: Envelope[AccountDeleted]) -> None:
    """Keep what a law makes the offices keep, and no more; a repeated event finds nothing left to do."""
    await personal_data.erase(session, told.data.person_id)


PEOPLE: Final = Subscription(manifest.PEOPLE, {AccountDeleted: account_deleted, PersonMerged: person_merged})
RULES: Final = rules.subscription(manifest.RULES)
