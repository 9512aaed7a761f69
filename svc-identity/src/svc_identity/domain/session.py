"""A sign-in: one person at one browser. Everything a client is given hangs on it and ends with it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.principal import Assurance

from . import rules
from .rules import RuleId

SEEN_STEP: Final = timedelta(minutes=1)
"""`last_seen_at` is written at most this often."""


class Method(StrEnum):
    """A means of sign-in, by its name in the `amr` claim (RFC 8176).

    ONE_TIME_CODE is a code of an authenticator app or a recovery code; HARDWARE_KEY a passkey that cannot
    leave its device, SOFTWARE_KEY one that is kept by an account elsewhere; USER says that the device knew
    its person, MULTIPLE that two factors were shown. FEDERATED, which is not in the RFC, is a sign-in at
    another identity provider, such as a state's.
    """

    PASSWORD = "pwd"
    ONE_TIME_CODE = "otp"
    HARDWARE_KEY = "hwk"
    SOFTWARE_KEY = "swk"
    USER = "user"
    MULTIPLE = "mfa"
    FEDERATED = "fed"


class EndReason(StrEnum):
    """Why a session, or a grant on it, has ended."""

    SIGNED_OUT = "SIGNED_OUT"
    ENDED_BY_OWNER = "ENDED_BY_OWNER"
    TOKEN_REVOKED = "TOKEN_REVOKED"
    CODE_REPLAYED = "CODE_REPLAYED"
    REFRESH_REUSED = "REFRESH_REUSED"
    MANDATE_ENDED = "MANDATE_ENDED"
    PRINCIPAL_MERGED = "PRINCIPAL_MERGED"
    PERSON_DIED = "PERSON_DIED"
    APPOINTMENT_ENDED = "APPOINTMENT_ENDED"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"
    CLIENT_SUSPENDED = "CLIENT_SUSPENDED"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"
    PASSWORD_RESET = "PASSWORD_RESET"
    SANDBOX_RESET = "SANDBOX_RESET"


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in.

    `secret_hash` is SHA-256 of what the browser's cookie holds; `device` a coarse description for
    the owner's eyes (“Firefox, Linux”). `version` grows with each revocation told to others.
    """

    id: UUID
    account_id: UUID
    secret_hash: bytes
    assurance: Assurance
    methods: tuple[Method, ...]
    device: str
    signed_in_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    version: int
    ended_at: datetime | None = None
    end_reason: EndReason | None = None


def begin(
    session_id: UUID,
    account_id: UUID,
    secret_hash: bytes,
    device: str,
    methods: tuple[Method, ...],
    assurance: Assurance,
    now: datetime,
) -> Session:
    """A session that begins with these means, at the level that they give."""
    return Session(
        id=session_id,
        account_id=account_id,
        secret_hash=secret_hash,
        assurance=assurance,
        methods=methods,
        device=device,
        signed_in_at=now,
        last_seen_at=now,
        expires_at=now + rules.duration(RuleId.SESSION_LONGEST, now),
        version=0,
    )


def renew(
    session: Session, secret_hash: bytes, methods: tuple[Method, ...], assurance: Assurance, now: datetime
) -> Session:
    """The session after its person has signed in again: the same one, with new cookie, means and time."""
    return replace(
        session,
        secret_hash=secret_hash,
        methods=methods,
        assurance=assurance,
        signed_in_at=now,
        last_seen_at=now,
        expires_at=now + rules.duration(RuleId.SESSION_LONGEST, now),
    )


def is_live(session: Session, now: datetime) -> bool:
    """Whether the browser is still signed in. Tokens given out before may live longer."""
    idle = rules.duration(RuleId.SESSION_IDLE, session.signed_in_at)
    return session.ended_at is None and now < session.expires_at and now - session.last_seen_at < idle


def see(session: Session, now: datetime) -> Session:
    """The session after the browser was seen again; the same one when that was a moment ago."""
    return session if now - session.last_seen_at < SEEN_STEP else replace(session, last_seen_at=now)
