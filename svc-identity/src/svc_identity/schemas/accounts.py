"""Bodies about accounts and sign-ins."""

from collections.abc import Collection
from dataclasses import replace
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from hub_core import clock
from hub_core.language import Language
from hub_core.principal import Assurance
from hub_core.text import Line
from hub_service import schemas

from .. import common_passwords
from ..domain import login_name, password
from ..domain.account import Account, Profile
from ..domain.confirmation import DIGITS, Confirmation
from ..domain.password import Flaw
from ..operations.accounts import SignUp
from ..operations.sessions import OpenSession

NAME_LONGEST: Final = 100
"""Characters of a given or a family name."""


def _login_name(text: str) -> str:
    try:
        login_name.parse(text)
    except ValueError as error:
        raise PydanticCustomError("email", "Enter an e-mail address, such as name@example.org.") from error
    return text


def new_password(text: SecretStr, own: Collection[str] = ()) -> SecretStr:
    """A password that somebody who is called so may choose; `PydanticCustomError` says what it lacks."""
    match password.flaw(text.get_secret_value(), clock.now(), common_passwords.contains, own):
        case Flaw.TOO_SHORT:
            raise PydanticCustomError(
                "string_too_short", "Use at least 12 characters. Several words are good."
            )
        case Flaw.TOO_LONG:
            raise PydanticCustomError("string_too_long", "Use at most 256 characters.")
        case Flaw.CONTROL_CHARACTERS:
            raise PydanticCustomError(
                "control_characters", "The password may not contain control characters."
            )
        case Flaw.BREACHED:
            raise PydanticCustomError(
                "password_breached", "This password is among those that are tried first."
            )
        case Flaw.OWN:
            raise PydanticCustomError("password_own", "The password may not be your name or e-mail address.")
    return text


Email = Annotated[
    str,
    StringConstraints(min_length=1, max_length=320),
    AfterValidator(_login_name),
    Field(
        json_schema_extra={"format": "email"},
        description="The e-mail address to sign in with.",
        examples=["ana.popescu@example.org"],
    ),
]
NewPassword = Annotated[
    SecretStr,
    AfterValidator(new_password),
    Field(
        json_schema_extra={"minLength": 12, "maxLength": 256},
        description="12 to 256 characters of any kind; several words are good.",
        examples=["patru cuvinte fara rost"],
    ),
]
GivenName = Annotated[
    Line, Field(min_length=1, max_length=NAME_LONGEST, description="Given name.", examples=["Ana"])
]
FamilyName = Annotated[
    Line, Field(min_length=1, max_length=NAME_LONGEST, description="Family name.", examples=["Popescu"])
]
Spoken = Annotated[
    Language, Field(description="The language for pages and messages (ISO 639-1).", examples=["ro"])
]
Code = Annotated[
    str,
    Field(
        pattern=rf"^[0-9]{{{DIGITS}}}$",
        min_length=DIGITS,
        max_length=DIGITS,
        description="The digits of the newest e-mail.",
        examples=["04937216"],
    ),
]


class CreateAccount(schemas.Resource):
    """What a person gives to get an account."""

    email: Email
    given_name: GivenName
    family_name: FamilyName
    password: NewPassword
    language: Spoken

    @field_validator("password")
    @classmethod
    def _is_not_own(cls, text: SecretStr, info: ValidationInfo) -> SecretStr:
        return new_password(
            text, [info.data.get(name, "") for name in ("email", "given_name", "family_name")]
        )

    def wanted(self) -> SignUp:
        """The sign-up, as a value."""
        return SignUp(
            email=login_name.parse(self.email),
            password=self.password.get_secret_value(),
            profile=Profile(self.given_name, self.family_name, self.language),
        )


class ConfirmAccount(schemas.Resource):
    """The code that came by e-mail."""

    confirmation_id: Annotated[schemas.Id, Field(description="The confirmation the code is for.")]
    code: Code


class RenewCode(schemas.Resource):
    """The confirmation that needs another code."""

    confirmation_id: Annotated[schemas.Id, Field(description="The confirmation that needs another code.")]


class ConfirmationView(schemas.Resource):
    """A code was sent. The answer is the same whether the address has an account already or not."""

    confirmation_id: Annotated[schemas.Id, Field(description="Give it back together with the code.")]
    expires_at: Annotated[schemas.Instant, Field(description="Until when the code is valid.")]

    @classmethod
    def of(cls, confirmation: Confirmation) -> Self:
        """The view of a confirmation."""
        return cls(confirmation_id=confirmation.id, expires_at=confirmation.expires_at)


class AccountView(schemas.Resource):
    """The signed-in person's account."""

    person_id: Annotated[schemas.Id, Field(description="The person's identifier in the hub.")]
    email: Annotated[
        str,
        Field(
            max_length=254,
            json_schema_extra={"format": "email"},
            description="The e-mail address to sign in with.",
            examples=["ana.popescu@example.org"],
        ),
    ]
    given_name: GivenName
    family_name: FamilyName
    language: Spoken
    assurance: Annotated[
        Assurance, Field(description="Level of assurance of the account (eIDAS).", examples=["low"])
    ]
    created_at: Annotated[schemas.Instant, Field(description="When the account was asked for.")]

    @classmethod
    def of(cls, account: Account) -> Self:
        """The view of an account."""
        return cls(
            person_id=account.id,
            email=account.email,
            given_name=account.given_name,
            family_name=account.family_name,
            language=account.language,
            assurance=account.assurance,
            created_at=account.created_at,
        )


class ChangeAccount(schemas.Resource):
    """What is to change; a member that is left out stays."""

    given_name: GivenName | None = None
    family_name: FamilyName | None = None
    language: Spoken | None = None

    def amend(self, profile: Profile) -> Profile:
        """The profile after the change."""
        said: dict[str, Any] = {name: value for name, value in self.model_dump().items() if value is not None}
        return replace(profile, **said)


class SessionView(schemas.Resource):
    """One sign-in of the person: a browser, and what applications got from it."""

    id: Annotated[schemas.Id, Field(description="The session's identifier.")]
    device: Annotated[
        str,
        Field(
            max_length=64,
            description="Browser and system, coarsely; empty when not recognised.",
            examples=["Firefox, Linux"],
        ),
    ]
    signed_in_at: Annotated[schemas.Instant, Field(description="When the person last signed in there.")]
    last_seen_at: Annotated[schemas.Instant, Field(description="When the browser was last seen.")]
    applications: Annotated[
        list[schemas.LocalisedText],
        Field(max_length=100, description="The applications that hold a valid token of this session."),
    ]
    current: Annotated[bool, Field(description="Whether this request's token comes from this session.")]

    @classmethod
    def of(cls, shown: OpenSession, current: str | None) -> Self:
        """The view of a session; `current` is the id of the caller's own."""
        return cls(
            id=shown.session.id,
            device=shown.session.device,
            signed_in_at=shown.session.signed_in_at,
            last_seen_at=shown.session.last_seen_at,
            applications=[
                schemas.LocalisedText.of({language.value: name for language, name in names.items()})
                for names in shown.applications
            ],
            current=str(shown.session.id) == current,
        )


def shown_etag(version: int) -> str:
    """The strong ETag of an account's version."""
    return f'"{version}"'


def wanted_version(if_match: str) -> int | None:
    """The version an `If-Match` header names; none for one that we never gave out."""
    tag = if_match.strip().removeprefix('"').removesuffix('"')
    return int(tag) if tag.isascii() and tag.isdigit() else None
