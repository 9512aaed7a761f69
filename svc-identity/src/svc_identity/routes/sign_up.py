"""Pages: making an account and confirming its address."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound

from ..dependencies import Address
from ..operations import accounts
from ..operations.accounts import Ended
from ..pages import messages
from ..schemas.accounts import ConfirmAccount, CreateAccount
from .visits import Visit, Visitor, see_other, validated

router = APIRouter(prefix="/account", include_in_schema=False, redirect_slashes=False)

_FIELDS = ("given_name", "family_name", "email", "password")


@router.get("/sign-up")
async def show_sign_up(visit: Visitor) -> Response:
    """The form for a new account."""
    return _sign_up(visit, {}, {}, 200)


@router.post("/sign-up")
async def sign_up(visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Start an account; the same page follows whether the address has one already or not."""
    form = await visit.form()
    values = {field: form.get(field) or "" for field in _FIELDS}
    body, errors = validated(CreateAccount, {**values, "language": visit.language})
    if body is None:
        return _sign_up(visit, values, errors, 422)
    confirmation = await accounts.sign_up(session, visit.provider, body.wanted(), address, now)
    return see_other("/account/confirm", confirmation=confirmation.id, request=visit.query_id("request"))


def _sign_up(visit: Visit, values: dict[str, str], errors: dict[str, str], status: int) -> Response:
    shown = {field: values.get(field, "") for field in _FIELDS if field != "password"}
    return visit.show(
        "sign_up.html", status=status, values=shown, errors=errors, request_id=visit.query_id("request")
    )


@router.get("/confirm")
async def show_confirm(visit: Visitor) -> Response:
    """The form for the code."""
    return _confirm(visit, _confirmation(visit), {}, 200)


@router.post("/confirm")
async def confirm(visit: Visitor, session: Session, now: Now) -> Response:
    """Confirm the address; then the person signs in."""
    form = await visit.form()
    confirmation_id = _confirmation(visit)
    code = "".join((form.get("code") or "").split())
    body, errors = validated(ConfirmAccount, {"confirmation_id": str(confirmation_id), "code": code})
    if body is None:
        return _confirm(visit, confirmation_id, errors, 422)
    match await accounts.try_code(session, visit.provider, confirmation_id, body.code, now):
        case Ended.WRONG_CODE:
            return _confirm(visit, confirmation_id, {"code": messages.WRONG_CODE}, 422)
        case Ended.CODE_EXPIRED:
            return _confirm(visit, confirmation_id, {"code": messages.CODE_EXPIRED}, 422)
        case Ended.ACCOUNT_EXISTS:
            notice = "account-exists"
        case Ended.CREATED:
            notice = "account-created"
    return see_other("/account/sign-in", request=visit.query_id("request"), notice=notice)


@router.post("/new-code")
async def send_new_code(visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Have another code sent."""
    await visit.form()
    renewed = await accounts.send_new_code(session, visit.provider, _confirmation(visit), address, now)
    return see_other(
        "/account/confirm", confirmation=renewed.id, request=visit.query_id("request"), notice="code-sent"
    )


def _confirmation(visit: Visit) -> UUID:
    confirmation_id = visit.query_id("confirmation")
    if confirmation_id is None:
        raise NotFound
    return confirmation_id


def _confirm(visit: Visit, confirmation_id: UUID, errors: dict[str, str], status: int) -> Response:
    return visit.show(
        "confirm.html",
        status=status,
        errors=errors,
        confirmation_id=confirmation_id,
        request_id=visit.query_id("request"),
    )
