"""Pages: for whom a person acts, and who acts for them."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from hub_core.clock import local_date
from hub_core.principal import Assurance
from hub_service.dependencies import Now, Session
from hub_service.problems import InsufficientAssurance

from ..domain import offer_code
from ..domain.mandate import State
from ..domain.mandate_guard import Side, Wish
from ..domain.mandate_type import BY_WILL, MandateType, allowed_scopes
from ..domain.session import Session as SignedIn
from ..operations import representation
from ..pages import mandate_words
from ..schemas.mandates import OfferMandate
from .visits import Visit, Visitor, see_other, validated

router = APIRouter(include_in_schema=False, redirect_slashes=False)
_PAGE: Final = "/account/mandates"
_SIGN_IN: Final = "/account/sign-in"
_SHOWN: Final = 50
_SERVICES: Final = tuple(sorted(allowed_scopes(MandateType.DELEGATE)))


class Given(BaseModel):
    """What a person has chosen and typed so far for a mandate."""

    model_config = ConfigDict(frozen=True)

    organisation_id: str = ""
    services: tuple[str, ...] = ()
    purpose: str = ""
    valid_to: str = ""


@router.get("/account/mandates")
async def show_mandates(visit: Visitor, session: Session) -> Response:
    """Both directions, newest first."""
    if visit.signed_in is None:
        return see_other(_SIGN_IN)
    person_id = visit.signed_in.account_id
    representing, represented = [
        await representation.list_of(session, person_id, side, before=None, limit=_SHOWN)
        for side in (Side.REPRESENTATIVE, Side.PRINCIPAL)
    ]
    return visit.show(
        "mandates.html",
        representing=representing,
        represented=represented,
        types=mandate_words.TYPES,
        states=mandate_words.STATES,
        by_will=BY_WILL,
    )


@router.post("/account/mandates/{mandate_id}/end")
async def end_mandate_by_form(mandate_id: UUID, visit: Visitor, session: Session, now: Now) -> Response:
    """Revoke, renounce or withdraw a mandate, whichever its state leaves open."""
    await visit.form()
    if visit.signed_in is None:
        return see_other(_SIGN_IN)
    person_id = visit.signed_in.account_id
    shown = await representation.read(session, visit.provider, person_id, mandate_id, now)
    wish = Wish.REVOKE if shown.mandate.state is State.ACTIVE else Wish.WITHDRAW
    await representation.finish(session, visit.provider, person_id, mandate_id, wish, "", now)
    return see_other(_PAGE, notice="mandate-ended")


@router.get("/account/mandates/give")
async def show_offer(visit: Visitor, session: Session, now: Now) -> Response:
    """The form for a mandate."""
    return await _offer(visit, session, now, Given(), {})


@router.post("/account/mandates/give")
async def offer_mandate_by_form(visit: Visitor, session: Session, now: Now) -> Response:
    """Give a mandate and show its code, this once."""
    form = await visit.form()
    if visit.signed_in is None:
        return see_other(_SIGN_IN)
    _must_be_substantial(visit.signed_in)
    given = Given(
        organisation_id=form.get("organisation_id") or "",
        services=tuple(service for service in _SERVICES if form.get(service)),
        purpose=form.get("purpose") or "",
        valid_to=form.get("valid_to") or "",
    )
    chosen = {name: value for name, value in given.model_dump().items() if value}
    wanted, errors = validated(OfferMandate, {"type": MandateType.DELEGATE, "services": ()} | chosen)
    if wanted is not None and wanted.valid_to is not None and wanted.valid_to < local_date(now):
        errors["valid_to"] = mandate_words.WRONG_LAST_DAY
    if not given.services:
        errors = {"services": mandate_words.NO_SERVICE} | errors
    if wanted is None or errors:
        return await _offer(visit, session, now, given, errors)
    offered = await representation.offer(
        session,
        visit.provider,
        visit.signed_in.account_id,
        wanted.type,
        wanted.bounds(now),
        now,
        organisation_id=wanted.organisation_id,
    )
    return visit.show(
        "mandate_code.html", shown=offered.shown, code=offered.code, expires_at=offered.expires_at
    )


async def _offer(visit: Visit, session: Session, now: Now, given: Given, errors: dict[str, str]) -> Response:
    if visit.signed_in is None:
        return see_other(_SIGN_IN)
    person_id = visit.signed_in.account_id
    held = await representation.list_organisations(session, person_id, before=None, limit=_SHOWN)
    return visit.show(
        "mandate_offer.html",
        status=422 if errors else 200,
        errors=errors,
        given=given,
        strong=visit.signed_in.assurance.meets(Assurance.SUBSTANTIAL),
        organisations=[organisation for _, organisation in held],
        services=_SERVICES,
        years=await representation.usual_term(session, now),
    )


@router.post("/account/mandates/accept")
async def accept_mandate_by_form(visit: Visitor, session: Session, now: Now) -> Response:
    """Accept a mandate with its code."""
    form = await visit.form()
    if visit.signed_in is None:
        return see_other(_SIGN_IN)
    _must_be_substantial(visit.signed_in)
    code = (form.get("code") or "")[: offer_code.LONGEST]
    await representation.accept(session, visit.provider, visit.signed_in.account_id, code, now)
    return see_other(_PAGE, notice="mandate-accepted")


@router.post("/account/mandates/children")
async def register_children_by_form(visit: Visitor, session: Session, now: Now) -> Response:
    """Act for one's minor children."""
    await visit.form()
    if visit.signed_in is None:
        return see_other(_SIGN_IN)
    _must_be_substantial(visit.signed_in)
    found = await representation.register_children(session, visit.provider, visit.signed_in.account_id, now)
    return see_other(_PAGE, notice="children-registered" if found else "no-children")


def _must_be_substantial(signed_in: SignedIn) -> None:
    if not signed_in.assurance.meets(Assurance.SUBSTANTIAL):
        raise InsufficientAssurance(assurance=Assurance.SUBSTANTIAL)
