"""Pages: the person's telephone number."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from hub_service.dependencies import Now, Session

from ..dependencies import Address
from ..operations import phones
from ..operations.means import Owner
from ..operations.phones import Ended
from ..pages import messages
from ..schemas.phones import ConfirmPhone, GivePhone
from .visits import Visit, Visitor, see_other, validated

router = APIRouter(prefix="/account/phone", include_in_schema=False, redirect_slashes=False)

_HOME: Final = "/account/phone"
_WRONG: Final = {
    Ended.WRONG_CODE: messages.WRONG_PHONE_CODE,
    Ended.CODE_EXPIRED: messages.PHONE_CODE_EXPIRED,
    Ended.TAKEN: messages.PHONE_TAKEN,
}


@router.get("")
async def show_phone(visit: Visitor, session: Session, now: Now) -> Response:
    """The number, the code that is awaited, and the form for another number."""
    return await _phone(visit, session, now)


@router.post("")
async def give_phone_by_form(visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Have a code sent to a number."""
    form = await visit.form()
    if visit.signed_in is None:
        return _sign_in()
    said = form.get("phone") or ""
    body, errors = validated(GivePhone, {"phone": said})
    if body is None:
        return await _phone(visit, session, now, errors=errors, said=said)
    await phones.begin(session, visit.provider, visit.signed_in.account_id, body.phone, address, now)
    return see_other(_HOME, notice="phone-code-sent")


@router.post("/confirm")
async def confirm_phone_by_form(visit: Visitor, session: Session, now: Now) -> Response:
    """Confirm the number with the code."""
    form = await visit.form()
    if visit.signed_in is None:
        return _sign_in()
    body, _ = validated(ConfirmPhone, {"code": "".join((form.get("code") or "").split())})
    if body is None:
        return await _phone(visit, session, now, errors={"code": messages.WRONG_PHONE_CODE})
    owner = Owner(visit.signed_in.account_id, visit.signed_in.id)
    ended = await phones.try_code(session, visit.provider, owner, body.code, now)
    if ended is not Ended.CONFIRMED:
        return await _phone(visit, session, now, errors={"code": _WRONG[ended]})
    return see_other("/account/overview", notice="phone-confirmed")


@router.post("/new-code")
async def renew_phone_code_by_form(visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Have another code sent."""
    await visit.form()
    if visit.signed_in is None:
        return _sign_in()
    await phones.send_new_code(session, visit.provider, visit.signed_in.account_id, address, now)
    return see_other(_HOME, notice="phone-code-renewed")


@router.post("/remove")
async def remove_phone_by_form(visit: Visitor, session: Session, now: Now) -> Response:
    """Get no text messages any more."""
    await visit.form()
    if visit.signed_in is None:
        return _sign_in()
    owner = Owner(visit.signed_in.account_id, visit.signed_in.id)
    await phones.remove(session, visit.provider, owner, now)
    return see_other("/account/overview", notice="phone-removed")


def _sign_in() -> Response:
    return see_other("/account/sign-in")


async def _phone(
    visit: Visit, session: Session, now: Now, *, errors: dict[str, str] | None = None, said: str = ""
) -> Response:
    if visit.signed_in is None:
        return _sign_in()
    found = await phones.read(session, visit.provider, visit.signed_in.account_id, now)
    return visit.show(
        "phone.html", status=422 if errors else 200, phones=found, errors=errors or {}, said=said
    )
