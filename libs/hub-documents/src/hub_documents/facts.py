"""The facts of a document as a small signed token for its QR: COSE_Sign1 with ES256 (RFC 9052, RFC 9053).

    signer = facts.from_files(trust / "facts.pem", trust / "facts.key", trust / "chain.pem")
    token = facts.sign({4: expires, 6: issued, 7: b"K7QF2M9X"}, signer)
    text = facts.address("https://hub.example", "K7QF2M9X", token)  # what the QR says
    claims = facts.read(token, facts.keys(certificate_pem))         # anywhere, without asking anybody

Claims are those of a CWT (RFC 8392): 4 expiration, 6 issued at, 7 id; 65535 the status (Token Status
List); below -65536 the issuer's own.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import cbor2
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from . import signers
from .signers import Signer

Claims: TypeAlias = Mapping[int | str, Any]
Keys: TypeAlias = Mapping[bytes, ec.EllipticCurvePublicKey]
"""Public keys by their key id."""

MOST_BYTES: Final = 2_048
"""More does not fit a QR, and is not read."""

_SIGN1: Final = 18
_ALGORITHM: Final = 1
_KEY_ID: Final = 4
_ES256: Final = -7
_KEY_ID_BYTES: Final = 8
_INTEGER_BYTES: Final = 32
_SHORT: Final = 24
_LONG: Final = 257
"""The longest byte strings in CBOR whose length takes one byte, and two (with it)."""
_ECDSA: Final = ec.ECDSA(hashes.SHA256())


class FactsInvalid(Exception):
    """The token is none of ours, or was changed; the message says why, with nothing of its content."""


class FactsSigner:
    """The key that signs facts, wallet credentials and status lists; it may lie in a module of its own."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self.certificates = (signer.certificate, *signer.chain)
        self.kid = key_id(_p256(x509.load_der_x509_certificate(signer.certificate).public_key()))

    def sign(self, data: bytes) -> bytes:
        """The signature as JOSE and COSE write it: r and s, 32 bytes each."""
        r, s = utils.decode_dss_signature(self._signer.sign(data))
        return r.to_bytes(_INTEGER_BYTES, "big") + s.to_bytes(_INTEGER_BYTES, "big")


def from_files(certificate: Path, key: Path, chain: Path) -> FactsSigner:
    """The signer of these PEM files, as `signers.from_files` takes them."""
    return FactsSigner(signers.from_files(certificate, key, chain))


def key_id(key: ec.EllipticCurvePublicKey) -> bytes:
    """The first 8 bytes of SHA-256 of the public key (SubjectPublicKeyInfo, DER): `kid` of what it signs."""
    info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(info).digest()[:_KEY_ID_BYTES]


def keys(*pems: bytes) -> Keys:
    """The keys that are trusted, from PEM: each a certificate or a public key."""
    trusted = (
        _p256(
            x509.load_pem_x509_certificate(pem).public_key()
            if b"BEGIN CERTIFICATE" in pem
            else load_pem_public_key(pem)
        )
        for pem in pems
    )
    return {key_id(key): key for key in trusted}


def sign(claims: Claims, signer: FactsSigner) -> bytes:
    """The claims as a tagged COSE_Sign1 in deterministic CBOR (RFC 8949, 4.2.3)."""
    payload = _encode(claims)
    return _sign1(signer.kid, payload, signer.sign(_to_be_signed(signer.kid, payload)))


def read(token: bytes, keys: Keys) -> Claims:
    """The claims of a token that one of the keys signed; raises `FactsInvalid`.

    Nothing is decoded before its signature is checked. Whether the claims have expired, or were revoked
    since, is for the caller to say.
    """
    kid, payload, signature = _parts(token)
    if kid not in keys:
        raise FactsInvalid("signed with no key that is trusted")
    check(keys[kid], signature, _to_be_signed(kid, payload))
    match cbor2.loads(payload):
        case dict(claims):
            return claims
        case _:
            raise FactsInvalid("holds no claims")


def check(key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> None:
    """Nothing, when the key's owner signed the data; raises `FactsInvalid`. `signature` is r and s."""
    if len(signature) != 2 * _INTEGER_BYTES:
        raise FactsInvalid("no signature of P-256")
    r, s = (int.from_bytes(half, "big") for half in (signature[:_INTEGER_BYTES], signature[_INTEGER_BYTES:]))
    try:
        key.verify(utils.encode_dss_signature(r, s), data, _ECDSA)
    except InvalidSignature:
        raise FactsInvalid("changed since it was signed") from None


def address(origin: str, code: str, token: bytes) -> str:
    """What the QR says: a page for a telephone, and behind `#`, which no browser sends, the token."""
    return f"{origin}/verify/{code}#{urlsafe_b64encode(token).rstrip(b'=').decode()}"


def _parts(token: bytes) -> tuple[bytes, bytes, bytes]:
    """Key id, payload and signature. They stand in fixed places, and there is one way to write them all."""
    kid, body, signature = token[8:16], token[17:-66], token[-64:]
    payload = body[1 if len(body) <= _SHORT else 2 if len(body) <= _LONG else 3 :]
    if len(token) > MOST_BYTES or token != _sign1(kid, payload, signature):
        raise FactsInvalid("no COSE_Sign1 of ours")
    return kid, payload, signature


def _sign1(kid: bytes, payload: bytes, signature: bytes) -> bytes:
    return _encode(cbor2.CBORTag(_SIGN1, [_protected(kid), {}, payload, signature]))


def _protected(kid: bytes) -> bytes:
    return _encode({_ALGORITHM: _ES256, _KEY_ID: kid})


def _to_be_signed(kid: bytes, payload: bytes) -> bytes:
    return _encode(["Signature1", _protected(kid), b"", payload])


def _encode(value: object) -> bytes:
    return cbor2.dumps(value, canonical=True)


def _p256(key: object) -> ec.EllipticCurvePublicKey:
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise TypeError("facts are signed with a P-256 key")
