"""Signing keys and their times: published before they sign, and for a while after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from . import rules
from .rules import RuleId


class Use(StrEnum):
    """What a key signs.

    ID tokens go to clients (ES256 is what all of them read), internal tokens to the hub's own
    services (Ed25519).
    """

    ID_TOKEN = "ID_TOKEN"
    INTERNAL_TOKEN = "INTERNAL_TOKEN"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key pair. `sealed` is the private JWK, encrypted; `public` the JWK for the key set.

    It signs from `signs_from` until `signs_until`, and is published until `published_until`.
    """

    kid: str
    use: Use
    sealed: bytes
    public: dict[str, Any]
    created_at: datetime
    signs_from: datetime
    signs_until: datetime
    published_until: datetime


def signs(key: SigningKey, use: Use, now: datetime) -> bool:
    """Whether it is this key's turn to sign."""
    return key.use is use and key.signs_from <= now < key.signs_until


def next_start(keys: Iterable[SigningKey], use: Use, now: datetime) -> datetime | None:
    """When a key that has to be made now begins to sign; none when none is due.

    A successor is due while its predecessor still signs, so that it is in every cached key set
    before its turn comes. Keys of a far future, left by a clock that went wrong, hide no gap.
    """
    covered = now
    for key in sorted(keys, key=lambda key: key.signs_from):
        if key.use is use and key.signs_from <= covered < key.signs_until:
            covered = key.signs_until
    return covered if covered - rules.duration(RuleId.KEY_AHEAD, now) <= now else None


def schedule(starts: datetime) -> tuple[datetime, datetime]:
    """Until when a key that begins to sign at `starts` signs, and is published."""
    signs_until = starts + rules.duration(RuleId.KEY_SIGNS, starts)
    return signs_until, signs_until + rules.duration(RuleId.KEY_AFTER, starts)
