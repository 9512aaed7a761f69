"""Pages: for whom a person acts, and who acts for them."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from hub_core.principal import Assurance
from hub_service.dependencies import Now, Session
from hub_service.problems import InsufficientAssurance

from ..domain import offer_code
from ..domain.mandate import BY_WILL, Side, State, Wish
from ..domain.session import Session as SignedIn
from ..operations import representation
from ..pages import mandate_words
from .visits import Visitor, see_other

router = APIRouter(include_in_schema=False, redirect_slashes=False)
_PAGE: Final = "/account/mandates"
_SIGN_IN: Final = "/account/sign-in"
_SHOWN: Final = 50


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
