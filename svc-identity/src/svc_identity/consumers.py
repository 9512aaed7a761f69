"""Events of others: parse, call one operation."""

from dataclasses import fields
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_events.consumer import Subscription
from hub_events.envelope import Envelope, Event
from hub_service import access, rules

from . import manifest
from .domain.access_log import Access
from .domain.official import Institution
from .events.access import RecordAccessed
from .operations import access_log, officials


class InstitutionChanged(Event):
    """What identity needs of the catalog's event; its other members are passed over."""

    subject: ClassVar[str] = "hub.catalog.institution.changed.v1"
    key_field: ClassVar[str] = "institution_id"

    institution_id: UUID
    code: str
    names: dict[str, str]
    valid_from: date
    valid_to: date | None


async def institution_changed(session: AsyncSession, told: Envelope[InstitutionChanged]) -> None:
    """Keep our copy of the institution; repeated and late events change nothing."""
    changed = told.data
    await officials.copy_institution(
        session,
        Institution(
            id=changed.institution_id,
            code=changed.code,
            names={language: changed.names[language] for language in Language},
            valid_from=changed.valid_from,
            valid_to=changed.valid_to,
            version=changed.version,
        ),
    )


class PetitionOpened(access.Line, Event):
    """A person's petition was opened by an official or a representative."""

    subject: ClassVar[str] = "hub.petitions.record.accessed.v1"
    key_field: ClassVar[str] = "line_id"


class CriminalRecordOpened(access.Line, Event):
    """A certificate of somebody, or a request for one, was opened by an official or a representative."""

    subject: ClassVar[str] = "hub.criminal-record.record.accessed.v1"
    key_field: ClassVar[str] = "line_id"


class DriverRecordOpened(access.Line, Event):
    """The record of a driver was opened or changed by an official."""

    subject: ClassVar[str] = "hub.traffic-history.record.accessed.v1"
    key_field: ClassVar[str] = "line_id"


async def record_accessed(session: AsyncSession, told: Envelope[Any]) -> None:
    """Take an access line of any service into the log."""
    line: access.Line = told.data
    await access_log.take_in(
        session,
        Access(
            id=line.line_id,
            service=told.type.split(".")[1],
            at=told.time,
            roles=tuple(line.roles),
            **line.model_dump(include=_AS_TOLD),
        ),
    )


_AS_TOLD: Final = {field.name for field in fields(Access)} - {"id", "service", "at", "roles"}

INSTITUTIONS: Final = Subscription(manifest.INSTITUTIONS, {InstitutionChanged: institution_changed})
ACCESS: Final = (
    Subscription(manifest.OWN_ACCESS, {RecordAccessed: record_accessed}),
    Subscription(manifest.PETITIONS_ACCESS, {PetitionOpened: record_accessed}),
    Subscription(manifest.CRIMINAL_RECORD_ACCESS, {CriminalRecordOpened: record_accessed}),
    Subscription(manifest.TRAFFIC_HISTORY_ACCESS, {DriverRecordOpened: record_accessed}),
)
RULES: Final = rules.subscription(manifest.RULES)
