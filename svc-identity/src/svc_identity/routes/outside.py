"""Pages: signing in, signing up and linking by an outside identity provider."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from hub_service.dependencies import Now, Session

from ..dependencies import Address
from ..domain import login_name
from ..domain.outside import Said
from ..errors.means import OutsideRefused
from ..operations import means, outside
from ..operations.means import Owner
from ..operations.outside import Arrived, Begun
from ..schemas.means import AskReset
from .visits import Visit, Visitor, see_other, validated

router = APIRouter(prefix="/account", include_in_schema=False, redirect_slashes=False)

_JOURNEY: Final = "hub_outside"
_ARRIVAL: Final = "hub_arrival"
_SECURITY: Final = "/account/security"


@router.get("/outside/{name}")
async def leave(name: str, visit: Visitor, now: Now) -> Response:
    """Send the browser to a provider; nothing is stored but in the browser."""
    begun = await outside.begin(
        visit.provider,
        name,
        visit.language,
        now,
        request_id=visit.query_id("request"),
        onward=visit.request.query_params.get("next", "")[:32],
    )
    return _gone(visit, begun)


@router.get("/security/outside/{name}")
async def leave_to_link(name: str, visit: Visitor, session: Session, now: Now) -> Response:
    """The same, to link who comes back to the account that is signed in."""
    if visit.signed_in is None or not await means.may_change(session, visit.signed_in, now):
        return see_other("/account/sign-in", next="security", notice="sign-in-again")
    begun = await outside.begin(
        visit.provider, name, visit.language, now, linker=visit.signed_in.id, onward="security"
    )
    return _gone(visit, begun)


def _gone(visit: Visit, begun: Begun) -> Response:
    onward = see_other(begun.address)
    visit.keep(onward, _JOURNEY, begun.carried)
    return onward


@router.get("/outside/{name}/return")
async def come_back(name: str, visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Where a provider sends the browser back to (RFC 6749, 4.1.2)."""
    said = visit.request.query_params
    code, state = said.get("code"), said.get("state")
    if not code or not state:
        raise OutsideRefused
    carried, browser = visit.cookie(_JOURNEY), visit.browser(address)
    came = await outside.come_back(session, visit.provider, name, carried, state, code, browser, now)
    if isinstance(came, Arrived):
        onward: Response = see_other("/account/outside-sign-up", request=came.request_id)
        visit.keep(onward, _ARRIVAL, came.carried)
    elif came.signed_in is None:
        onward = see_other(_SECURITY, notice="identity-linked")
    elif came.request_id is not None:
        onward = see_other("/account/sign-in", request=came.request_id)
    else:
        onward = see_other(_SECURITY if came.onward == "security" else "/account/overview")
    visit.drop(onward, _JOURNEY)
    if not isinstance(came, Arrived) and came.signed_in is not None:
        visit.let_in(onward, came.signed_in, now)
    return onward


@router.get("/outside-sign-up")
async def show_outside_sign_up(visit: Visitor, now: Now) -> Response:
    """The form for the e-mail address of somebody whom a provider has named."""
    return _sign_up(visit, _said(visit, now), "", {}, 200)


@router.post("/outside-sign-up")
async def sign_up_from_outside(visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Start an account without a password; a code goes to the address."""
    form = await visit.form()
    email = form.get("email") or ""
    body, errors = validated(AskReset, {"email": email})
    if body is None:
        return _sign_up(visit, _said(visit, now), email, errors, 422)
    confirmation = await outside.sign_up(
        session,
        visit.provider,
        visit.cookie(_ARRIVAL),
        login_name.parse(body.email),
        visit.language,
        address,
        now,
    )
    onward = see_other("/account/confirm", confirmation=confirmation.id, request=visit.query_id("request"))
    visit.drop(onward, _ARRIVAL)
    return onward


@router.post("/security/outside/{name}/remove")
async def remove_link_by_form(name: str, visit: Visitor, session: Session, now: Now) -> Response:
    """Be signed in by a provider no more."""
    await visit.form()
    if visit.signed_in is None or not await means.may_change(session, visit.signed_in, now):
        return see_other("/account/sign-in", next="security", notice="sign-in-again")
    owner = Owner(visit.signed_in.account_id, visit.signed_in.id)
    await means.remove_link(session, owner, name, now)
    return see_other(_SECURITY, notice="identity-removed")


def _said(visit: Visit, now: Now) -> Said:
    said = outside.arrival(visit.provider, visit.cookie(_ARRIVAL), now)
    if said is None:
        raise OutsideRefused
    return said


def _sign_up(visit: Visit, said: Said, email: str, errors: dict[str, str], status: int) -> Response:
    named = visit.provider.outside.find(said.provider)
    return visit.show(
        "outside_sign_up.html",
        status=status,
        provider=named.shown if named else said.provider,
        said=said,
        email=email,
        errors=errors,
        request_id=visit.query_id("request"),
    )
