"""Another service of the hub files a petition in the name of somebody who asked it to."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.language import Language

from ..domain.institutions import addressee
from ..domain.petitions import Acting, Petition, PetitionKind, Submission
from ..errors.petitions import InstitutionAcceptsNoPetitions, InstitutionUnknown
from ..storage import institutions
from ..storage import petitions as storage
from . import attachments, petitions
from .attachments import Means


@dataclass(frozen=True, slots=True, repr=False)
class File:
    """A file that belongs to it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Filed:
    """What is filed: `id` is the petition's, chosen by the service; the same one means the same petition.

    It is addressed to `institution_id`, and where that one takes no petitions to the one with
    `institution_code`.
    """

    id: UUID
    person_id: UUID
    institution_id: UUID | None
    institution_code: str
    kind: PetitionKind
    subject: str
    text: str
    language: Language
    files: Sequence[File]


async def file_once(session: AsyncSession, means: Means, filed: Filed, now: datetime) -> Petition:
    """Register it as if its person had sent it; the one that is registered already, when it comes again.

    Nothing guides it out to a special procedure: who asks for it was told before. `InstitutionUnknown`,
    `InstitutionAcceptsNoPetitions`, and what attached files are refused for.
    """
    async with session.begin():
        known = await storage.find(session, filed.id)
        if known is not None:
            return known
        institution_id = await _addressee(session, filed, now)
    uploaded = [
        await attachments.upload(session, means, filed.person_id, each.name, _whole(each.content), now)
        for each in filed.files
    ]
    submission = Submission(
        institution_id=institution_id,
        kind=filed.kind,
        subject=filed.subject,
        text=filed.text,
        language=filed.language,
        is_petition=True,
        attachment_ids=tuple(each.id for each in uploaded),
    )
    async with session.begin():
        await storage.hold(session, filed.id)
        # Files that came a second time belong to nothing, and are swept.
        known = await storage.find(session, filed.id)
        return known or await petitions.file_under(
            session, submission, Acting(filed.person_id), filed.id, now
        )


async def _addressee(session: AsyncSession, filed: Filed, now: datetime) -> UUID:
    today = local_date(now)
    if filed.institution_id is not None:
        try:
            return addressee(await institutions.find(session, filed.institution_id), today).id
        except (InstitutionUnknown, InstitutionAcceptsNoPetitions):
            pass
    return addressee(await institutions.find_by_code(session, filed.institution_code), today).id


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
