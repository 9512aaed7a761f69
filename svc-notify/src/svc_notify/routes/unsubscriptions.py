"""HTTP and nothing else: links that end messages, for programs that read mail and for people."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from hub_service import policy, routing, visits
from hub_service.dependencies import Lang, Now, Session

from ..dependencies import MasterKey
from ..errors.preferences import UnsubscriptionNotFound
from ..operations import unsubscribing as operations
from ..pages import unsubscribing as rendering
from ..pages.unsubscribing import UnsubscribePage
from ..schemas.preferences import Unsubscription

_ONE_CLICK: Final[dict[str, Any]] = {
    "requestBody": {
        "description": "As programs that read mail send it (RFC 8058); what it says is not looked at.",
        "required": False,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "description": "The one member that RFC 8058 names.",
                    "properties": {
                        "List-Unsubscribe": {
                            "type": "string",
                            "description": "What the header of the message says.",
                            "maxLength": 16,
                            "pattern": "^One-Click$",
                            "example": "One-Click",
                        }
                    },
                }
            }
        },
    }
}

router = routing.Router(prefix=operations.API, tags=["messages"])
pages = APIRouter(prefix=operations.PAGE, include_in_schema=False, redirect_slashes=False)


Link = Annotated[
    str,
    Path(max_length=200, pattern=r"^[A-Za-z0-9_-]+$", description="The token of a link in a message."),
]


@router.get(
    "/{link}",
    summary="Read what a link to unsubscribe is about",
    response_description="What it is about, and whether it is unsubscribed from",
    response_model=Unsubscription,
    **policy.public(raises=(UnsubscriptionNotFound,)),
)
async def get_unsubscription(
    link: Link, request: Request, session: Session, keys: MasterKey, language: Lang
) -> Unsubscription | Response:
    """Which messages a link ends. It changes nothing: programs open links by themselves.

    A browser is led to the page for people.
    """
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"{operations.PAGE}/{link}", 303)
    return Unsubscription.of(await operations.read(session, operations.unseal(keys, link)), language)


_POLICY: Final = policy.public(raises=(UnsubscriptionNotFound,))
_POLICY["openapi_extra"] |= _ONE_CLICK


@router.post(
    "/{link}",
    summary="Unsubscribe by a link of a message",
    response_description="What was unsubscribed from",
    **_POLICY,
)
async def create_unsubscription(
    link: Link, session: Session, keys: MasterKey, language: Lang, now: Now
) -> Unsubscription:
    """End such messages with one click, without signing in (RFC 8058); again, nothing changes.

    Reminders, surveys and news of that group end, of one institution where the message was from one; what
    had not left yet is called back. Notices of the public task cannot be ended.
    """
    ended = await operations.unsubscribe(session, operations.unseal(keys, link), now)
    return Unsubscription.of(ended, language)


@pages.get("/style.css")
async def get_unsubscribe_style() -> Response:
    """The style sheet of the page."""
    return rendering.style()


@pages.get("/{link}")
async def show_unsubscribe(
    link: str,
    request: Request,
    session: Session,
    keys: MasterKey,
    lang: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """The page: what it is about, and a button. It changes nothing."""
    page: UnsubscribePage = request.app.state.unsubscribe_page
    visit = await visits.read(request, lang)
    subject = operations.find_subject(keys, link)
    found = await operations.read(session, subject) if subject else None
    return page.show(visit.language, link, found)


@pages.post("/{link}")
async def unsubscribe_by_form(
    link: str, request: Request, session: Session, keys: MasterKey, now: Now
) -> Response:
    """The button, and the one that takes it back."""
    page: UnsubscribePage = request.app.state.unsubscribe_page
    visit = await visits.read(request)
    subject = operations.find_subject(keys, link)
    change = operations.resubscribe if visit.field("undo") else operations.unsubscribe
    found = await change(session, subject, now) if subject else None
    return page.show(visit.language, link, found, done=True)
