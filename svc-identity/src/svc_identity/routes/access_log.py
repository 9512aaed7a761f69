"""The JSON API: who looked at my data, disputes of it, and the published roots of the log."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from hub_core.decisions import OwnCase
from hub_core.principal import Role
from hub_service import paging, policy, schemas
from hub_service import purpose as purposes
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound
from hub_service.routing import Router

from ..domain import scopes
from ..domain.dispute import State
from ..errors.privacy import AlreadyDisputed, NoOfficial, StateForbids
from ..operations import access_log, disputes
from ..operations.access_log import Period
from ..schemas.access_log import (
    AccessProofView,
    AccessRootView,
    AccessView,
    AnswerDispute,
    DisputeAccess,
    DisputeInQueueView,
    DisputeView,
    ExaminedDisputeView,
)

SCOPES: Final = {
    scopes.PRIVACY_READ: "See who looked at your data, and what you asked about them",
    scopes.PRIVACY_WRITE: "Use your rights on your data in your name",
    scopes.PRIVACY_DECIDE: "Answer people's questions about their data for your institution",
    scopes.PEOPLE_READ: "Look people up for your institution, which they will see",
}
_WATCH: Final = (Role.DPO, Role.AUDITOR)

router = Router(prefix="/identity/v1")

LineId = Annotated[schemas.Id, Path(description="The line of the log.")]
DisputeId = Annotated[schemas.Id, Path(description="The dispute's identifier.")]


@router.get(
    "/me/access-log",
    tags=["privacy"],
    summary="See who looked at your data",
    **policy.operation(scopes.PRIVACY_READ),
)
async def list_accesses(
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
    now: Now,
    since: Annotated[
        schemas.LegalDate | None, Query(description="Only from this day on, Europe/Bucharest.")
    ] = None,
    until: Annotated[schemas.LegalDate | None, Query(description="Only up to this day.")] = None,
    service: Annotated[
        str | None,
        Query(max_length=64, pattern=r"^[a-z][a-z0-9-]*$", description="Only in this service."),
    ] = None,
) -> paging.Page[AccessView]:
    """Every time somebody else opened a record of yours: as what, for which institution, why. Newest first.

    Where a law hides a check from the person it concerns, its line appears when it may be known.
    """
    found = await access_log.list_own(
        session,
        person.person_id,
        Period(since, until, service),
        now,
        before=asked.after(int),
        limit=asked.rows,
    )
    return asked.page(
        found,
        position=lambda shown: (shown.line.seq,),
        view=AccessView.of,
    )


@router.get(
    "/me/access-log/{line_id}/proof",
    tags=["privacy"],
    summary="Prove that a line stands in the log",
    **policy.operation(scopes.PRIVACY_READ, raises=(NotFound,)),
)
async def get_access_proof(
    line_id: LineId, person: policy.Person, session: Session, now: Now
) -> AccessProofView:
    """The path from a line about you to the published root of its day, from the day after on."""
    return AccessProofView.of(await access_log.prove(session, person.person_id, line_id, now))


@router.post(
    "/me/access-log/{line_id}/dispute",
    status_code=201,
    tags=["privacy"],
    summary="Dispute an access",
    **policy.operation(scopes.PRIVACY_WRITE, raises=(NotFound, NoOfficial, AlreadyDisputed)),
)
async def dispute_access(
    line_id: LineId,
    body: DisputeAccess,
    person: policy.Person,
    session: Session,
    now: Now,
    response: Response,
) -> DisputeView:
    """Say that you find an access unjustified. The institution's data protection officer has a month."""
    opened = await disputes.open_(session, person.person_id, line_id, body.reason, now)
    response.headers["location"] = f"{router.prefix}/me/access-disputes/{opened.id}"
    return DisputeView.of(opened)


@router.get(
    "/me/access-disputes",
    tags=["privacy"],
    summary="List your disputes",
    **policy.operation(scopes.PRIVACY_READ),
)
async def list_my_disputes(
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
) -> paging.Page[DisputeView]:
    """Your disputes with their answers, newest first."""
    found = await disputes.list_own(session, person.person_id, before=asked.after(UUID), limit=asked.rows)
    return asked.page(
        found,
        position=lambda dispute: (dispute.id,),
        view=DisputeView.of,
    )


@router.get(
    "/me/access-disputes/{dispute_id}",
    tags=["privacy"],
    summary="See one of your disputes",
    **policy.operation(scopes.PRIVACY_READ, raises=(NotFound,)),
)
async def get_my_dispute(dispute_id: DisputeId, person: policy.Person, session: Session) -> DisputeView:
    """A dispute of yours, with its answer."""
    return DisputeView.of(await disputes.read_own(session, person.person_id, dispute_id))


@router.post(
    "/me/access-disputes/{dispute_id}/withdraw",
    tags=["privacy"],
    summary="Take a dispute back",
    **policy.operation(scopes.PRIVACY_WRITE, raises=(NotFound, StateForbids)),
)
async def withdraw_dispute(
    dispute_id: DisputeId, person: policy.Person, session: Session, now: Now
) -> DisputeView:
    """Take back a dispute that is not answered yet."""
    return DisputeView.of(await disputes.withdraw(session, person.person_id, dispute_id, now))


@router.get(
    "/access-disputes",
    tags=["privacy-office"],
    summary="List the disputes at your institution",
    **policy.operation(scopes.PRIVACY_DECIDE, roles=_WATCH),
)
async def list_disputes(
    asked: paging.Asked,
    official: policy.Acting,
    session: Session,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
) -> paging.Page[DisputeInQueueView]:
    """The disputes that your institution has to answer, or has answered, newest first."""
    found = await disputes.list_at(session, official, state=state, before=asked.after(UUID), limit=asked.rows)
    return asked.page(
        found,
        position=lambda dispute: (dispute.id,),
        view=DisputeInQueueView.of,
    )


@router.get(
    "/access-disputes/{dispute_id}",
    tags=["privacy-office"],
    summary="Examine a dispute",
    **policy.operation(scopes.PRIVACY_DECIDE, roles=_WATCH, raises=(NotFound,)),
)
async def get_dispute(
    dispute_id: DisputeId, official: policy.Acting, purpose: purposes.Given, session: Session, now: Now
) -> ExaminedDisputeView:
    """A dispute with the access it is about and who made it. The person sees that you opened it."""
    return ExaminedDisputeView.of(await disputes.examine(session, official, dispute_id, purpose, now))


@router.post(
    "/access-disputes/{dispute_id}/answer",
    tags=["privacy-office"],
    summary="Answer a dispute",
    **policy.operation(scopes.PRIVACY_DECIDE, roles=(Role.DPO,), raises=(NotFound, OwnCase, StateForbids)),
)
async def answer_dispute(
    dispute_id: DisputeId,
    body: AnswerDispute,
    official: policy.Acting,
    purpose: purposes.Given,
    session: Session,
    now: Now,
) -> DisputeView:
    """Say whether the access was justified. Nobody answers for an access of their own."""
    return DisputeView.of(
        await disputes.answer(session, official, dispute_id, body.outcome, body.answer, purpose, now)
    )


@router.get(
    "/access-log-roots",
    tags=["privacy"],
    summary="List the roots of the access log",
    **policy.public(),
)
async def list_access_roots(
    asked: paging.Asked,
    session: Session,
) -> paging.Page[AccessRootView]:
    """One signed root for each day that is over, newest first. They say nothing of anybody.

    Whoever keeps them can tell later whether a line of such a day was changed, added or removed.
    """
    found = await access_log.list_roots(session, before=asked.after(date), limit=asked.rows)
    return asked.page(
        found,
        position=lambda root: (root.day,),
        view=AccessRootView.of,
    )


@router.get(
    "/access-log-roots/{day}",
    tags=["privacy"],
    summary="See the root of a day",
    **policy.public(raises=(NotFound,)),
)
async def get_access_root(
    day: Annotated[schemas.LegalDate, Path(description="The day, Europe/Bucharest.")], session: Session
) -> AccessRootView:
    """The signed root of one day."""
    return AccessRootView.of(await access_log.read_root(session, day))
