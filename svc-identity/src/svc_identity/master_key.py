"""The one secret key of the service (HUB_IDENTITY_KEY), and what is made from it."""

import hashlib
import hmac
import secrets
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES: Final = 12  # NIST SP 800-38D, 8.2


class Purpose(StrEnum):
    """What a derived key is for; each purpose has its own."""

    SEAL = "seal"
    CODES = "codes"
    FORMS = "forms"
    DEVICES = "devices"
    COUNTERS = "counters"
    IDENTIFIERS = "identifiers"
    PAIRWISE = "pairwise"
    FACTORS = "factors"


class MasterKey:
    """Keys derived from the master key by HKDF (RFC 5869), and secrets sealed with one of them."""

    def __init__(self, key: bytes) -> None:
        self._derived = {
            purpose: HKDF(SHA256(), length=32, salt=None, info=f"hub-identity/{purpose}".encode()).derive(key)
            for purpose in Purpose
        }

    def of(self, purpose: Purpose) -> bytes:
        """The 32 bytes for one purpose."""
        return self._derived[purpose]

    def digest(self, purpose: Purpose, message: str) -> bytes:
        """HMAC-SHA-256: the same for the same message, and nobody without the key can make it."""
        return hmac.digest(self.of(purpose), message.encode(), hashlib.sha256)

    def seal(self, secret: bytes, context: str) -> bytes:
        """The secret, encrypted with AES-256-GCM and bound to its context."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self.of(Purpose.SEAL)).encrypt(nonce, secret, context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """The secret again; raises `cryptography.exceptions.InvalidTag` for another key or context."""
        nonce, encrypted = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return AESGCM(self.of(Purpose.SEAL)).decrypt(nonce, encrypted, context.encode())
