"""Events of others: parse, call one operation."""

from datetime import date
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_events.consumer import Subscription
from hub_events.envelope import Envelope, Event

from . import manifest
from .domain.official import Institution
from .operations import officials


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


INSTITUTIONS: Final = Subscription(manifest.INSTITUTIONS, {InstitutionChanged: institution_changed})
