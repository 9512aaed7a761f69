"""A submission becomes a petition with a number and a term, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_events import outbox
from hub_service import rules

from ..domain import codes
from ..domain import petitions as domain
from ..domain.attachments import Guest
from ..domain.entries import Entered
from ..domain.institutions import addressee
from ..domain.petitioners import Account, Petitioner
from ..domain.registers import Direction, Line
from ..errors.attachments import AttachmentUnknown
from ..events.petitions import PetitionEntered, PetitionRegistered
from ..keys import MasterKey, Purpose
from ..storage import audiences, institutions, petitioners, registers, search
from ..storage import petitions as storage
from .attaching import attach
from .special_procedures import guide_out


async def register(
    session: AsyncSession,
    key: MasterKey,
    submission: domain.Submission,
    signed_by: Sequence[Petitioner],
    channel: domain.Channel,
    now: datetime,
    entered: Entered | None = None,
    acting: domain.Acting | None = None,
    guest: Guest | None = None,
) -> domain.Petition:
    """Enter what somebody sent, in the register and with who signed it; nobody has signed an anonymous one.

    The first signature is the one that the petition is of; `acting` says who acts for them, where somebody
    does, and `guest` who uploaded its files without an account. `SpecialProcedureApplies`,
    `InstitutionUnknown`, `InstitutionAcceptsNoPetitions`, `TooManyAttachments`, `AttachmentUnknown`.
    """
    today, petition_id = clock.local_date(now), ids.new_id()
    first = signed_by[0] if signed_by else None
    person_id = first.person_id if isinstance(first, Account) else None
    runs_from = entered.runs_from if entered else None
    await guide_out(session, submission, today)
    institution = addressee(await institutions.find(session, submission.institution_id), today)
    rule = domain.answer_rule(submission.kind)
    legal = await rules.read(session, rule)
    content = (submission.subject, submission.text, submission.language)
    await search.index(session, institution.id, petition_id, *content)
    line = Line(
        institution_id=institution.id,
        direction=Direction.IN,
        petition_id=petition_id,
        subject=submission.subject,
        correspondent=_correspondent(first),
        entered_at=now,
    )
    number = (await registers.enter(session, line)).number  # the last lock taken
    petition = domain.register(
        submission,
        petition_id=petition_id,
        acting=acting or domain.Acting(person_id),
        institution=institution,
        answer_rule=legal.on(rule, runs_from or today),
        number=number,
        now=now,
        channel=channel,
        runs_from=runs_from,
    )
    await storage.add(session, petition, entered)
    await petitioners.add_all(session, key, petition_id, signed_by, now)
    if submission.kind is domain.PetitionKind.AUDIENCE:
        await audiences.add(session, petition_id, submission.topic)
    if submission.attachment_ids:
        uploader = entered.by if entered else guest
        if uploader is None:
            raise AttachmentUnknown
        await attach(session, petition_id, submission.attachment_ids, uploader, now)
    is_filed = channel is domain.Channel.ONLINE and entered is None
    told = PetitionRegistered if is_filed else PetitionEntered
    await outbox.record(session, told.of(petition), now)
    return petition


def status_code(key: MasterKey, petition_id: UUID, length: int) -> str:
    """The code on the slip of a petition: with its number it opens how the petition stands."""
    return codes.code_of(key.digest(Purpose.CODES, f"petition:{petition_id}")[:length])


def _correspondent(petitioner: Petitioner | None) -> str:
    match petitioner:
        case None:
            return ""
        case Account(person_id):
            return str(person_id)
        case _:
            return petitioner.same
