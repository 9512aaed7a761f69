"""Pages: a forgotten password."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound

from ..dependencies import Address
from ..domain import login_name
from ..operations import accounts, password
from ..operations.password import Ended
from ..pages import messages
from ..schemas.means import AskReset, ResetPassword
from .visits import Visit, Visitor, see_other, validated

router = APIRouter(prefix="/account", include_in_schema=False, redirect_slashes=False)


@router.get("/forgot-password")
async def show_forgot_password(visit: Visitor) -> Response:
    """The form for the address."""
    return _forgot(visit, "", {}, 200)


@router.post("/forgot-password")
async def forgot_password(visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Have a code sent; the same page follows whether the address has an account or not."""
    form = await visit.form()
    email = form.get("email") or ""
    body, errors = validated(AskReset, {"email": email})
    if body is None:
        return _forgot(visit, email, errors, 422)
    wanted = login_name.parse(body.email)
    asked = await password.ask_reset(session, visit.provider, wanted, address, now)
    return see_other("/account/reset-password", confirmation=asked.id, request=visit.query_id("request"))


def _forgot(visit: Visit, email: str, errors: dict[str, str], status: int) -> Response:
    return visit.show(
        "forgot_password.html",
        status=status,
        email=email,
        errors=errors,
        request_id=visit.query_id("request"),
    )


@router.get("/reset-password")
async def show_reset_password(visit: Visitor) -> Response:
    """The form for the code and the new password."""
    return _reset(visit, "", {}, 200)


@router.post("/reset-password")
async def reset_password_by_form(visit: Visitor, session: Session, now: Now) -> Response:
    """Choose the new password; then the person signs in."""
    form = await visit.form()
    code = "".join((form.get("code") or "").split())
    said = {"code": code, "password": form.get("password") or ""}
    body, errors = validated(ResetPassword, {**said, "confirmation_id": str(_confirmation(visit))})
    if body is None:
        return _reset(visit, code, errors, 422)
    text = body.password.get_secret_value()
    match await password.try_reset(session, visit.provider, body.confirmation_id, body.code, text, now):
        case Ended.WRONG_CODE:
            return _reset(visit, code, {"code": messages.WRONG_CODE}, 422)
        case Ended.CODE_EXPIRED:
            return _reset(visit, code, {"code": messages.CODE_EXPIRED}, 422)
        case Ended.REFUSED:
            return _reset(visit, code, {"password": messages.of_field("password", "password_own")}, 422)
    return see_other("/account/sign-in", request=visit.query_id("request"), notice="password-reset")


@router.post("/reset-password/new-code")
async def send_new_reset_code(visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Have another code sent."""
    await visit.form()
    renewed = await accounts.send_new_code(session, visit.provider, _confirmation(visit), address, now)
    return see_other(
        "/account/reset-password",
        confirmation=renewed.id,
        request=visit.query_id("request"),
        notice="code-sent",
    )


def _confirmation(visit: Visit) -> UUID:
    confirmation_id = visit.query_id("confirmation")
    if confirmation_id is None:
        raise NotFound
    return confirmation_id


def _reset(visit: Visit, code: str, errors: dict[str, str], status: int) -> Response:
    return visit.show(
        "reset_password.html",
        status=status,
        code=code,
        errors=errors,
        confirmation_id=_confirmation(visit),
        request_id=visit.query_id("request"),
    )
