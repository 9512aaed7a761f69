"""The applications a person has connected: JSON API and page."""

from typing import Annotated, Final

from fastapi import APIRouter, Path
from starlette.responses import Response

from hub_service import paging, policy
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound
from hub_service.routing import Router

from ..domain import scopes
from ..operations import consents
from ..pages import messages
from ..schemas.consents import ConsentView
from .visits import Visitor, see_other

SCOPES: Final = {
    scopes.CONSENTS_READ: "See which applications the person has connected, and what they may do",
    scopes.CONSENTS_WRITE: "Disconnect applications",
}
_SHOWN: Final = 200

router = Router(prefix="/identity/v1")
pages = APIRouter(include_in_schema=False, redirect_slashes=False)

ClientId = Annotated[
    str, Path(max_length=64, pattern=r"^[A-Za-z0-9._-]+$", description="The application's identifier.")
]


@router.get(
    "/me/consents",
    tags=["me"],
    summary="List the applications you have connected",
    **policy.operation(scopes.CONSENTS_READ),
)
async def list_consents(
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
) -> paging.Page[ConsentView]:
    """Which applications may do what in your name, since when, and when they last did."""
    found = await consents.list_own(session, person.person_id, after=asked.after(str), limit=asked.rows)
    return asked.page(
        found,
        position=lambda receipt: (receipt.client.id,),
        view=ConsentView.of,
    )


@router.post(
    "/me/consents/{client_id}/withdraw",
    status_code=204,
    tags=["me"],
    summary="Disconnect an application",
    **policy.operation(scopes.CONSENTS_WRITE, raises=(NotFound,)),
)
async def withdraw_consent(
    client_id: ClientId, person: policy.Person, session: Session, now: Now
) -> Response:
    """Take back what you agreed to: within a second none of the application's tokens is good."""
    await consents.withdraw(session, person.person_id, client_id, now)
    return Response(status_code=204)


@pages.get("/account/applications")
async def show_applications(visit: Visitor, session: Session) -> Response:
    """The page with the connected applications."""
    if visit.signed_in is None:
        return see_other("/account/sign-in")
    found = await consents.list_own(session, visit.signed_in.account_id, limit=_SHOWN)
    return visit.show("applications.html", receipts=found, levels=messages.LEVELS, words=scopes.SCOPES)


@pages.post("/account/applications/{client_id}/withdraw")
async def withdraw_consent_by_form(
    client_id: ClientId, visit: Visitor, session: Session, now: Now
) -> Response:
    """Disconnect an application."""
    await visit.form()
    if visit.signed_in is None:
        return see_other("/account/sign-in")
    await consents.withdraw(session, visit.signed_in.account_id, client_id, now)
    return see_other("/account/applications", notice="application-disconnected")
