"""Events of others: parse, call one operation."""

from datetime import date
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.consumer import Subscription
from hub_events.envelope import Envelope, Event
from hub_service import rules

from . import manifest
from .domain.institutions import Institution
from .keys import MasterKey
from .operations import driving_reports, institutions, people


class PersonMerged(Event):
    """Somebody for whom others acted has an account of their own now: the former id means the new one."""

    subject: ClassVar[str] = "hub.identity.person.merged.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID
    formerly: UUID


async def person_merged(session: AsyncSession, told: Envelope[PersonMerged]) -> None:
    """Let the record follow its person; a repeated event finds nothing left to do."""
    await people.follow_person(session, told.data.formerly, told.data.person_id)


class AccountDeleted(Event):
    """An account is gone. Its other members are passed over."""

    subject: ClassVar[str] = "hub.identity.account.deleted.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID


class InstitutionChanged(Event):
    """What reports need of the catalog's event; its other members are passed over."""

    subject: ClassVar[str] = "hub.catalog.institution.changed.v1"
    key_field: ClassVar[str] = "institution_id"

    institution_id: UUID
    code: str
    kind: str
    county: str | None
    names: dict[str, str]
    valid_from: date
    valid_to: date | None


async def institution_changed(session: AsyncSession, told: Envelope[InstitutionChanged]) -> None:
    """Keep our copy of the institution; repeated and late events change nothing."""
    facts = told.data.model_dump(exclude={"institution_id"})
    await institutions.keep(session, Institution(id=told.data.institution_id, **facts))


def people_of(key: MasterKey) -> Subscription:
    """What svc-identity tells of people, for what is sealed with these keys."""

    async def account_deleted(session: AsyncSession, told: Envelope[AccountDeleted]) -> None:
        """Take back what waits for a recording, end what links open; a repeated event finds nothing left."""
        await people.end_links(session, told.data.person_id, told.time)
        await driving_reports.cancel_all(session, key, told.data.person_id, told.time)

    return Subscription(manifest.PEOPLE, {AccountDeleted: account_deleted, PersonMerged: person_merged})


INSTITUTIONS: Final = Subscription(manifest.INSTITUTIONS, {InstitutionChanged: institution_changed})
RULES: Final = rules.subscription(manifest.RULES)
