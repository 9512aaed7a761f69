"""Bodies about means of sign-in."""

from typing import Annotated, Self

from pydantic import Field, SecretStr

from hub_core.principal import Assurance
from hub_core.text import Line
from hub_service import schemas

from ..domain.means import NAME_LONGEST, Change, Link, Means, Passkey, SecurityChange
from ..one_time_codes import DIGITS
from ..operations.means import SetUp
from .accounts import Code, Email, NewPassword

_CODES_MOST = 20
_LINKS_MOST = 20

Name = Annotated[
    Line,
    Field(
        min_length=1,
        max_length=NAME_LONGEST,
        description="What its owner calls it.",
        examples=["Telefonul meu"],
    ),
]
OneTimeCode = Annotated[
    str,
    Field(
        pattern=rf"^[0-9]{{{DIGITS}}}$",
        min_length=DIGITS,
        max_length=DIGITS,
        description="The digits that the app shows now.",
        examples=["492039"],
    ),
]


class AskReset(schemas.Resource):
    """Whose password was forgotten."""

    email: Email


class ResetPassword(schemas.Resource):
    """The code that came by e-mail, and another password."""

    confirmation_id: Annotated[schemas.Id, Field(description="The confirmation the code is for.")]
    code: Code
    password: NewPassword


class ChangePassword(schemas.Resource):
    """The present password, and another one."""

    old_password: Annotated[
        SecretStr | None,
        Field(
            max_length=256,
            description="The present password; left out when there is none.",
            examples=["demo-parola-2026"],
        ),
    ] = None
    password: NewPassword


class ConfirmAuthenticator(schemas.Resource):
    """The first code of an app."""

    code: OneTimeCode


class RenamePasskey(schemas.Resource):
    """Another name for a passkey."""

    name: Name


class AuthenticatorView(schemas.Resource):
    """What an app needs: shown until its first code has come."""

    secret: Annotated[
        str,
        Field(max_length=64, description="The key in base32.", examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"]),
    ]
    address: Annotated[
        str,
        Field(
            max_length=1024,
            description="The `otpauth` address that the app reads from a QR code.",
            examples=[
                "otpauth://totp/Hub:ana.popescu%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Hub"
            ],
        ),
    ]

    @classmethod
    def of(cls, set_up: SetUp) -> Self:
        """The view of an app that is being set up."""
        return cls(secret=set_up.secret, address=set_up.address)


class RecoveryCodesView(schemas.Resource):
    """New recovery codes, shown this once; none when the account has some already."""

    codes: Annotated[
        list[Annotated[str, Field(max_length=16, examples=["h7k2m-9qpwx"])]],
        Field(max_length=_CODES_MOST, description="Each is good for one sign-in, after the password."),
    ]


class PasskeyView(schemas.Resource):
    """A passkey of the signed-in person."""

    id: Annotated[schemas.Id, Field(description="The passkey's identifier.")]
    name: Name
    synced: Annotated[bool, Field(description="Whether it may be copied between its owner's devices.")]
    created_at: Annotated[schemas.Instant, Field(description="When it was added.")]
    last_used_at: Annotated[schemas.Instant | None, Field(description="When it last signed in.")]

    @classmethod
    def of(cls, passkey: Passkey) -> Self:
        """The view of a passkey."""
        return cls(
            id=passkey.id,
            name=passkey.name,
            synced=passkey.synced,
            created_at=passkey.created_at,
            last_used_at=passkey.last_used_at,
        )


class LinkView(schemas.Resource):
    """An outside identity provider by which the person signs in."""

    provider: Annotated[str, Field(max_length=32, description="The provider's name.", examples=["roeid"])]
    assurance: Annotated[
        Assurance, Field(description="Level of assurance of its last word.", examples=["substantial"])
    ]
    linked_at: Annotated[schemas.Instant, Field(description="When it was linked.")]
    last_used_at: Annotated[schemas.Instant | None, Field(description="When it last signed in.")]

    @classmethod
    def of(cls, link: Link) -> Self:
        """The view of a link."""
        return cls(
            provider=link.provider,
            assurance=link.assurance,
            linked_at=link.linked_at,
            last_used_at=link.last_used_at,
        )


class MeansView(schemas.Resource):
    """What the signed-in person can sign in with."""

    password: Annotated[bool, Field(description="Whether the account has a password.")]
    authenticator: Annotated[bool, Field(description="Whether an app for one-time codes is set up.")]
    recovery_codes: Annotated[
        int,
        Field(
            ge=0,
            le=_CODES_MOST,
            json_schema_extra={"format": "int32"},
            description="Recovery codes not yet used.",
        ),
    ]
    passkeys: Annotated[list[PasskeyView], Field(max_length=100, description="The passkeys, oldest first.")]
    links: Annotated[
        list[LinkView], Field(max_length=_LINKS_MOST, description="Linked outside identity providers.")
    ]

    @classmethod
    def of(cls, means: Means) -> Self:
        """The view of an account's means."""
        return cls(
            password=means.has_password,
            authenticator=means.has_authenticator,
            recovery_codes=means.recovery_codes,
            passkeys=[PasskeyView.of(passkey) for passkey in means.passkeys],
            links=[LinkView.of(link) for link in means.links],
        )


class SecurityChangeView(schemas.Resource):
    """Something that changed about how the person signs in."""

    change: Annotated[Change, Field(description="What changed.", examples=["PASSKEY_ADDED"])]
    at: Annotated[schemas.Instant, Field(description="When.")]
    device: Annotated[
        str,
        Field(
            max_length=64,
            description="Browser and system, coarsely; empty when not recognised.",
            examples=["Firefox, Linux"],
        ),
    ]

    @classmethod
    def of(cls, changed: SecurityChange) -> Self:
        """The view of a change."""
        return cls(change=changed.change, at=changed.at, device=changed.device)
