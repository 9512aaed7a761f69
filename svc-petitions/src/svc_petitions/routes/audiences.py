"""Audiences: HTTP and nothing else."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query, Response

from hub_core.decisions import OwnCase
from hub_service import paging, policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Keys, handling, registering, registry, working
from ..domain.audiences import AudienceState
from ..errors.audiences import (
    AudienceChanged,
    AudienceNotFound,
    AudienceNotYet,
    AudiencePlaceTaken,
    AudienceStateForbids,
    FollowedUpAlready,
    NotTheHost,
    ReceivedInSitting,
    SittingCancelled,
    SittingNotFound,
    SittingNotToCome,
)
from ..errors.files import FileChanged, FileNotFound, FileStateForbids
from ..errors.handling import ConflictOfInterest, CrimeReportGoesOn
from ..errors.petitions import InstitutionAcceptsNoPetitions, InstitutionUnknown, PetitionNotFound
from ..errors.signatures import OthersSigned
from ..errors.special_procedures import SpecialProcedureApplies
from ..operations import audiences as operations
from ..operations import entries
from ..schemas.audiences import (
    AudienceView,
    DeclineAudience,
    FollowUpAudience,
    ListedAudienceView,
    OpenedAudienceView,
    PrepareAudience,
    ReplyToAudience,
    ScheduleAudience,
    WriteMinutes,
)
from ..schemas.entries import SlipView
from .petitions import READ, WRITE

router = Router(prefix="/petitions/v1", tags=["audiences"])

FileId = Annotated[schemas.Id, Path(description="The file of the petition that asks for it.")]
PetitionId = Annotated[schemas.Id, Path(description="The petition that asks for it.")]
_STEP: Final = (FileNotFound, AudienceNotFound, AudienceStateForbids, AudienceChanged, OwnCase)
_REPLY: Final = (
    *(AudienceStateForbids, AudienceChanged, SittingCancelled, SittingNotToCome),
    *(OthersSigned, CrimeReportGoesOn, FileChanged),
)
_HOST: Final = (*_STEP, NotTheHost, ConflictOfInterest)


@router.get(
    "/petitions/{petition_id}/audience",
    summary="See how your request for an audience stands",
    **policy.operation(READ, mandate=True, raises=(PetitionNotFound, AudienceNotFound)),
)
async def get_audience(
    petition_id: PetitionId, person: policy.Person, session: Session, now: Now
) -> AudienceView:
    """When and by whom you are received, and afterwards what was said and promised."""
    return AudienceView.of(await operations.read_own(session, person, petition_id, now))


@router.post(
    "/petitions/{petition_id}/audience/reply",
    summary="Say whether you come",
    **policy.operation(WRITE, mandate=True, raises=(PetitionNotFound, AudienceNotFound, *_REPLY)),
)
async def reply_to_audience(
    body: ReplyToAudience, petition_id: PetitionId, person: policy.Person, session: Session, now: Now
) -> AudienceView:
    """Confirm the hour that you were given, ask for another date, or say that you do not want it any more.

    With another date the place is free for others at once. Who cancels withdraws the petition.
    """
    return AudienceView.of(await operations.reply(session, person, petition_id, body.reply, now))


@router.get("/audiences", summary="List the requests for audiences", **working())
async def list_audiences(
    asked: paging.Asked,
    official: policy.Acting,
    session: Session,
    state: Annotated[AudienceState | None, Query(description="Only those that stand here.")] = None,
    sitting_id: Annotated[schemas.Id | None, Query(description="Only those of this sitting.")] = None,
) -> paging.Page[ListedAudienceView]:
    """The requests of your institution in the order of their filing, without a word of what they say."""
    found = await operations.listed(
        session,
        official,
        [state] if state else [],
        sitting_id,
        after=asked.after(UUID),
        limit=asked.rows,
    )
    return asked.page(found, position=lambda one: (one.audience.petition_id,), view=ListedAudienceView.of)


@router.get(
    "/files/{file_id}/audience",
    summary="Open an audience",
    **working(FileNotFound, AudienceNotFound, ConflictOfInterest, purpose.PurposeRequired),
)
async def open_audience(
    file_id: FileId, official: policy.Acting, stated: purpose.Given, session: Session, now: Now
) -> OpenedAudienceView:
    """An audience with its preparation, its minutes and its steps; who asked for it reads who opened it."""
    seen = await operations.open_audience(session, official, file_id, stated, now)
    return OpenedAudienceView.of_seen(seen)


@router.post(
    "/files/{file_id}/audience/schedule",
    summary="Give somebody a place of a sitting",
    **registry(
        *_STEP,
        *(SittingNotFound, SittingCancelled, SittingNotToCome, AudiencePlaceTaken, ReceivedInSitting),
        *(ConflictOfInterest, FileChanged),
    ),
)
async def schedule_audience(
    body: ScheduleAudience, file_id: FileId, official: policy.Acting, session: Session, now: Now
) -> ListedAudienceView:
    """Give a free place, or another one than before. The person is told, and says whether they come."""
    return ListedAudienceView.of(
        await operations.schedule(session, official, file_id, body.sitting_id, body.place, now)
    )


@router.post(
    "/files/{file_id}/audience/in-writing",
    summary="Let a request for an audience be answered in writing",
    **registry(*_STEP, FileChanged),
)
async def answer_audience_in_writing(
    file_id: FileId, official: policy.Acting, session: Session, now: Now
) -> ListedAudienceView:
    """Who comes back with the same problem is answered in writing, in the term of the petition.

    See the possible duplicates of the file. It goes on as any petition: a head gives it to a handler.
    """
    return ListedAudienceView.of(await operations.answer_in_writing(session, official, file_id, now))


@router.post(
    "/files/{file_id}/audience/decline",
    summary="Decline a request for an audience",
    **registry(*_STEP, ConflictOfInterest, FileChanged, FileStateForbids),
)
async def decline_audience(
    body: DeclineAudience, file_id: FileId, official: policy.Acting, session: Session, now: Now
) -> ListedAudienceView:
    """Decline it, with the reason: the person is told."""
    return ListedAudienceView.of(await operations.decline(session, official, file_id, body.reason, now))


@router.post(
    "/files/{file_id}/audience/reply",
    summary="Note what somebody said to the hour they were given",
    **registering(FileNotFound, AudienceNotFound, OwnCase, *_REPLY),
)
async def note_audience_reply(
    body: ReplyToAudience, file_id: FileId, official: policy.Acting, session: Session, now: Now
) -> ListedAudienceView:
    """For who has no account and says it on the telephone or at the counter."""
    return ListedAudienceView.of(await operations.reply_for(session, official, file_id, body.reply, now))


@router.put("/files/{file_id}/audience/preparation", summary="Prepare an audience", **handling(*_HOST))
async def prepare_audience(
    body: PrepareAudience, file_id: FileId, official: policy.Acting, session: Session
) -> OpenedAudienceView:
    """What whoever receives should know, in place of what was noted before; for officials alone."""
    return OpenedAudienceView.of_seen(await operations.prepare(session, official, file_id, body.text))


@router.post(
    "/files/{file_id}/audience/minutes",
    status_code=201,
    summary="Write the minutes of an audience",
    **handling(*_HOST, AudienceNotYet, FileChanged),
)
async def write_audience_minutes(
    body: WriteMinutes, file_id: FileId, official: policy.Acting, session: Session, now: Now
) -> OpenedAudienceView:
    """Who was there by function, what was said, what was promised and until when; it cannot be changed.

    Who was received reads it. The file ends with it, unless somebody answers it in writing as well.
    """
    seen = await operations.write_minutes(
        session, official, file_id, body.present, body.said, body.promised(), now
    )
    return OpenedAudienceView.of_seen(seen)


@router.post(
    "/files/{file_id}/audience/missed",
    summary="Note that somebody did not come",
    **handling(*_HOST, AudienceNotYet, FileChanged),
)
async def note_audience_missed(
    file_id: FileId, official: policy.Acting, session: Session, now: Now
) -> ListedAudienceView:
    """The request ends; who did not come may ask for another audience."""
    return ListedAudienceView.of(await operations.note_missed(session, official, file_id, now))


@router.post(
    "/files/{file_id}/audience/follow-up",
    status_code=201,
    summary="Open the petition that came of an audience",
    **registry(
        *(*_STEP, FollowedUpAlready, SpecialProcedureApplies),
        *(InstitutionUnknown, InstitutionAcceptsNoPetitions),
    ),
)
async def follow_up_audience(
    body: FollowUpAudience,
    file_id: FileId,
    official: policy.Acting,
    session: Session,
    keys: Keys,
    now: Now,
    response: Response,
) -> SlipView:
    """A petition of who was received, with a number and a term of its own, linked to the audience."""
    response.headers["cache-control"] = "no-store"
    submission = body.submission(official.institution_id)
    opened = await operations.follow_up(session, keys, official, file_id, submission, now)
    response.headers["location"] = f"{router.prefix}/files/{opened.id}/slip"
    return SlipView.of(await entries.slip_of(session, keys, official, opened.id, now))
