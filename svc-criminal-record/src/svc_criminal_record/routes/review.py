"""The review by officers: HTTP and nothing else."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from hub_core.clock import local_date
from hub_core.decisions import FourEyes, OwnCase
from hub_service import paging, policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound, ServiceUnavailable
from hub_service.routing import Router

from ..dependencies import Issuing, deciding
from ..domain.review import Queued
from ..domain.states import State
from ..errors.certificates import DocumentsUnavailable, SealOutOfForce
from ..errors.registers import RecordsUnavailable
from ..errors.review import (
    ChangedSince,
    ClaimedByColleague,
    MatchNotFound,
    NotClaimed,
    NotInReview,
)
from ..operations import review as operations
from ..schemas.review import (
    DecidedRequestView,
    InviteToCounter,
    IssueCertificate,
    OpenedRequestView,
    QueuedRequestView,
    RefuseRequest,
)

_FOUND: Final = (NotFound, NotInReview)
_HELD: Final = (*_FOUND, NotClaimed, OwnCase, purpose.PurposeRequired)

router = Router(prefix="/criminal-record/v1/reviews", tags=["review"])

RequestId = Annotated[schemas.Id, Path(description="The request.")]


class Waiting(StrEnum):
    """For what a request waits."""

    MANUAL_REVIEW = "MANUAL_REVIEW"
    NEEDS_COUNTER = "NEEDS_COUNTER"


@router.get("", summary="List the requests that wait for an officer", **deciding(()))
async def list_reviews(
    asked: paging.Asked,
    official: policy.Acting,
    session: Session,
    now: Now,
    state: Annotated[
        Waiting, Query(description="For what they wait: an officer, or the person at the counter.")
    ] = Waiting.MANUAL_REVIEW,
    number: Annotated[
        int | None,
        Query(
            ge=1,
            le=2**53 - 1,
            description="The one with this number.",
            json_schema_extra={"format": "int64"},
        ),
    ] = None,
) -> paging.Page[QueuedRequestView]:
    """The queue, what is due first first. It says nothing of whose they are: opening one does."""
    position = asked.position((date, UUID))
    found = await operations.queue(
        session,
        official,
        State(state),
        now,
        number=number,
        after=(position[0], position[1]) if position else None,
        limit=asked.rows,
    )
    today = local_date(now)
    return asked.page(
        found, position=_position, view=lambda one: QueuedRequestView.of(one, official.person_id, today)
    )


@router.post(
    "/{request_id}/claim",
    summary="Take a request in hand",
    **deciding((*_FOUND, OwnCase, FourEyes, ClaimedByColleague, ServiceUnavailable)),
)
async def claim_review(
    request_id: RequestId, official: policy.Acting, means: Issuing, session: Session, now: Now
) -> QueuedRequestView:
    """Take a request in hand for a while; again, and it is held for longer. Nobody takes their own."""
    claimed = await operations.claim(session, means, official, request_id, now)
    return QueuedRequestView.of(claimed, official.person_id, local_date(now))


@router.post(
    "/{request_id}/release",
    summary="Give a request back to the queue",
    **deciding((*_FOUND, NotClaimed, OwnCase)),
)
async def release_review(
    request_id: RequestId, official: policy.Acting, means: Issuing, session: Session, now: Now
) -> QueuedRequestView:
    """Let a colleague take it."""
    released = await operations.release(session, means, official, request_id, now)
    return QueuedRequestView.of(released, official.person_id, local_date(now))


@router.get("/{request_id}", summary="Open a request in hand", **deciding(_HELD))
async def open_review(
    request_id: RequestId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Issuing,
    session: Session,
    now: Now,
) -> OpenedRequestView:
    """Whose record it is, beside what the register says. The person sees that it was opened and why."""
    opened = await operations.open_request(session, means, official, request_id, stated, now)
    return OpenedRequestView.of(opened, official.person_id, local_date(now))


@router.post(
    "/{request_id}/issue",
    summary="Issue the certificate of a request in hand",
    **deciding(
        (
            *_HELD,
            ChangedSince,
            FourEyes,
            MatchNotFound,
            RecordsUnavailable,
            SealOutOfForce,
            DocumentsUnavailable,
            ServiceUnavailable,
        )
    ),
)
async def issue_reviewed_certificate(
    body: IssueCertificate,
    request_id: RequestId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Issuing,
    session: Session,
    now: Now,
) -> DecidedRequestView:
    """Say which record is the holder's; the register is asked again, and the certificate says what it says.

    Where two have to agree the first choice waits for a second officer, who chooses without seeing it.
    """
    visit = body.visit.value() if body.visit else None
    outcome = await operations.issue(session, means, official, request_id, body.match, visit, stated, now)
    return DecidedRequestView.of(outcome, official.person_id, local_date(now))


@router.post("/{request_id}/invite", summary="Invite the person to a counter", **deciding(_HELD))
async def invite_to_counter(
    body: InviteToCounter,
    request_id: RequestId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Issuing,
    session: Session,
    now: Now,
) -> DecidedRequestView:
    """Ask the person to come to any unit's counter; the request is closed when nobody comes in time."""
    outcome = await operations.invite(session, means, official, request_id, body.reason, stated, now)
    return DecidedRequestView.of(outcome, official.person_id, local_date(now))


@router.post("/{request_id}/refuse", summary="Refuse a request in hand", **deciding(_HELD))
async def refuse_certificate_request(
    body: RefuseRequest,
    request_id: RequestId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Issuing,
    session: Session,
    now: Now,
) -> DecidedRequestView:
    """Say no with the reason; the person reads it, and how to contest it (Law 554/2004)."""
    outcome = await operations.refuse(
        session, means, official, request_id, body.reason, body.text, stated, now
    )
    return DecidedRequestView.of(outcome, official.person_id, local_date(now))


def _position(queued: Queued) -> tuple[date, UUID]:
    day = queued.counter_until if queued.state is State.NEEDS_COUNTER else queued.due_on
    return day or queued.due_on, queued.id
