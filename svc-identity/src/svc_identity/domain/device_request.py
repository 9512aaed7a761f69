"""A device without a browser asks for tokens, and a person lets it by a code (RFC 8628)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from . import rules
from .rules import RuleId

LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""What user codes are made of: no vowels, so that no words come out, and no digits (RFC 8628, 6.1)."""
LENGTH: Final = 8
SLOWER: Final = timedelta(seconds=5)
"""How much longer a device that asks too often has to wait between two polls (3.5)."""


class Polled(StrEnum):
    """How a poll of the device is answered; GRANTED once, then REFUSED."""

    PENDING = "PENDING"
    SLOW_DOWN = "SLOW_DOWN"
    EXPIRED = "EXPIRED"
    DENIED = "DENIED"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class DeviceRequest:
    """One request of a device.

    `code_hash` is SHA-256 of what the device holds, `user_code_digest` a keyed hash of what the person
    types. `interval` are the seconds between two polls. Decided without `grant_id`, it was denied.
    """

    id: UUID
    client_id: str
    scopes: tuple[str, ...]
    code_hash: bytes
    user_code_digest: bytes
    interval: int
    created_at: datetime
    expires_at: datetime
    polled_at: datetime | None = None
    decided_at: datetime | None = None
    grant_id: UUID | None = None
    spent_at: datetime | None = None


def begin(
    request_id: UUID,
    client_id: str,
    scopes: tuple[str, ...],
    code_hash: bytes,
    user_code_digest: bytes,
    now: datetime,
) -> DeviceRequest:
    """A request whose codes run from now."""
    return DeviceRequest(
        id=request_id,
        client_id=client_id,
        scopes=scopes,
        code_hash=code_hash,
        user_code_digest=user_code_digest,
        interval=rules.value(RuleId.DEVICE_INTERVAL, now),
        created_at=now,
        expires_at=now + rules.duration(RuleId.DEVICE_VALIDITY, now),
    )


def is_open(request: DeviceRequest, now: datetime) -> bool:
    """Whether a person may still decide."""
    return request.decided_at is None and now < request.expires_at


def poll(request: DeviceRequest, client_id: str, now: datetime) -> tuple[DeviceRequest, Polled]:
    """The request after its device asked, and the answer (RFC 8628, 3.5)."""
    if request.client_id != client_id or request.spent_at is not None:
        return request, Polled.REFUSED
    if now >= request.expires_at:
        return request, Polled.EXPIRED
    if request.decided_at is not None and request.grant_id is None:
        return request, Polled.DENIED
    if request.grant_id is not None:
        return replace(request, spent_at=now), Polled.GRANTED
    too_early = request.polled_at is not None and now - request.polled_at < timedelta(
        seconds=request.interval
    )
    if too_early:
        slower = request.interval + int(SLOWER.total_seconds())
        return replace(request, polled_at=now, interval=slower), Polled.SLOW_DOWN
    return replace(request, polled_at=now), Polled.PENDING


def read_code(text: str) -> str | None:
    """A user code as a person types it, with or without dash and blanks, large or small; none for others."""
    code = "".join(character for character in text.upper() if character not in "- \t")
    return code if len(code) == LENGTH and set(code) <= set(LETTERS) else None


def show_code(code: str) -> str:
    """The code as it is read and typed: `WDJB-MJHT`."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"
