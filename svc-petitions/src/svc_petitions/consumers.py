"""Events of others: parse, call one operation."""

from datetime import date
from typing import ClassVar, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.consumer import Subscription
from hub_events.envelope import Envelope, Event
from hub_service import rules

from . import manifest
from .domain.bridge_days import EVERYWHERE, BridgeDay
from .domain.institutions import Institution
from .operations import bridge_days, institutions, petitions, sandbox


class AttributionTold(BaseModel):
    """What petitions need of something that an institution deals with."""

    topic: str
    texts: dict[str, str | None]
    keywords: dict[str, tuple[str, ...]]


class InstitutionChanged(Event):
    """What petitions need of the catalog's event; its other members are passed over."""

    subject: ClassVar[str] = "hub.catalog.institution.changed.v1"
    key_field: ClassVar[str] = "institution_id"

    institution_id: UUID
    code: str
    names: dict[str, str]
    accepts_petitions: bool
    valid_from: date
    valid_to: date | None
    # not in events of the catalog's first versions
    parent_id: UUID | None = None
    counties: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    attributions: tuple[AttributionTold, ...] = ()
    addressee: str | None = None


_DIRECTORY: Final = frozenset({"parent_id", "counties", "aliases", "attributions", "addressee"})


async def institution_changed(session: AsyncSession, told: Envelope[InstitutionChanged]) -> None:
    """Keep our copies of the institution; repeated and late events change nothing."""
    facts = told.data.model_dump(exclude={"institution_id"})
    institution_id = told.data.institution_id
    changed = {name: fact for name, fact in facts.items() if name not in _DIRECTORY}
    await institutions.keep(
        session, Institution(id=institution_id, **changed), {"id": institution_id, **facts}
    )


class BridgeDayDeclared(Event):
    """The government grants a day off; `institution_id` is none where it is granted to all."""

    subject: ClassVar[str] = "hub.passport-booking.bridge-day.declared.v1"
    key_field: ClassVar[str] = "day"

    day: date
    legal_basis: str
    institution_id: UUID | None


class BridgeDayRemoved(Event):
    """A day off was taken back."""

    subject: ClassVar[str] = "hub.passport-booking.bridge-day.removed.v1"
    key_field: ClassVar[str] = "day"

    day: date
    legal_basis: str
    institution_id: UUID | None


async def bridge_day_declared(session: AsyncSession, told: Envelope[BridgeDayDeclared]) -> None:
    """Know a day off; repeated and late events change nothing."""
    await bridge_days.keep(session, _bridge_day(told.data, is_granted=True))


async def bridge_day_removed(session: AsyncSession, told: Envelope[BridgeDayRemoved]) -> None:
    """Know that a day is none, also when that is heard first."""
    await bridge_days.keep(session, _bridge_day(told.data, is_granted=False))


def _bridge_day(told: BridgeDayDeclared | BridgeDayRemoved, *, is_granted: bool) -> BridgeDay:
    return BridgeDay(
        institution_id=told.institution_id or EVERYWHERE,
        day=told.day,
        legal_basis=told.legal_basis,
        is_granted=is_granted,
        version=told.version,
    )


class PersonMerged(Event):
    """Somebody for whom others acted has an account of their own now: the former id means the new one."""

    subject: ClassVar[str] = "hub.identity.person.merged.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID
    formerly: UUID


async def person_merged(session: AsyncSession, told: Envelope[PersonMerged]) -> None:
    """Let what is theirs follow the person; a repeated event finds nothing left to do."""
    await petitions.follow_person(session, told.data.formerly, told.data.person_id, told.time)


class SandboxPersonCreated(Event):
    """Somebody was invented for an application that is being tested."""

    subject: ClassVar[str] = "hub.identity.test-person.created.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID
    client_id: str


class SandboxPersonRemoved(Event):
    """Somebody invented is no more."""

    subject: ClassVar[str] = "hub.identity.test-person.removed.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID
    client_id: str


async def sandbox_person_created(session: AsyncSession, told: Envelope[SandboxPersonCreated]) -> None:
    """Know who is invented; whose removal was heard before is gone at once."""
    await sandbox.know(session, told.data.person_id, told.data.client_id)


async def sandbox_person_removed(session: AsyncSession, told: Envelope[SandboxPersonRemoved]) -> None:
    """Drop what somebody invented has filed; of anybody else nothing is dropped."""
    await sandbox.remove(session, told.data.person_id, told.data.client_id)


BRIDGE_DAYS: Final = Subscription(
    manifest.BRIDGE_DAYS,
    {BridgeDayDeclared: bridge_day_declared, BridgeDayRemoved: bridge_day_removed},
)
INSTITUTIONS: Final = Subscription(manifest.INSTITUTIONS, {InstitutionChanged: institution_changed})
PEOPLE: Final = Subscription(manifest.PEOPLE, {PersonMerged: person_merged})
SANDBOX: Final = Subscription(
    manifest.SANDBOX,
    {SandboxPersonCreated: sandbox_person_created, SandboxPersonRemoved: sandbox_person_removed},
)
RULES: Final = rules.subscription(manifest.RULES)
