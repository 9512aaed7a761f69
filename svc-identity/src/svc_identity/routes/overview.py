"""Pages: the person's own account, its sign-ins, its language, and signing out."""

from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub_core.language import Language
from hub_service.dependencies import Now, Session
from hub_service.problems import InvalidRequest

from ..dependencies import Provider
from ..domain.authorization import answer
from ..domain.session import EndReason
from ..operations import accounts, logout, phones, sessions
from ..pages import messages, rendering
from . import forms
from .visits import LANGUAGE, SESSION, YEAR, Visitor, see_other

router = APIRouter(include_in_schema=False, redirect_slashes=False)
_HOME: Final = "/account/overview"
_SHOWN: Final = 50


@router.get("/account/style.css")
async def get_style() -> Response:
    """The one style sheet of the pages."""
    return rendering.style()


@router.get("/account/overview")
async def show_overview(visit: Visitor, session: Session, now: Now) -> Response:
    """Who is signed in, and where."""
    if visit.signed_in is None:
        return see_other("/account/sign-in")
    account = await accounts.read(session, visit.signed_in.account_id)
    found = await sessions.list_open(session, account.id, now, limit=_SHOWN)
    return visit.show(
        "overview.html",
        account=account,
        phones=await phones.read(session, visit.provider, account.id, now),
        level=messages.LEVELS[account.assurance],
        sessions=found,
        current=visit.signed_in.id,
    )


@router.post("/account/sessions/{session_id}/end")
async def end_session_by_form(session_id: UUID, visit: Visitor, session: Session, now: Now) -> Response:
    """End one of one's own sign-ins."""
    await visit.form()
    if visit.signed_in is None:
        return see_other("/account/sign-in")
    await sessions.end(session, session_id, visit.signed_in.account_id, EndReason.ENDED_BY_OWNER, now)
    if session_id == visit.signed_in.id:
        return see_other("/account/signed-out")
    return see_other(_HOME, notice="session-ended")


@router.post("/account/language")
async def choose_language(visit: Visitor, session: Session) -> Response:
    """Speak another language from now on, here and in messages to a signed-in person."""
    form = await visit.form()
    chosen = next((one for one in Language if one.value == form.get("language")), None)
    if chosen is None:
        raise InvalidRequest
    if visit.signed_in is not None:
        await accounts.choose_language(session, visit.signed_in.account_id, chosen)
    onward = see_other(_own_page(form.get("next") or ""))
    visit.keep(onward, LANGUAGE, chosen, YEAR)
    return onward


def _own_page(address: str) -> str:
    """The address, if it is one of these pages; nobody is sent elsewhere by a form."""
    parts = urlsplit(address)
    own = not parts.scheme and not parts.netloc and parts.path.startswith("/account/")
    return address if own and "\\" not in address else _HOME


@router.get("/oauth2/logout")
async def logout_by_link(request: Request, provider: Provider, session: Session) -> Response:
    """RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0): the person is asked."""
    return _ask(await logout.receive(session, provider, forms.read_query(request)))


@router.post("/oauth2/logout")
async def logout_by_form(request: Request, provider: Provider, session: Session) -> Response:
    """The same as a form."""
    return _ask(await logout.receive(session, provider, await forms.read_body(request)))


def _ask(leaving: logout.Leaving) -> Response:
    return see_other(
        "/account/sign-out",
        client_id=leaving.client_id,
        post_logout_redirect_uri=leaving.redirect_uri,
        state=leaving.state,
        ui_locales=leaving.language,
    )


@router.get("/account/sign-out")
async def show_sign_out(request: Request, visit: Visitor, session: Session) -> Response:
    """Ask whether to sign out; who is not signed in has nothing to end."""
    leaving = await logout.check(session, forms.read_query(request))
    if visit.signed_in is None:
        return _leave(leaving)
    visit.prefer(leaving.language)
    application = leaving.client.names[visit.language] if leaving.client else ""
    return visit.show("sign_out.html", sends_to=leaving.redirect_uri or "", application=application)


@router.post("/account/sign-out")
async def sign_out(request: Request, visit: Visitor, session: Session, now: Now) -> Response:
    """End the browser's session with everything that applications got from it."""
    await visit.form()
    leaving = await logout.check(session, forms.read_query(request))
    if visit.signed_in is not None:
        person_id = visit.signed_in.account_id
        await sessions.end(session, visit.signed_in.id, person_id, EndReason.SIGNED_OUT, now)
    onward = _leave(leaving)
    visit.drop(onward, SESSION)
    return onward


def _leave(leaving: logout.Leaving) -> Response:
    if leaving.redirect_uri is None:
        return see_other("/account/signed-out")
    if leaving.state is None:
        return see_other(leaving.redirect_uri)
    return see_other(answer(leaving.redirect_uri, state=leaving.state))


@router.get("/account/signed-out")
async def show_signed_out(visit: Visitor) -> Response:
    """Say that nobody is signed in here any more."""
    return see_other(_HOME) if visit.signed_in else visit.show("signed_out.html")
