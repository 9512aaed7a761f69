"""The JSON API of officials: mandates that come from an act are verified, refused, and revoked."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Header, Path
from starlette.responses import Response

from hub_core.decisions import FourEyes, OwnCase
from hub_core.principal import Assurance, Role
from hub_service import paging, policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound, PreconditionFailed, PreconditionRequired
from hub_service.routing import Router

from ..dependencies import Provider
from ..domain import scopes
from ..errors.decisions import RegisterUnavailable
from ..errors.mandates import (
    IdentityNotEstablished,
    MandateDates,
    MandateServices,
    MandateState,
    NotYourOwnMandate,
    PrincipalNotThere,
    WithoutFullCapacity,
)
from ..operations import mandate_decisions
from ..schemas.accounts import shown_etag, wanted_version
from ..schemas.mandate_decisions import CaseView, WaitingView
from ..schemas.mandates import GiveReason, MandateView, OfferForInstitution, OfferView

SCOPES: Final = {scopes.MANDATES_VERIFY: "Verify mandates as an official"}
_DECIDE: Final = (Role.CLERK, Role.HEAD)
_DECISION: Final = (
    *(NotFound, MandateState, OwnCase, FourEyes),
    *(purpose.PurposeRequired, RegisterUnavailable),
)

router = Router(prefix="/identity/v1", tags=["mandates"])

MandateId = Annotated[schemas.Id, Path(description="The mandate's identifier.")]
IfMatch = Annotated[
    str | None,
    Header(max_length=64, pattern=r"^[ -~]*$", description="The ETag of the version that is decided on."),
]


@router.post(
    "/institution-mandate-offers",
    status_code=201,
    summary="Give a mandate for an institution",
    **policy.operation(
        scopes.MANDATES_VERIFY,
        assurance=Assurance.SUBSTANTIAL,
        roles=(Role.HEAD,),
        raises=(MandateServices, MandateDates),
    ),
)
async def offer_institution_mandate(
    body: OfferForInstitution, official: policy.Acting, session: Session, now: Now
) -> OfferView:
    """Let an official act for your institution: they accept with the code, a colleague verifies the act."""
    offered = await mandate_decisions.offer_for_institution(
        session, official, body.bounds(now), body.evidence_ref, now
    )
    return OfferView.of(offered, now)


@router.get(
    "/mandate-requests",
    summary="List mandates to be verified",
    **policy.operation(scopes.MANDATES_VERIFY, roles=_DECIDE),
)
async def list_mandate_requests(
    asked: paging.Asked,
    official: policy.Acting,
    session: Session,
) -> paging.Page[WaitingView]:
    """What waits for your institution, oldest first, without anybody's name."""
    found = await mandate_decisions.list_waiting(session, official, after=asked.after(UUID), limit=asked.rows)
    return asked.page(found, position=lambda mandate: (mandate.id,), view=WaitingView.of)


@router.get(
    "/mandate-requests/{mandate_id}",
    summary="See a mandate to be verified",
    **policy.operation(
        scopes.MANDATES_VERIFY,
        roles=_DECIDE,
        raises=(NotFound, purpose.PurposeRequired, RegisterUnavailable),
    ),
)
async def get_mandate_request(
    mandate_id: MandateId,
    official: policy.Acting,
    stated: purpose.Given,
    provider: Provider,
    session: Session,
    response: Response,
    now: Now,
) -> CaseView:
    """A case of your institution, with what the register says of both people. They see that you opened it."""
    case = await mandate_decisions.read_case(session, provider, official, mandate_id, stated, now)
    response.headers["etag"] = shown_etag(case.shown.mandate.version)
    return CaseView.of(case, now)


@router.post(
    "/mandate-requests/{mandate_id}/verify",
    summary="Verify a mandate",
    **policy.operation(
        scopes.MANDATES_VERIFY,
        assurance=Assurance.SUBSTANTIAL,
        roles=_DECIDE,
        raises=(
            *(*_DECISION, PreconditionFailed, PreconditionRequired),
            *(PrincipalNotThere, NotYourOwnMandate, WithoutFullCapacity, IdentityNotEstablished),
        ),
    ),
)
async def verify_mandate(
    mandate_id: MandateId,
    official: policy.Acting,
    stated: purpose.Given,
    provider: Provider,
    session: Session,
    response: Response,
    now: Now,
    if_match: IfMatch = None,
) -> MandateView:
    """Say that the act is in order and names both people: the mandate is in force from its first day."""
    shown = await mandate_decisions.verify(
        session, provider, official, mandate_id, _version(if_match), stated, now
    )
    response.headers["etag"] = shown_etag(shown.mandate.version)
    return MandateView.of(shown, now)


@router.post(
    "/mandate-requests/{mandate_id}/refuse",
    summary="Refuse a mandate",
    **policy.operation(
        scopes.MANDATES_VERIFY,
        assurance=Assurance.SUBSTANTIAL,
        roles=_DECIDE,
        raises=(*_DECISION, PreconditionFailed, PreconditionRequired),
    ),
)
async def refuse_mandate(
    mandate_id: MandateId,
    body: GiveReason,
    official: policy.Acting,
    stated: purpose.Given,
    provider: Provider,
    session: Session,
    response: Response,
    now: Now,
    if_match: IfMatch = None,
) -> MandateView:
    """Refuse a mandate, with the reason that both people can read."""
    shown = await mandate_decisions.refuse(
        session, provider, official, mandate_id, _version(if_match), stated, body.reason, now
    )
    response.headers["etag"] = shown_etag(shown.mandate.version)
    return MandateView.of(shown, now)


@router.post(
    "/mandate-requests/{mandate_id}/revoke",
    summary="Revoke a mandate as an official",
    **policy.operation(
        scopes.MANDATES_VERIFY,
        assurance=Assurance.SUBSTANTIAL,
        roles=(*_DECIDE, Role.ADMIN),
        raises=_DECISION,
    ),
)
async def revoke_mandate_as_official(
    mandate_id: MandateId,
    body: GiveReason,
    official: policy.Acting,
    stated: purpose.Given,
    provider: Provider,
    session: Session,
    now: Now,
) -> MandateView:
    """End a mandate in force at once, with the reason: the act was annulled, a court decided otherwise.

    Administrators of the hub do so for any mandate, also one that a register gave.
    """
    shown = await mandate_decisions.revoke(session, provider, official, mandate_id, stated, body.reason, now)
    return MandateView.of(shown, now)


def _version(if_match: str | None) -> int:
    if if_match is None:
        raise PreconditionRequired
    version = wanted_version(if_match)
    if version is None:
        raise PreconditionFailed
    return version
