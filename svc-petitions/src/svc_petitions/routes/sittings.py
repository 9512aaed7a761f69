"""Sittings: HTTP and nothing else."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path

from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import registry, working
from ..domain.audiences import Sitting
from ..errors.audiences import (
    AudienceTooLong,
    SittingCancelled,
    SittingNotFound,
    SittingNotToCome,
    SittingTooSoon,
)
from ..operations import sittings as operations
from ..schemas.audiences import (
    CancelledSittingView,
    CancelSitting,
    OfficeSittingView,
    PublishSitting,
    SittingView,
)

router = Router(prefix="/petitions/v1", tags=["audiences"])

SittingId = Annotated[schemas.Id, Path(description="The sitting.")]
InstitutionId = Annotated[schemas.Id, Path(description="The institution.")]


def _position(sitting: Sitting) -> tuple[datetime, UUID]:
    return sitting.starts_at, sitting.id


@router.get(
    "/institutions/{institution_id}/sittings", summary="See when an institution receives", **policy.public()
)
async def list_institution_sittings(
    institution_id: InstitutionId, asked: paging.Asked, session: Session, now: Now
) -> paging.Page[SittingView]:
    """The hours to come in which dignitaries and officers receive people, the next first.

    Ask for an audience by a petition of the kind AUDIENCE; the registry gives you a place.
    """
    found = await operations.sittings_of(
        session,
        institution_id,
        now,
        after=asked.position((datetime, UUID)),
        limit=asked.rows,
        is_open=True,
    )
    return asked.page(found, position=_position, view=SittingView.of)


@router.get("/sittings", summary="List the sittings of your institution", **working())
async def list_sittings(
    asked: paging.Asked, official: policy.Acting, session: Session, now: Now
) -> paging.Page[OfficeSittingView]:
    """The sittings to come, also those that were cancelled, the next first."""
    found = await operations.sittings_of(
        session, official.institution_id, now, after=asked.position((datetime, UUID)), limit=asked.rows
    )
    return asked.page(found, position=_position, view=OfficeSittingView.of)


@router.post(
    "/sittings",
    status_code=201,
    summary="Publish hours in which somebody receives",
    **registry(SittingTooSoon, AudienceTooLong),
)
async def publish_sitting(
    body: PublishSitting, official: policy.Acting, session: Session, now: Now
) -> OfficeSittingView:
    """Publish a sitting of a dignitary or officer of your institution, by function.

    Each person is received for at most as long as the rule `audience.duration` says; people are received one
    after the other.
    """
    return OfficeSittingView.of(await operations.publish(session, official, body.wanted(), now))


@router.post(
    "/sittings/{sitting_id}/cancel",
    summary="Cancel a sitting",
    **registry(SittingNotFound, SittingCancelled, SittingNotToCome),
)
async def cancel_sitting(
    body: CancelSitting, sitting_id: SittingId, official: policy.Acting, session: Session, now: Now
) -> CancelledSittingView:
    """Cancel a sitting, with the reason: who has a place is told and offered the next of the same function.

    Where there is none, they wait for another date, and the registry sees them in its list.
    """
    return CancelledSittingView.of_cancelled(
        await operations.cancel(session, official, sitting_id, body.reason, now)
    )
