"""Events of others: parse, call one operation."""

from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.consumer import Subscription
from hub_events.envelope import Envelope, Event
from hub_service import rules

from . import manifest
from .domain.institutions import Institution
from .keys import MasterKey
from .operations import contests, driving_reports, institutions, people


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


class _OfPetition(BaseModel):
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID


class PetitionAnswered(_OfPetition, Event):
    """A petition was answered."""

    subject: ClassVar[str] = "hub.petitions.petition.answered.v1"


class PetitionClassed(_OfPetition, Event):
    """A petition was filed away."""

    subject: ClassVar[str] = "hub.petitions.petition.classed.v1"


class PetitionWithdrawn(_OfPetition, Event):
    """A petition was withdrawn."""

    subject: ClassVar[str] = "hub.petitions.petition.withdrawn.v1"


async def petition_ended(session: AsyncSession, told: Envelope[Any]) -> None:
    """Let a report be contested again; of other petitions nothing is held here."""
    await contests.end(session, told.data.petition_id, told.time)


INSTITUTIONS: Final = Subscription(manifest.INSTITUTIONS, {InstitutionChanged: institution_changed})
PETITIONS: Final = Subscription(
    manifest.PETITIONS,
    dict.fromkeys((PetitionAnswered, PetitionClassed, PetitionWithdrawn), petition_ended),
)
RULES: Final = rules.subscription(manifest.RULES)
