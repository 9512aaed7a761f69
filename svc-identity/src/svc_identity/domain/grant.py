"""What a client was given for one sign-in: a code once, then a family of tokens that ends as one."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.principal import Assurance

from ..errors.oauth import OAuthError
from . import rules, scopes
from .authorization import Authorization
from .client import Client
from .rules import RuleId
from .session import EndReason, Method, Session

ACCESS_PREFIX: Final = "hub_at_"
REFRESH_PREFIX: Final = "hub_rt_"
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class TokenKind(StrEnum):
    """ACCESS opens resources for minutes; REFRESH gets the next pair, once."""

    ACCESS = "ACCESS"
    REFRESH = "REFRESH"


class Redemption(StrEnum):
    """How a code or refresh token that was shown is judged. REPLAYED ends the whole family."""

    GOOD = "GOOD"
    REFUSED = "REFUSED"
    REPLAYED = "REPLAYED"


@dataclass(frozen=True, slots=True)
class Grant:
    """A family of tokens. Assurance, methods and time are those of the sign-in when it was given.

    Without `session_id` and `account_id` the client stands for itself (RFC 6749, 4.4). What belongs to a
    code is empty where the tokens came without one.

    `dpop_jkt` is the thumbprint of the key that the code is bound to. `institution_id` is set when the
    person acts as an official there, `mandate_id` when they act for another: then `parent_id` is the family
    of their own, with which it ends.
    """

    id: UUID
    session_id: UUID | None
    account_id: UUID | None
    client_id: str
    scopes: tuple[str, ...]
    nonce: str | None
    redirect_uri: str | None
    code_hash: bytes | None
    code_challenge: str | None
    code_expires_at: datetime | None
    assurance: Assurance
    methods: tuple[Method, ...]
    authenticated_at: datetime
    created_at: datetime
    dpop_jkt: str | None = None
    institution_id: UUID | None = None
    mandate_id: UUID | None = None
    parent_id: UUID | None = None
    code_used_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None

    @property
    def subject(self) -> str:
        """Whom the tokens stand for: the person's id, or the client's."""
        return str(self.account_id) if self.account_id else self.client_id

    @property
    def ends_with(self) -> UUID:
        """The id under which the end of its tokens is told: its session's, or its own without one."""
        return self.session_id or self.id


@dataclass(frozen=True, slots=True)
class Token:
    """One opaque token, known by its SHA-256 only. `used_at` is set when a refresh token was spent.

    `jkt` is the thumbprint of the key whose holder alone may use it (RFC 9449, 6); none for a bearer token.
    """

    hash: bytes
    grant_id: UUID
    kind: TokenKind
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    jkt: str | None = None


def hash_of(secret: str) -> bytes:
    """What is stored of a code, a token or a cookie: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def give(
    grant_id: UUID, authorization: Authorization, session: Session, code_hash: bytes, now: datetime
) -> Grant:
    """The grant for a request that the person has agreed to; its code runs from now."""
    return Grant(
        id=grant_id,
        session_id=session.id,
        account_id=session.account_id,
        client_id=authorization.client_id,
        scopes=authorization.scopes,
        nonce=authorization.nonce,
        redirect_uri=authorization.redirect_uri,
        code_hash=code_hash,
        code_challenge=authorization.code_challenge,
        code_expires_at=now + rules.duration(RuleId.CODE_VALIDITY, now),
        assurance=session.assurance,
        methods=session.methods,
        authenticated_at=session.signed_in_at,
        created_at=now,
        dpop_jkt=authorization.dpop_jkt,
        institution_id=authorization.institution_id,
    )


def give_to_device(grant_id: UUID, authorization: Authorization, session: Session, now: datetime) -> Grant:
    """The grant of a device that the person has let in: it has a device code, and no code of its own."""
    given = give(grant_id, authorization, session, b"", now)
    return replace(given, redirect_uri=None, code_hash=None, code_challenge=None, code_expires_at=None)


def give_under(
    grant_id: UUID, parent: Grant, mandate_id: UUID, scopes_: tuple[str, ...], now: datetime
) -> Grant:
    """The grant to act for another, made of the person's own (RFC 8693): the same sign-in, and no code."""
    return replace(
        parent,
        id=grant_id,
        scopes=scopes_,
        nonce=None,
        redirect_uri=None,
        code_hash=None,
        code_challenge=None,
        code_expires_at=None,
        code_used_at=None,
        dpop_jkt=None,
        created_at=now,
        mandate_id=mandate_id,
        parent_id=parent.id,
    )


def give_to_client(grant_id: UUID, client: Client, asked: tuple[str, ...], now: datetime) -> Grant:
    """The grant of a client that stands for itself (RFC 6749, 4.4); all its scopes when none is asked for.

    `OAuthError` (`invalid_scope`) for a scope that is not registered, or means nothing without a person.
    """
    possible = client.scopes - scopes.OF_PERSONS
    if not possible.issuperset(asked) or not possible:
        raise OAuthError("invalid_scope", "a scope is unknown, not registered, or belongs to a person")
    return Grant(
        id=grant_id,
        session_id=None,
        account_id=None,
        client_id=client.id,
        scopes=scopes.ordered(asked or possible),
        nonce=None,
        redirect_uri=None,
        code_hash=None,
        code_challenge=None,
        code_expires_at=None,
        assurance=Assurance.LOW,
        methods=(),
        authenticated_at=now,
        created_at=now,
    )


def redeem_code(
    grant: Grant, client_id: str, redirect_uri: str, verifier: str, now: datetime, *, jkt: str | None = None
) -> Redemption:
    """Judge a code shown at the token endpoint (RFC 6749, 4.1.3; RFC 7636, 4.6; RFC 9449, 10).

    `jkt` is the key that the client has proved to hold: the one the code is bound to, if it is.

    What another client shows, or what comes without the right verifier, is refused and leaves the
    code as it is: a stranger can neither use it nor spend it. Shown a second time by its own
    client it has leaked, or its answer has (RFC 6749, 4.1.2).
    """
    if grant.client_id != client_id or grant.ended_at is not None:
        return Redemption.REFUSED
    if grant.code_used_at is not None:
        return Redemption.REPLAYED
    if grant.dpop_jkt not in (None, jkt):
        return Redemption.REFUSED
    if grant.code_expires_at is None or now >= grant.code_expires_at or grant.redirect_uri != redirect_uri:
        return Redemption.REFUSED
    return Redemption.GOOD if _proves(verifier, grant.code_challenge or "") else Redemption.REFUSED


def redeem_refresh(
    token: Token, grant: Grant, client_id: str, now: datetime, *, jkt: str | None = None
) -> Redemption:
    """Judge a refresh token (RFC 9700, 4.14.2). One that was spent before kills the family.

    What is bound to a key is refused without it, and nothing else happens: a thief has the token alone.

    There is no grace for a lost answer: a thief who is second would use it as well as the owner.
    """
    if token.kind is not TokenKind.REFRESH or grant.client_id != client_id or grant.ended_at is not None:
        return Redemption.REFUSED
    if token.jkt not in (None, jkt):
        return Redemption.REFUSED
    if token.used_at is not None:
        return Redemption.REPLAYED
    return Redemption.GOOD if now < token.expires_at else Redemption.REFUSED


def narrow(granted: tuple[str, ...], asked: tuple[str, ...]) -> tuple[str, ...]:
    """The scopes of the next access token (RFC 6749, 6): those asked for, never more than granted."""
    if not set(granted).issuperset(asked):
        raise OAuthError("invalid_scope", "a scope was not granted")
    return tuple(scope for scope in granted if scope in asked) if asked else granted


def is_live(token: Token, grant: Grant, now: datetime) -> bool:
    """Whether the token still opens anything."""
    return grant.ended_at is None and token.used_at is None and now < token.expires_at


def _proves(verifier: str, challenge: str) -> bool:
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode()).digest()
    return hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), challenge)
