"""Where mail that cannot be delivered comes back to: an address for each delivery, that only we can make."""

import hmac
import re
from base64 import b32decode, b32encode
from typing import Final
from uuid import UUID

from ..keys import MasterKey, Purpose

_LOCAL: Final = re.compile(r"bounces\+([a-z2-7]{26})-([a-z2-7]{16})([a-z2-7]{10})@", re.IGNORECASE)
_MAC_BYTES: Final = 10
_ADDRESS_BYTES: Final = 6


class ReturnPaths:
    """The return paths in a domain.

    Each names its delivery, is signed, and tells of an address whether it was the one written to.
    """

    def __init__(self, keys: MasterKey, domain: str) -> None:
        self._keys = keys
        self._domain = domain

    def of(self, delivery_id: UUID, address: str) -> str:
        """The return path of what goes to an address (RFC 5321: a local part of 64 at most)."""
        name = b32encode(delivery_id.bytes).decode().rstrip("=")
        tags = _text(self._mac(delivery_id)) + _text(self._tag(delivery_id, address))
        return f"bounces+{name}-{tags}@{self._domain}".lower()

    def read(self, text: str) -> UUID | None:
        """The delivery that a return path in a text names; none where none of ours is there."""
        for name, mac, _ in _LOCAL.findall(text):
            delivery_id = UUID(bytes=b32decode(f"{name.upper()}======"))
            if hmac.compare_digest(mac.upper(), _text(self._mac(delivery_id))):
                return delivery_id
        return None

    def was_to(self, text: str, delivery_id: UUID, address: str) -> bool:
        """Whether that delivery went to this address, by the return path in the text."""
        tag = _text(self._tag(delivery_id, address))
        return any(hmac.compare_digest(each.upper(), tag) for _, _, each in _LOCAL.findall(text))

    def _mac(self, delivery_id: UUID) -> bytes:
        return self._keys.digest(Purpose.RETURN_PATHS, str(delivery_id))[:_MAC_BYTES]

    def _tag(self, delivery_id: UUID, address: str) -> bytes:
        said = f"{delivery_id} {address.casefold()}"
        return self._keys.digest(Purpose.RETURN_PATHS, said)[:_ADDRESS_BYTES]


def _text(value: bytes) -> str:
    return b32encode(value).decode().rstrip("=")
