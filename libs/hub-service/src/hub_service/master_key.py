"""The one secret key of a service, and what is made from it: encryption at rest, look-ups, codes.

A service names what its keys are for; each purpose has a key of its own:

    class Purpose(StrEnum):
        SEAL = "seal"
        CODES = "codes"

    key = MasterKey(settings.petitions_key.get_secret_value(), "petitions", Purpose)
"""

import hashlib
import hmac
import secrets
from enum import StrEnum
from typing import Final, Generic, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES: Final = 12  # NIST SP 800-38D, 8.2
_SEAL: Final = "seal"

PurposeT = TypeVar("PurposeT", bound=StrEnum)


class MasterKey(Generic[PurposeT]):
    """Keys derived from the master key by HKDF (RFC 5869), and secrets sealed with one of them.

    `key` is 32 bytes; `purposes` are what keys are derived for, `seal` among them.
    """

    def __init__(self, key: bytes, service: str, purposes: type[PurposeT]) -> None:
        self._derived = {
            purpose.value: HKDF(
                SHA256(), length=32, salt=None, info=f"hub-{service}/{purpose}".encode()
            ).derive(key)
            for purpose in purposes
        }

    def of(self, purpose: PurposeT) -> bytes:
        """The 32 bytes for one purpose."""
        return self._derived[purpose.value]

    def digest(self, purpose: PurposeT, message: str) -> bytes:
        """HMAC-SHA-256: the same for the same message, and nobody without the key can make it."""
        return hmac.digest(self.of(purpose), message.encode(), hashlib.sha256)

    def seal(self, secret: bytes, context: str) -> bytes:
        """The secret, encrypted with AES-256-GCM and bound to its context."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._derived[_SEAL]).encrypt(nonce, secret, context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """The secret again; raises `cryptography.exceptions.InvalidTag` for another key or context."""
        nonce, encrypted = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return AESGCM(self._derived[_SEAL]).decrypt(nonce, encrypted, context.encode())
