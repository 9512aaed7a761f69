"""Pages: an activation code to tell the clerk at a counter."""

from fastapi import APIRouter
from starlette.responses import Response

from hub_core.principal import Assurance
from hub_service.dependencies import Now, Session

from ..operations import accounts, proofing
from .visits import Visitor, see_other

router = APIRouter(prefix="/account", include_in_schema=False, redirect_slashes=False)


@router.get("/validation")
async def show_validation(visit: Visitor, session: Session) -> Response:
    """How an account is validated, and the button for a code."""
    if visit.signed_in is None:
        return see_other("/account/sign-in")
    account = await accounts.read(session, visit.signed_in.account_id)
    return visit.show("validation.html", is_validated=account.assurance is not Assurance.LOW, code="")


@router.post("/validation")
async def show_activation_code(visit: Visitor, session: Session, now: Now) -> Response:
    """The code, this once; the one before is no longer good."""
    await visit.form()
    if visit.signed_in is None:
        return see_other("/account/sign-in")
    shown = await proofing.ask_code(session, visit.provider, visit.signed_in.account_id, now)
    return visit.show(
        "validation.html", is_validated=False, code=shown.text, expires_at=shown.code.expires_at
    )
