"""Token Status List (draft-ietf-oauth-status-list): whether a document was revoked, for who asks nobody.

A list is one bit (or two) for each of thousands of documents, packed and signed: it is fetched whole
and kept for a while, so who publishes it does not learn which document is looked at.

    packed = status_list.bits({482: Status.INVALID}, size=100_000)
    token = status_list.token(packed, signer, address=address, issued_at=now, valid_for=A_DAY, ttl=AN_HOUR)
    status_list.read(token, keys, address=address, now=now).at(482)  # Status.INVALID
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, Final

from . import compact
from .facts import FactsInvalid, FactsSigner, Keys

MEDIA_TYPE: Final = "application/statuslist+jwt"
KIND: Final = "statuslist+jwt"
LARGEST: Final = 1 << 21
"""The most bytes that a list is unpacked to: eight million documents with two bits each."""

_BITS_A_BYTE: Final = 8
_EFFORT: Final = 6
"""The highest effort that the draft recommends takes sixteen times as long for a tenth less."""


class Status(IntEnum):
    """What a list can say of a document."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2


class StatusListInvalid(Exception):
    """The list is none of the issuer's, is another one, is out of date, or was changed."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list that was read: what it says of each document, from when, until when it may be kept."""

    packed: bytes
    width: int
    issued_at: datetime
    keep_for: timedelta

    def at(self, index: int) -> Status:
        """What is said of the document with this index; raises `StatusListInvalid` when it has none."""
        byte, place = divmod(index * self.width, _BITS_A_BYTE)
        if not 0 <= byte < len(self.packed):
            raise StatusListInvalid("the list is shorter")
        value = self.packed[byte] >> place & (1 << self.width) - 1
        try:
            return Status(value)
        except ValueError:
            raise StatusListInvalid("a status that nothing is known of") from None


def bits(statuses: Mapping[int, Status], size: int, width: int = 1) -> bytes:
    """A packed list for `size` documents: what is not named is VALID; `width` is 1 or 2 bits for each."""
    _check_width(width)
    packed = bytearray(-(-size * width // _BITS_A_BYTE))
    for index, status in statuses.items():
        if not 0 <= index < size:
            raise IndexError(f"the list has places for {size} documents")
        if status >> width:
            raise ValueError(f"{status.name} needs more than {width} bit")
        byte, place = divmod(index * width, _BITS_A_BYTE)
        packed[byte] |= status << place
    return bytes(packed)


def token(
    bits: bytes,
    signer: FactsSigner,
    *,
    address: str,
    issued_at: datetime,
    valid_for: timedelta,
    ttl: timedelta,
    width: int = 1,
) -> str:
    """The list as a signed JWT (`application/statuslist+jwt`).

    `address` is where it is fetched from, as documents name it; who fetched it may use it for `ttl`,
    and it is refused after `valid_for`. The same arguments give the same claims, and another signature.
    """
    _check_width(width)
    issued = int(issued_at.timestamp())
    claims = {
        "sub": address,
        "iat": issued,
        "exp": issued + int(valid_for.total_seconds()),
        "ttl": int(ttl.total_seconds()),
        "status_list": {"bits": width, "lst": compact.encode(zlib.compress(bits, _EFFORT))},
    }
    return compact.sign(KIND, claims, signer)


def read(token: str, keys: Keys, *, address: str, now: datetime) -> StatusList:
    """The list fetched from the address, if one of the keys signed it; raises `StatusListInvalid`."""
    try:
        return _list(compact.read(token, KIND, keys), address, now)
    except (FactsInvalid, ValueError, TypeError, KeyError, OverflowError, zlib.error) as problem:
        raise StatusListInvalid(str(problem)) from problem


def _list(claims: Mapping[str, Any], address: str, now: datetime) -> StatusList:
    if claims["sub"] != address:
        raise ValueError("another list")
    if now.timestamp() >= claims["exp"]:
        raise ValueError("out of date")
    listed = claims["status_list"]
    _check_width(listed["bits"])
    unpacking = zlib.decompressobj()
    packed = unpacking.decompress(compact.decode(listed["lst"]), LARGEST)
    if not unpacking.eof:
        raise ValueError("cut off, or too large")
    return StatusList(
        packed=packed,
        width=listed["bits"],
        issued_at=datetime.fromtimestamp(claims["iat"], tz=now.tzinfo),
        keep_for=timedelta(seconds=claims["ttl"]),
    )


def _check_width(width: int) -> None:
    if width not in {1, 2}:
        raise ValueError("a status takes 1 or 2 bits")
