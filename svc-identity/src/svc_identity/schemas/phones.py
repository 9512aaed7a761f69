"""Bodies about telephone numbers."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from hub_core.phone import Phone, PhoneField
from hub_service import schemas

from ..domain.phone import DIGITS, Confirmation
from ..operations.phones import Phones

_MASKED = "+40******456"


def _mobile(number: Phone) -> Phone:
    if not number.takes_sms:
        raise PydanticCustomError("mobile_phone", "Enter a mobile number: others get no text messages.")
    return number


MobilePhone = Annotated[
    PhoneField,
    AfterValidator(_mobile),
    Field(description="A mobile number; without `+` it is a Romanian one."),
]
PhoneCode = Annotated[
    str,
    Field(
        pattern=rf"^[0-9]{{{DIGITS}}}$",
        min_length=DIGITS,
        max_length=DIGITS,
        description="The digits of the newest text message.",
        examples=["492039"],
    ),
]
Masked = Annotated[
    str,
    Field(
        max_length=16,
        pattern=r"^\+[0-9*]+$",
        description="The number, all but its beginning and its end hidden.",
        examples=[_MASKED],
    ),
]


class GivePhone(schemas.Resource):
    """A number that is to be the account's."""

    phone: MobilePhone


class ConfirmPhone(schemas.Resource):
    """The code that came as a text message."""

    code: PhoneCode


class PhoneConfirmationView(schemas.Resource):
    """A code was sent to a number."""

    phone: Masked
    expires_at: Annotated[schemas.Instant, Field(description="Until when the code is valid.")]

    @classmethod
    def of(cls, confirmation: Confirmation) -> Self:
        """The view of a confirmation."""
        return cls(phone=confirmation.masked, expires_at=confirmation.expires_at)


class PhoneView(schemas.Resource):
    """The telephone number of the account, and the one that waits to be confirmed."""

    phone: Annotated[
        Masked | None, Field(description="The confirmed number, most of it hidden; null when there is none.")
    ]
    confirmed_at: Annotated[schemas.Instant | None, Field(description="When it was confirmed.")]
    waiting: Annotated[
        PhoneConfirmationView | None,
        Field(description="The number whose code is awaited; null when none is."),
    ]

    @classmethod
    def of(cls, phones: Phones) -> Self:
        """The view of an account's numbers."""
        held, waiting = phones.held, phones.waiting
        return cls(
            phone=held.masked if held else None,
            confirmed_at=held.confirmed_at if held else None,
            waiting=PhoneConfirmationView.of(waiting) if waiting else None,
        )
