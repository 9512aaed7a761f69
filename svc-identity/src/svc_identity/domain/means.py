"""Means of sign-in besides the password, and who may change them."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.principal import Assurance

from . import rules
from .rules import RuleId
from .session import Method, Session

NAME_LONGEST: Final = 64
"""Characters of a passkey's name."""
_STRONG: Final = frozenset({Method.MULTIPLE, Method.FEDERATED})


class Change(StrEnum):
    """What changed about how a person signs in or is reached; the person is told of each."""

    PASSWORD_CHANGED = "PASSWORD_CHANGED"
    PASSWORD_RESET = "PASSWORD_RESET"
    AUTHENTICATOR_ADDED = "AUTHENTICATOR_ADDED"
    AUTHENTICATOR_REMOVED = "AUTHENTICATOR_REMOVED"
    PASSKEY_ADDED = "PASSKEY_ADDED"
    PASSKEY_REMOVED = "PASSKEY_REMOVED"
    RECOVERY_CODES_MADE = "RECOVERY_CODES_MADE"
    RECOVERY_CODE_USED = "RECOVERY_CODE_USED"
    IDENTITY_LINKED = "IDENTITY_LINKED"
    IDENTITY_REMOVED = "IDENTITY_REMOVED"
    NEW_DEVICE = "NEW_DEVICE"
    PHONE_ADDED = "PHONE_ADDED"
    PHONE_CHANGED = "PHONE_CHANGED"
    PHONE_REMOVED = "PHONE_REMOVED"


@dataclass(frozen=True, slots=True)
class SecurityChange:
    """One line of what the owner sees: what changed, when, and at which device (coarsely; may be empty)."""

    account_id: UUID
    version: int
    change: Change
    device: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Authenticator:
    """An app that shows one-time codes (RFC 6238).

    `sealed` is its secret, `last_step` the time step of the last code taken: no code is taken twice.
    It counts once it is confirmed with a code.
    """

    account_id: UUID
    sealed: bytes
    last_step: int
    created_at: datetime
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Passkey:
    """A credential of Web Authentication. `synced` says that it may be copied between devices."""

    id: UUID
    account_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    synced: bool
    transports: tuple[str, ...]
    name: str
    created_at: datetime
    last_used_at: datetime | None = None

    @property
    def methods(self) -> tuple[Method, ...]:
        """What a sign-in with it has shown: the key, and that the device knew its person."""
        return (Method.SOFTWARE_KEY if self.synced else Method.HARDWARE_KEY, Method.USER, Method.MULTIPLE)


@dataclass(frozen=True, slots=True)
class Link:
    """An outside identity provider by which a person signs in, and the level of its last word.

    One that was removed is remembered: who signs in there again is not let in by it.
    """

    account_id: UUID
    provider: str
    assurance: Assurance
    linked_at: datetime
    last_used_at: datetime | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """What an account can be signed in to with."""

    has_password: bool
    authenticator: Authenticator | None
    passkeys: tuple[Passkey, ...]
    recovery_codes: int
    links: tuple[Link, ...]

    @property
    def has_authenticator(self) -> bool:
        """Whether an app was set up and confirmed."""
        return self.authenticator is not None and self.authenticator.confirmed_at is not None

    @property
    def needs_second_step(self) -> bool:
        """Whether a right password is not enough."""
        return self.has_authenticator or bool(self.passkeys)

    @property
    def has_strong(self) -> bool:
        """Whether the account can be signed in to by more than a password."""
        return self.needs_second_step or bool(self.links)

    @property
    def count(self) -> int:
        """The means that are enough to sign in: one must stay."""
        return int(self.has_password) + len(self.passkeys) + len(self.links)


@dataclass(frozen=True, slots=True)
class SecondStep:
    """A sign-in whose password was right; `secret_hash` is SHA-256 of what the browser's cookie holds."""

    secret_hash: bytes
    account_id: UUID
    tries: int
    expires_at: datetime


def await_second(secret_hash: bytes, account_id: UUID, now: datetime) -> SecondStep:
    """A second step that begins now."""
    return SecondStep(secret_hash, account_id, 0, now + rules.duration(RuleId.SECOND_STEP_OPEN, now))


def is_open(step: SecondStep, now: datetime) -> bool:
    """Whether a second factor may still be shown; else the password has to come again."""
    return now < step.expires_at and step.tries < rules.value(RuleId.SECOND_STEP_TRIES, now)


def tried(step: SecondStep) -> SecondStep:
    """The step after one more try."""
    return replace(step, tries=step.tries + 1)


def may_change(signed_in: Session, means: Means, now: datetime) -> bool:
    """Whether this sign-in may add or take away means: it is fresh, and as strong as the account can give.

    A password alone may give an account its first second factor, but may not add another to one that
    has something stronger: who stole the password would make themselves at home (NIST SP 800-63B 4.1.2).
    """
    fresh = now - signed_in.signed_in_at <= rules.duration(RuleId.FRESH_SIGN_IN, now)
    return fresh and (not means.has_strong or not _STRONG.isdisjoint(signed_in.methods))


def strengthen(signed_in: Session) -> Session:
    """The sign-in after its person has shown a new second factor; its level stays until the next one."""
    if Method.MULTIPLE in signed_in.methods:
        return signed_in
    return replace(signed_in, methods=(*signed_in.methods, Method.MULTIPLE))
