"""A person's telephone number: theirs once a code that was sent to it has come back."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core import phone

from . import rules
from .rules import RuleId

DIGITS: Final = 6


class Outcome(StrEnum):
    """How a try with a code ended: EXPIRED when its time or its tries are over."""

    CONFIRMED = "CONFIRMED"
    WRONG = "WRONG"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True, repr=False)
class HeldPhone:
    """An account's confirmed mobile number, E.164."""

    account_id: UUID
    number: str
    confirmed_at: datetime

    @property
    def masked(self) -> str:
        """The number for screens: `+40******456`."""
        return phone.masked(self.number)


@dataclass(frozen=True, slots=True, repr=False)
class Confirmation:
    """A number to be confirmed, E.164; an account waits for one at a time.

    `round` counts the codes sent; each round has its own code, validity and tries.
    """

    id: UUID
    account_id: UUID
    number: str
    round: int
    tries: int
    sent_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None = None

    @property
    def masked(self) -> str:
        """The number for screens: `+40******456`."""
        return phone.masked(self.number)


def begin(confirmation_id: UUID, account_id: UUID, number: str, now: datetime) -> Confirmation:
    """A confirmation whose first code is sent now."""
    return Confirmation(
        id=confirmation_id,
        account_id=account_id,
        number=number,
        round=1,
        tries=0,
        sent_at=now,
        expires_at=now + rules.duration(RuleId.PHONE_CODE_VALIDITY, now),
    )


def is_open(confirmation: Confirmation, now: datetime) -> bool:
    """Whether the present code could still confirm."""
    return (
        confirmation.confirmed_at is None
        and now < confirmation.expires_at
        and confirmation.tries < rules.value(RuleId.PHONE_CODE_TRIES, confirmation.sent_at)
    )


def attempt(
    confirmation: Confirmation, given: str, expected: str, now: datetime
) -> tuple[Confirmation, Outcome]:
    """Try a code: how it ended, and the confirmation as it is to be stored.

    A request that is repeated with the right code gets the same answer again.
    """
    right = hmac.compare_digest(given.encode(), expected.encode())
    if confirmation.confirmed_at is not None and right and now < confirmation.expires_at:
        return confirmation, Outcome.CONFIRMED
    if not is_open(confirmation, now):
        return confirmation, Outcome.EXPIRED
    tried = replace(confirmation, tries=confirmation.tries + 1)
    if right:
        return replace(tried, confirmed_at=now), Outcome.CONFIRMED
    return tried, Outcome.WRONG if is_open(tried, now) else Outcome.EXPIRED


def can_renew(confirmation: Confirmation) -> bool:
    """Whether another code may ever be sent; else the number has to be given again."""
    most = rules.value(RuleId.PHONE_CODES, confirmation.sent_at)
    return confirmation.confirmed_at is None and confirmation.round < most


def wait_for_renewal(confirmation: Confirmation, now: datetime) -> timedelta:
    """How long until another code may be asked for; zero when now."""
    pause = rules.duration(RuleId.PHONE_CODE_PAUSE, confirmation.sent_at)
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
        expires_at=now + rules.duration(RuleId.PHONE_CODE_VALIDITY, now),
    )


def code(key: bytes, confirmation: Confirmation) -> str:
    """The code of the present round: six digits, derived, so that it is stored nowhere."""
    message = b"phone" + confirmation.id.bytes + confirmation.round.to_bytes(2)
    digest = hmac.digest(key, message, hashlib.sha256)
    return f"{int.from_bytes(digest) % 10**DIGITS:0{DIGITS}d}"
