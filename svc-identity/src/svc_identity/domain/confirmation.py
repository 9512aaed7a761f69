"""Confirming an e-mail address by a code sent to it."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from . import rules
from .rules import RuleId

DIGITS: Final = 8


class Purpose(StrEnum):
    """What the code is for; the e-mail says it."""

    SIGN_UP = "SIGN_UP"
    PASSWORD_RESET = "PASSWORD_RESET"


class State(StrEnum):
    """PENDING until the right code comes; CONFIRMED ends it."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"


class Outcome(StrEnum):
    """How a try with a code ended: EXPIRED when its time or its tries are over."""

    CONFIRMED = "CONFIRMED"
    WRONG = "WRONG"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One address to be confirmed.

    `round` counts the codes sent; each round has its own code, validity and tries. Without `account_id`
    nothing can come of it: it is for an address that has no account, of which nobody is told.
    """

    id: UUID
    account_id: UUID | None
    purpose: Purpose
    state: State
    round: int
    tries: int
    sent_at: datetime
    expires_at: datetime


def begin(confirmation_id: UUID, account_id: UUID | None, purpose: Purpose, now: datetime) -> Confirmation:
    """A confirmation whose first code is sent now."""
    return Confirmation(
        id=confirmation_id,
        account_id=account_id,
        purpose=purpose,
        state=State.PENDING,
        round=1,
        tries=0,
        sent_at=now,
        expires_at=now + rules.duration(RuleId.CONFIRMATION_VALIDITY, now),
    )


def is_open(confirmation: Confirmation, now: datetime) -> bool:
    """Whether the present code could still confirm."""
    return (
        confirmation.state is State.PENDING
        and now < confirmation.expires_at
        and confirmation.tries < rules.value(RuleId.CONFIRMATION_TRIES, confirmation.sent_at)
    )


def attempt(
    confirmation: Confirmation, given: str, expected: str, now: datetime
) -> tuple[Confirmation, Outcome]:
    """Try a code: how it ended, and the confirmation as it is to be stored.

    A request that is repeated with the right code gets the same answer again.
    """
    if now >= confirmation.expires_at:
        return confirmation, Outcome.EXPIRED
    right = hmac.compare_digest(given.encode(), expected.encode())
    if confirmation.state is State.CONFIRMED:
        return confirmation, Outcome.CONFIRMED if right else Outcome.EXPIRED
    allowed = rules.value(RuleId.CONFIRMATION_TRIES, confirmation.sent_at)
    if confirmation.tries >= allowed:
        return confirmation, Outcome.EXPIRED
    tried = replace(confirmation, tries=confirmation.tries + 1)
    if right:
        return replace(tried, state=State.CONFIRMED), Outcome.CONFIRMED
    return tried, Outcome.EXPIRED if tried.tries == allowed else Outcome.WRONG


def can_renew(confirmation: Confirmation) -> bool:
    """Whether another code may ever be sent; else the sign-up has to start again."""
    most = rules.value(RuleId.CONFIRMATION_CODES, confirmation.sent_at)
    return confirmation.state is State.PENDING and confirmation.round < most


def wait_for_renewal(confirmation: Confirmation, now: datetime) -> timedelta:
    """How long until another code may be asked for; zero when now."""
    pause = rules.duration(RuleId.CONFIRMATION_PAUSE, confirmation.sent_at)
    return max(confirmation.sent_at + pause - now, timedelta())


def renew(confirmation: Confirmation, now: datetime) -> Confirmation:
    """The confirmation with a new code and new tries; the code before is worth nothing."""
    if not can_renew(confirmation) or wait_for_renewal(confirmation, now):
        raise ValueError("no further code may be sent now")
    return replace(
        confirmation,
        round=confirmation.round + 1,
        tries=0,
        sent_at=now,
        expires_at=now + rules.duration(RuleId.CONFIRMATION_VALIDITY, now),
    )


def code(key: bytes, confirmation: Confirmation) -> str:
    """The code of the present round: eight digits, derived, so that it is stored nowhere."""
    message = confirmation.id.bytes + confirmation.round.to_bytes(2)
    digest = hmac.digest(key, message, hashlib.sha256)
    return f"{int.from_bytes(digest) % 10**DIGITS:0{DIGITS}d}"
