"""Signatures of e-mails: DKIM (RFC 6376), relaxed in header and body, by RSA or Ed25519 (RFC 8463).

A key's selector names where its public half is found. During a change of keys both sign: who reads finds the
one or the other.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

_SIGNED: Final = (
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"mime-version",
    b"content-type",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
)
_ONCE_ONLY: Final = (b"from", b"to", b"subject", b"date")
"""Signed once more than they are there: a second one, added on the way, breaks the signature (8.15)."""
_FIELD: Final = re.compile(rb"([!-9;-~]+)[ \t]*:(.*(?:\r\n[ \t].*)*)\r\n")
_WHITE: Final = re.compile(rb"[ \t]+")
_LEAST_BITS: Final = 2048


class UnusableKey(ValueError):
    """A key that signs nothing: of another kind, or too short."""


@dataclass(frozen=True)
class Key:
    """A private key and its selector."""

    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey

    @cached_property
    def algorithm(self) -> str:
        """Its name in a signature."""
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"

    @property
    def record(self) -> str:
        """The TXT record at `<selector>._domainkey.<domain>` (3.6.1)."""
        public = self.private.public_key()
        if isinstance(self.private, RSAPrivateKey):
            encoded = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            return f"v=DKIM1; k=rsa; p={b64encode(encoded).decode()}"
        encoded = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return f"v=DKIM1; k=ed25519; p={b64encode(encoded).decode()}"

    def sign(self, signed: bytes) -> bytes:
        """The signature of canonical header fields."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(signed, PKCS1v15(), SHA256())
        return self.private.sign(sha256(signed).digest())


def load(selector: str, file: Path) -> Key:
    """A key of a PEM file; raises `UnusableKey`."""
    private = load_pem_private_key(file.read_bytes(), None)
    if isinstance(private, RSAPrivateKey):
        if private.key_size < _LEAST_BITS:
            raise UnusableKey(f"{selector}: {private.key_size} bits are too few")
    elif not isinstance(private, Ed25519PrivateKey):
        raise UnusableKey(f"{selector}: neither RSA nor Ed25519")
    return Key(selector, private)


def sign(message: bytes, domain: str, keys: tuple[Key, ...], at: datetime) -> bytes:
    """The message with a signature of each key before it; the same bytes each time."""
    if not keys:
        return message
    header, _, body = message.partition(b"\r\n\r\n")
    body_hash = b64encode(sha256(_relaxed_body(body)).digest()).decode()
    named, fields = _chosen(header + b"\r\n")
    signatures = b""
    for key in keys:
        field = (
            f"DKIM-Signature: v=1; a={key.algorithm}; c=relaxed/relaxed; d={domain};\r\n"
            f" s={key.selector}; t={int(at.timestamp())};\r\n h={named};\r\n"
            f" bh={body_hash};\r\n b="
        ).encode()
        _, _, value = field.partition(b":")
        signature = b64encode(key.sign(fields + b"dkim-signature:" + _relaxed(value))).decode()
        lines = "\r\n ".join(signature[at : at + 72] for at in range(0, len(signature), 72))
        signatures += field + lines.encode() + b"\r\n"
    return signatures + message


def _chosen(header: bytes) -> tuple[str, bytes]:
    """The names of the fields that are signed, and these in their canonical form (3.4.2, 5.4.2)."""
    found: dict[bytes, bytes] = {}
    for name, value in _FIELD.findall(header):
        found[name.lower()] = value
    signed = [name for name in _SIGNED if name in found]
    canonical = b"".join(name + b":" + _relaxed(found[name]) + b"\r\n" for name in signed)
    named = [name.decode() for name in signed] + [name.decode() for name in _ONCE_ONLY]
    return ":".join(named[:7]) + (":\r\n " + ":".join(named[7:])), canonical


def _relaxed(value: bytes) -> bytes:
    return _WHITE.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")


def _relaxed_body(body: bytes) -> bytes:
    """The body with white space reduced and without empty lines at its end (3.4.4)."""
    lines = body.replace(b"\t", b" ")
    while b"  " in lines:
        lines = lines.replace(b"  ", b" ")
    lines = lines.replace(b" \r\n", b"\r\n")
    text = lines.rstrip(b"\r\n")
    return text.rstrip(b" ") + b"\r\n" if text else b""
