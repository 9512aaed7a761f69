"""Pages: signing in, and agreeing to what an application asks for."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub_service.dependencies import Now, Session
from hub_service.problems import MalformedRequest, NotFound

from ..dependencies import Address
from ..domain import login_name, rules, scopes
from ..domain.authorization import Step
from ..domain.rules import RuleId
from ..operations import accounts, authorization
from ..operations import sign_in as operations
from ..operations.authorization import Reached
from ..operations.sign_in import Attempt
from ..pages import messages
from . import forms
from .visits import DEVICE, LANGUAGE, SESSION, YEAR, Visit, Visitor, see_other

router = APIRouter(include_in_schema=False, redirect_slashes=False)


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
        return see_other("/account/overview") if visit.signed_in else _sign_in(visit, None, "", {}, 200)
    if "again" in visit.request.query_params:  # by other means, or with another account
        reached = await authorization.look(session, request_id, now)
        return _sign_in(visit, reached, "", {}, 200)
    reached = await authorization.advance(session, visit.provider, request_id, visit.signed_in, now)
    if reached.step is not Step.SIGN_IN:
        return _go_on(reached)
    return _sign_in(visit, reached, _prefilled(reached.authorization.login_hint), {}, 200)


@router.post("/account/sign-in")
async def sign_in(request: Request, visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Sign in; the browser gets a new session secret and is remembered as known."""
    form = await visit.form()
    attempt = Attempt(
        email=form.get("email") or "",
        password=form.get("password") or "",
        address=address,
        user_agent=request.headers.get("user-agent", ""),
        device_cookie=visit.cookie(DEVICE),
        session_secret=visit.cookie(SESSION),
    )
    signed_in = await operations.sign_in(session, visit.provider, attempt, now)
    request_id = visit.query_id("request")
    if signed_in is None:
        reached = None
        if request_id is not None:
            reached = await authorization.look(session, request_id, now)
        return _sign_in(visit, reached, attempt.email, {"email": messages.WRONG_CREDENTIALS}, 422)
    onward = (
        see_other("/account/sign-in", request=request_id) if request_id else see_other("/account/overview")
    )
    visit.keep(onward, SESSION, signed_in.session_secret)
    known_for = rules.duration(RuleId.DEVICE_KNOWN, now)
    visit.keep(onward, DEVICE, signed_in.device_cookie, int(known_for.total_seconds()))
    if not visit.cookie(LANGUAGE):
        visit.keep(onward, LANGUAGE, signed_in.language, YEAR)
    return onward


def _sign_in(
    visit: Visit, reached: Reached | None, email: str, errors: dict[str, str], status: int
) -> Response:
    if reached is not None:
        visit.prefer(reached.authorization.language)
    return visit.show(
        "sign_in.html",
        status=status,
        sends_to=reached.authorization.redirect_uri if reached else "",
        application=reached.client.names[visit.language] if reached else "",
        request_id=reached.authorization.id if reached else None,
        email=email,
        errors=errors,
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
