"""Pages: signing in, and agreeing to what an application asks for."""

from dataclasses import asdict
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub_service.dependencies import Now, Session
from hub_service.problems import MalformedRequest, NotFound

from ..dependencies import Address
from ..domain import login_name, scopes
from ..domain.authorization_step import Step
from ..operations import accounts, authorization, means, second_step
from ..operations import sign_in as operations
from ..operations.authorization import Reached
from ..operations.sign_in import Attempt, SecondStepNeeded
from ..pages import messages
from . import forms
from .visits import SECOND_STEP, Visit, Visitor, see_other

router = APIRouter(include_in_schema=False, redirect_slashes=False)

_HOME: Final = "/account/overview"
_NEXT: Final = {
    "security": "/account/security",
    "access": "/account/access",
    "privacy": "/account/privacy",
    "registrations": "/account/registrations",
}
"""Pages of ours that one comes back to after a sign-in, by the word in the address."""


@router.get("/oauth2/authorize")
async def authorize(request: Request, visit: Visitor, session: Session, now: Now) -> Response:
    """The authorization endpoint (RFC 6749, 3.1)."""
    parameters = forms.read_query(request)
    received = await authorization.receive(session, visit.provider, parameters, now)
    reached = await authorization.advance(session, visit.provider, received.id, visit.signed_in, now)
    return _go_on(reached)


@router.post("/oauth2/authorize")
async def authorize_by_form(request: Request, visit: Visitor, session: Session, now: Now) -> Response:
    """The same as a form (OpenID Connect Core, 3.1.2.1).

    It comes from the client's site, and without our cookies: who is signed in is seen at the next
    address, to which the browser brings them.
    """
    parameters = await forms.read_body(request)
    received = await authorization.receive(session, visit.provider, parameters, now)
    return see_other("/account/sign-in", request=received.id)


def _go_on(reached: Reached) -> Response:
    match reached.step:
        case Step.SIGN_IN:
            return see_other("/account/sign-in", request=reached.authorization.id)
        case Step.UNMET:
            return see_other("/account/level", request=reached.authorization.id)
        case Step.CONSENT:
            return see_other("/account/consent", request=reached.authorization.id)
        case Step.GRANT:
            return see_other(reached.location)


@router.get("/account/sign-in")
async def show_sign_in(visit: Visitor, session: Session, now: Now) -> Response:
    """The sign-in form; who needs none is sent on."""
    request_id = visit.query_id("request")
    if request_id is None:
        wanted = _NEXT.get(visit.request.query_params.get("next", ""))
        if visit.signed_in is None or (wanted and not await means.may_change(session, visit.signed_in, now)):
            return await _sign_in(visit, session, None, await _email(visit, session), {}, 200, now)
        return see_other(wanted or _HOME)
    if "again" in visit.request.query_params:  # by other means, or with another account
        reached = await authorization.look(session, request_id, now)
        return await _sign_in(visit, session, reached, "", {}, 200, now)
    reached = await authorization.advance(session, visit.provider, request_id, visit.signed_in, now)
    if reached.step is not Step.SIGN_IN:
        return _go_on(reached)
    email = _prefilled(reached.authorization.login_hint)
    return await _sign_in(visit, session, reached, email, {}, 200, now)


async def _email(visit: Visit, session: Session) -> str:
    """The address of who is signed in already, and is asked again."""
    if visit.signed_in is None:
        return ""
    return (await accounts.read(session, visit.signed_in.account_id)).email


@router.post("/account/sign-in")
async def sign_in(visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Sign in, or go on to the second step."""
    form = await visit.form()
    browser = visit.browser(address)
    attempt = Attempt(form.get("email") or "", form.get("password") or "", **asdict(browser))
    signed_in = await operations.sign_in(session, visit.provider, attempt, now)
    if signed_in is None:
        request_id = visit.query_id("request")
        reached = None
        if request_id is not None:
            reached = await authorization.look(session, request_id, now)
        wrong = {"email": messages.WRONG_CREDENTIALS}
        return await _sign_in(visit, session, reached, attempt.email, wrong, 422, now)
    if isinstance(signed_in, SecondStepNeeded):
        onward = see_other(f"/account/second-step{_kept(visit)}")
        visit.keep(onward, SECOND_STEP, signed_in.secret)
        return onward
    return visit.let_in(_onward(visit), signed_in, now)


def _onward(visit: Visit) -> Response:
    """Where the browser goes after a sign-in: back to the application's request, or to a page of ours."""
    request_id = visit.query_id("request")
    if request_id is not None:
        return see_other("/account/sign-in", request=request_id)
    return see_other(_NEXT.get(visit.request.query_params.get("next", ""), _HOME))


def _kept(visit: Visit) -> str:
    """What a page's address says of where the person wants to go, for the next page's address."""
    request_id = visit.query_id("request")
    if request_id is not None:
        return f"?request={request_id}"
    wanted = visit.request.query_params.get("next", "")
    return f"?next={wanted}" if wanted in _NEXT else ""


async def _sign_in(
    visit: Visit,
    session: Session,
    reached: Reached | None,
    email: str,
    errors: dict[str, str],
    status: int,
    now: Now,
) -> Response:
    if reached is not None:
        visit.prefer(reached.authorization.language)
    return visit.show(
        "sign_in.html",
        status=status,
        scripted=True,
        sends_to=reached.authorization.redirect_uri if reached else "",
        application=reached.client.names[visit.language] if reached else "",
        request_id=reached.authorization.id if reached else None,
        email=email,
        errors=errors,
        onward=_kept(visit),
        providers=visit.provider.outside.all,
        passkey_options=await second_step.request_passkey(session, visit.provider, "", visit.csrf, now),
    )


@router.get("/account/second-step")
async def show_second_step(visit: Visitor, session: Session, now: Now) -> Response:
    """What is asked for after the password."""
    return await _second_step(visit, session, {}, 200, now)


@router.post("/account/second-step")
async def take_second_step(visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Sign in with a code of the app, or a recovery code."""
    form = await visit.form()
    secret, browser = visit.cookie(SECOND_STEP), visit.browser(address)
    code = form.get("code") or ""
    signed_in = await second_step.show_code(session, visit.provider, secret, code, browser, now)
    if signed_in is None:
        return await _second_step(visit, session, {"code": messages.WRONG_ONE_TIME_CODE}, 422, now)
    return visit.let_in(_onward(visit), signed_in, now)


@router.post("/account/sign-in/passkey")
async def sign_in_with_passkey(visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Sign in with a passkey: after the password, or instead of it."""
    form = await visit.form()
    said, browser = form.get("credential") or "", visit.browser(address)
    signed_in = await second_step.show_passkey(session, visit.provider, said, browser, visit.csrf, now)
    return visit.let_in(_onward(visit), signed_in, now)


async def _second_step(
    visit: Visit, session: Session, errors: dict[str, str], status: int, now: Now
) -> Response:
    secret = visit.cookie(SECOND_STEP)
    held = await second_step.look(session, secret, now)
    if held is None:
        request_id = visit.query_id("request")
        onward = see_other("/account/sign-in", request=request_id, notice="step-over")
        visit.drop(onward, SECOND_STEP)
        return onward
    sends_to = ""
    request_id = visit.query_id("request")
    if request_id is not None:
        sends_to = (await authorization.look(session, request_id, now)).authorization.redirect_uri
    return visit.show(
        "second_step.html",
        status=status,
        scripted=bool(held.passkeys),
        sends_to=sends_to,
        means=held,
        errors=errors,
        onward=_kept(visit),
        passkey_options=await second_step.request_passkey(session, visit.provider, secret, visit.csrf, now),
    )


def _prefilled(login_hint: str | None) -> str:
    try:
        return login_name.parse(login_hint or "").address
    except ValueError:
        return ""


@router.get("/account/consent")
async def show_consent(visit: Visitor, session: Session, now: Now) -> Response:
    """What the application asks for; who has agreed before is sent on."""
    request_id = _request(visit)
    reached = await authorization.advance(session, visit.provider, request_id, visit.signed_in, now)
    if reached.step is not Step.CONSENT or visit.signed_in is None:
        return _go_on(reached)
    account = await accounts.read(session, visit.signed_in.account_id)
    visit.prefer(reached.authorization.language)
    return visit.show(
        _page(reached),
        sends_to=reached.authorization.redirect_uri,
        application=reached.client.names[visit.language],
        account=account,
        device=reached.authorization.device_id is not None,
        asked=[scopes.SCOPES[name] for name in reached.authorization.scopes],
        offices=[(one.id, one.names[visit.language]) for one in reached.offices],
        chosen=reached.authorization.institution_id,
        sandbox=reached.client.is_sandbox,
        known=reached.consented,
    )


def _page(reached: Reached) -> str:
    if not reached.is_open:
        return "sandbox_only.html"
    acts = scopes.STAFF in reached.authorization.scopes
    return "consent.html" if reached.offices or not acts else "no_office.html"


@router.post("/account/consent")
async def decide_consent(visit: Visitor, session: Session, now: Now) -> Response:
    """Agree, or not; the client gets its answer."""
    form = await visit.form()
    request_id = _request(visit)
    if form.get("decision") != "agree":
        await authorization.deny(session, request_id, now)
    if visit.signed_in is not None:
        await authorization.agree(
            session,
            request_id,
            visit.signed_in.account_id,
            now,
            institution_id=_institution(form.get("institution")),
        )
    return _go_on(await authorization.advance(session, visit.provider, request_id, visit.signed_in, now))


@router.get("/account/level")
async def show_level(visit: Visitor, session: Session, now: Now) -> Response:
    """Why the sign-in does not suffice for what the application asks, and what to do about it."""
    request_id = _request(visit)
    reached = await authorization.advance(session, visit.provider, request_id, visit.signed_in, now)
    if reached.step is not Step.UNMET or visit.signed_in is None:
        return _go_on(reached)
    account = await accounts.read(session, visit.signed_in.account_id)
    visit.prefer(reached.authorization.language)
    return visit.show(
        "level.html",
        sends_to=reached.authorization.redirect_uri,
        application=reached.client.names[visit.language],
        needed=messages.LEVELS[reached.authorization.needed],
        reached=messages.LEVELS[visit.signed_in.assurance],
        validated=account.assurance.meets(reached.authorization.needed),
        request_id=request_id,
    )


@router.post("/account/level")
async def turn_back(visit: Visitor, session: Session, now: Now) -> None:
    """Go back to the application, which is told that the level was not reached."""
    await visit.form()
    await authorization.turn_back(session, _request(visit), now)


def _institution(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise MalformedRequest from error


def _request(visit: Visit) -> UUID:
    request_id = visit.query_id("request")
    if request_id is None:
        raise NotFound
    return request_id
