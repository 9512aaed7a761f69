"""Bodies of the questions between services."""

from typing import Annotated, Self

from pydantic import Field

from hub_core.language import Language
from hub_service import schemas

from ..domain.account import Account
from ..operations.accounts import EmailToSend
from ..operations.tokens import InternalToken


class ResolveToken(schemas.Resource):
    """The access token that came to the gateway."""

    token: Annotated[str, Field(max_length=8_192)]


class InternalTokenView(schemas.Resource):
    """An internal token; `session_id` is null for a service's own.

    `jkt` is the thumbprint of the key that the access token is bound to, null for a bearer token.
    """

    internal_token: str
    expires_at: schemas.Instant
    session_id: schemas.Id | None = None
    jkt: str | None = None

    @classmethod
    def of(cls, token: InternalToken) -> Self:
        """The view of a token just signed."""
        return cls(
            internal_token=token.text,
            expires_at=token.expires_at,
            session_id=token.session_id,
            jkt=token.jkt,
        )


class ContactView(schemas.Resource):
    """Where messages to a person go, and in which language."""

    person_id: schemas.Id
    email: str
    language: Language

    @classmethod
    def of(cls, account: Account) -> Self:
        """The view of an account for those who write to it."""
        return cls(person_id=account.id, email=account.email, language=account.language)


class EmailConfirmationView(schemas.Resource):
    """What the confirmation e-mail needs."""

    confirmation_id: schemas.Id
    email: str
    language: Language
    code: str
    expires_at: schemas.Instant

    @classmethod
    def of(cls, wanted: EmailToSend) -> Self:
        """The view of an e-mail to be sent."""
        return cls(
            confirmation_id=wanted.confirmation.id,
            email=wanted.email,
            language=wanted.language,
            code=wanted.code,
            expires_at=wanted.confirmation.expires_at,
        )
