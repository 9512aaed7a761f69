"""The JSON API of a person's telephone number."""

from uuid import UUID

from starlette.responses import Response

from hub_core.principal import Principal
from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound
from hub_service.routing import Router

from ..dependencies import Address, Provider, SessionApart
from ..domain import scopes
from ..errors.accounts import TooManyTries
from ..errors.phones import (
    NoMorePhoneCodes,
    PhoneCodeExpired,
    PhoneHeld,
    PhoneTaken,
    WrongPhoneCode,
)
from ..errors.sandbox import OnlyInItsApplication
from ..operations import phones
from ..operations.means import Owner
from ..schemas.phones import ConfirmPhone, GivePhone, PhoneConfirmationView, PhoneView

router = Router(prefix="/identity/v1/me/phone")


@router.get(
    "",
    tags=["me"],
    summary="See your telephone number",
    **policy.operation(scopes.ACCOUNT_READ),
)
async def get_phone(person: policy.Person, provider: Provider, session: Session, now: Now) -> PhoneView:
    """The number that messages go to, and one that waits to be confirmed; most of both is hidden."""
    return PhoneView.of(await phones.read(session, provider, person.person_id, now))


@router.post(
    "",
    status_code=202,
    tags=["me"],
    summary="Give a telephone number",
    **policy.operation(
        scopes.ACCOUNT_WRITE, raises=(NotFound, PhoneHeld, TooManyTries, OnlyInItsApplication)
    ),
)
async def give_phone(
    body: GivePhone, person: policy.Person, provider: Provider, session: Session, address: Address, now: Now
) -> PhoneConfirmationView:
    """Have a code sent to a mobile number. It replaces the number you have once the code has come back."""
    begun = await phones.begin(session, provider, person.person_id, body.phone, address, now)
    return PhoneConfirmationView.of(begun)


@router.post(
    "/new-code",
    status_code=202,
    tags=["me"],
    summary="Ask for another text message",
    **policy.operation(scopes.ACCOUNT_WRITE, raises=(NoMorePhoneCodes, TooManyTries)),
)
async def renew_phone_code(
    person: policy.Person, provider: Provider, session: Session, address: Address, now: Now
) -> PhoneConfirmationView:
    """Have another code sent to the number that waits; the code before is no longer valid."""
    renewed = await phones.send_new_code(session, provider, person.person_id, address, now)
    return PhoneConfirmationView.of(renewed)


@router.post(
    "/confirm",
    tags=["me"],
    summary="Confirm your telephone number",
    **policy.operation(scopes.ACCOUNT_WRITE, raises=(NotFound, WrongPhoneCode, PhoneCodeExpired, PhoneTaken)),
)
async def confirm_phone(
    body: ConfirmPhone, person: policy.Person, provider: Provider, session: SessionApart, now: Now
) -> PhoneView:
    """Confirm the number with the code that was sent to it. Wrong codes are counted.

    You are told by e-mail that the number was added or changed.
    """
    await phones.confirm(session, provider, _owner(person), body.code, now)
    return PhoneView.of(await phones.read(session, provider, person.person_id, now))


@router.post(
    "/remove",
    status_code=204,
    tags=["me"],
    summary="Remove your telephone number",
    **policy.operation(scopes.ACCOUNT_WRITE, raises=(NotFound,)),
)
async def remove_phone(person: policy.Person, provider: Provider, session: Session, now: Now) -> Response:
    """Get no text messages any more. A number that waits to be confirmed is forgotten too."""
    await phones.remove(session, provider, _owner(person), now)
    return Response(status_code=204)


def _owner(person: Principal) -> Owner:
    if person.session_id is None:
        raise NotFound
    return Owner(person.person_id, UUID(person.session_id))
