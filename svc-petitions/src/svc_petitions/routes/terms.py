"""Terms of petitions: HTTP and nothing else."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response

from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session, Texts
from hub_service.routing import Router

from ..dependencies import working
from ..errors.files import FileNotFound
from ..errors.petitions import PetitionNotFound
from ..operations import terms as operations
from ..schemas.terms import OverdueFileView, TermView, file_for_calendars
from .petitions import READ

router = Router(prefix="/petitions/v1", tags=["terms"])

PetitionId = Annotated[schemas.Id, Path(description="The petition's identifier.")]


class CalendarResponse(Response):
    """A file for calendars (RFC 5545)."""

    media_type = "text/calendar"


@router.get(
    "/petitions/{petition_id}/term",
    summary="See the term of a petition explained",
    **policy.operation(READ, mandate=True, raises=(PetitionNotFound,)),
)
async def get_petition_term(
    petition_id: PetitionId, person: policy.Person, session: Session, now: Now
) -> TermView:
    """By which day your petition is answered, and what that day follows from.

    The rule and its law, the first day, each extension with its reason, the days that are not counted, the
    last day for the institution and for you. What was sent on has a clock of its own at each institution.
    """
    timed = await operations.read_term(session, petition_id, person, now)
    return TermView.of(timed.petition.id, timed.petition.state, timed.clock, now)


@router.get(
    "/petitions/{petition_id}/calendar",
    summary="Fetch the term of a petition for your calendar",
    response_class=CalendarResponse,
    **policy.operation(READ, mandate=True, raises=(PetitionNotFound,)),
)
async def get_petition_calendar(
    petition_id: PetitionId,
    person: policy.Person,
    session: Session,
    texts: Texts,
    now: Now,
    request: Request,
) -> Response:
    """The last day for the answer as an iCalendar file (RFC 5545).

    A calendar that has it already takes the later version in its place: extended, or cancelled once there is
    nothing left to wait for.
    """
    timed = await operations.read_term(session, petition_id, person, now)
    headers = {
        "cache-control": "private, no-store",
        "content-disposition": 'attachment; filename="term.ics"',
        "content-language": timed.petition.language,
        "x-content-type-options": "nosniff",
    }
    origin = request.app.state.hub.settings.public_origin
    return CalendarResponse(file_for_calendars(timed, texts, origin, now), headers=headers)


@router.get("/files/{file_id}/term", summary="See the term of a file explained", **working(FileNotFound))
async def get_file_term(
    file_id: Annotated[schemas.Id, Path(description="The file.")],
    official: policy.Acting,
    session: Session,
    now: Now,
) -> TermView:
    """By which day a file of your institution is answered, and what that day follows from.

    For the institution the stricter end counts. What the petition says is not opened by it.
    """
    file, clock = await operations.read_file_term(session, file_id, official.institution_id, now)
    return TermView.of(file.id, file.state, clock, now)


@router.get("/overdue-files", summary="List the files whose term is over", **working())
async def list_overdue_files(
    asked: paging.Asked, official: policy.Acting, session: Session, now: Now
) -> paging.Page[OverdueFileView]:
    """The open files of your institution whose last day has passed, the longest overdue first.

    A file leaves this list by its end alone; no step of anybody makes it look in time.
    """
    position = asked.position((date, UUID))
    files = await operations.list_overdue(
        session,
        official.institution_id,
        now,
        after=(position[0], position[1]) if position else None,
        limit=asked.rows,
    )
    return asked.page(
        files,
        position=lambda file: (file.answer_due_on, file.id),
        view=lambda file: OverdueFileView.of(file, now),
    )
