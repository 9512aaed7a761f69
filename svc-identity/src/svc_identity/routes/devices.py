"""Pages: letting in a device without a browser (RFC 8628, 3.3)."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from hub_service.dependencies import Now, Session

from ..dependencies import Address
from ..operations import devices
from ..pages import messages
from .visits import Visit, Visitor, see_other

router = APIRouter(include_in_schema=False, redirect_slashes=False)
_LONGEST_CODE: Final = 16


@router.get("/account/device")
async def show_device(visit: Visitor) -> Response:
    """The form for the code that a device shows; filled in for who scanned it."""
    return _device(visit, visit.request.query_params.get("user_code", "")[:_LONGEST_CODE], {}, 200)


@router.post("/account/device")
async def connect_device(visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Take the code; the person signs in and decides next."""
    form = await visit.form()
    typed = (form.get("user_code") or "")[:_LONGEST_CODE]
    authorization = await devices.take_up(session, visit.provider, typed, address, now)
    if authorization is None:
        return _device(visit, typed, {"user_code": messages.WRONG_USER_CODE}, 422)
    return see_other("/account/sign-in", request=authorization.id)


def _device(visit: Visit, typed: str, errors: dict[str, str], status: int) -> Response:
    return visit.show("device.html", status=status, typed=typed, errors=errors)


@router.get("/account/device/done")
async def show_device_done(visit: Visitor) -> Response:
    """Say that the person may go back to the device."""
    return visit.show("device_done.html", connected="error" not in visit.request.query_params)
