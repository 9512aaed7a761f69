"""JWTs that others have signed with keys of their own: what is good enough, and what is not.

Algorithms and key lengths are those of the FAPI 2.0 Security Profile (5.4.1). A key is never taken from
the address a token names (`jku`, `x5u`), and never is the token asked which kind of key it wants.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

ALGORITHMS: Final = ("ES256", "PS256", "EdDSA", "Ed25519")
"""The `alg` values that are taken; `EdDSA` (RFC 8037) means Ed25519, its name since RFC 9864."""

_PARTS: Final = 3  # RFC 7515, 7.1
_LONGEST: Final = 8192
_RSA_BYTES: Final = (2048 // 8, 4096 // 8)
_SECRET: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class SignatureRefused(Exception):
    """The token or the key is not good; the message says why, in a few plain words."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key that may sign, and the algorithms it is good for. `thumbprint` is RFC 7638's."""

    algorithms: tuple[str, ...]
    thumbprint: str
    kid: str | None
    key: Any


@dataclass(frozen=True, slots=True)
class Signed:
    """A JWT in its parts, before its signature is verified. `protected` is the header as it came."""

    protected: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    message: bytes
    signature: bytes

    @property
    def algorithm(self) -> str:
        """The header's `alg`, one of `ALGORITHMS`."""
        return str(self.header["alg"])


def key_of(jwk: Any) -> PublicKey:
    """The key of a JWK (RFC 7517); raises `SignatureRefused` for a private, weak or unknown one."""
    if not isinstance(jwk, dict) or _SECRET & jwk.keys():
        raise SignatureRefused("the key is not a public one")
    kind = jwk.get("kty")
    try:
        key, algorithms = _import(kind, jwk)
        if jwk.get("use", "sig") != "sig":
            raise SignatureRefused("the key is of another kind or use")
        if "alg" in jwk:
            algorithms = tuple(one for one in algorithms if one == jwk["alg"])
        kid = jwk.get("kid")
        return PublicKey(algorithms, key.thumbprint(), kid if isinstance(kid, str) else None, key)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise SignatureRefused("the key cannot be read") from error


def _import(kind: Any, jwk: dict[str, Any]) -> tuple[Any, tuple[str, ...]]:
    if kind == "RSA":
        if not _RSA_BYTES[0] <= len(_bytes(jwk["n"])) <= _RSA_BYTES[1]:
            raise SignatureRefused("the key is too short or too long")
        return RSAKey.import_key(jwk), ("PS256",)
    if kind == "EC" and jwk["crv"] == "P-256":
        return ECKey.import_key(jwk), ("ES256",)
    if kind == "OKP" and jwk["crv"] == "Ed25519":
        return OKPKey.import_key(jwk), ("EdDSA", "Ed25519")
    raise SignatureRefused("the key is of another kind or use")


def read(text: str) -> Signed:
    """A compact JWT in its parts; raises `SignatureRefused` for another shape or algorithm."""
    parts = text.split(".")
    if len(parts) != _PARTS or len(text) > _LONGEST:
        raise SignatureRefused("not a signed JWT")
    protected, payload, signature = parts
    header = _header(protected)
    claims = _object(payload)
    return Signed(protected, header, claims, f"{protected}.{payload}".encode(), _bytes(signature))


def verify(signed: Signed, keys: Iterable[PublicKey]) -> PublicKey:
    """The key that has signed; raises `SignatureRefused` when none of them has.

    A `kid` in the header picks the keys of that name; without one, every key may have signed.
    """
    kid = signed.header.get("kid")
    model = _MODELS[signed.algorithm]
    for key in keys:
        if kid is not None and key.kid is not None and kid != key.kid:
            continue
        if signed.algorithm in key.algorithms and _holds(model, signed, key):
            return key
    raise SignatureRefused("no registered key has signed this")


def _holds(model: Any, signed: Signed, key: PublicKey) -> bool:
    try:
        return bool(model.verify(signed.message, signed.signature, key.key))
    except (JoseError, ValueError):
        return False


@lru_cache(maxsize=1024)
def _header(protected: str) -> Mapping[str, Any]:
    """The same header comes with every token of a client; it is read once."""
    header = _object(protected)
    if header.get("alg") not in ALGORITHMS:
        raise SignatureRefused("the algorithm is not one that is taken")
    if "crit" in header or "b64" in header:
        raise SignatureRefused("the header asks for an extension")
    return header


def _object(segment: str) -> dict[str, Any]:
    try:
        value = json.loads(_bytes(segment))
    except (ValueError, RecursionError) as error:
        raise SignatureRefused("not a signed JWT") from error
    if not isinstance(value, dict):
        raise SignatureRefused("not a signed JWT")
    return value


def _bytes(segment: str) -> bytes:
    try:
        return base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureRefused("not a signed JWT") from error


_MODELS: Final = {name: JWSRegistry.algorithms["Ed25519" if name == "EdDSA" else name] for name in ALGORITHMS}
