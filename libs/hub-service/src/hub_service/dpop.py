"""Proofs that a caller holds a key (DPoP, RFC 9449).

A proof is a JWT for one request: its method, its address, a moment, and the access token it comes with.
Whoever reads one remembers its `digest` until `forgotten_at`, so that it serves once. There is no server
nonce: a proof is good for a minute and one address only.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote_to_bytes, urlsplit

from . import signatures
from .signatures import PublicKey, SignatureRefused

FRESH: Final = 60.0
"""Seconds that a proof is good after it was made."""
AHEAD: Final = 10.0
"""Seconds that a client's clock may be ahead (FAPI 2.0 Security Profile, 5.3.2.1)."""
ALGORITHMS: Final = signatures.ALGORITHMS

_LONGEST_ID: Final = 256
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class ProofRefused(Exception):
    """The proof is not good for this request; the message says why, in a few plain words."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that is good for its request.

    `jkt` is the thumbprint of its key (RFC 7638); `digest` names the proof; `forgotten_at` is when it
    cannot be good any more, in seconds since 1970.
    """

    jkt: str
    digest: bytes
    forgotten_at: float


def read(text: str, method: str, address: str, now: float, access_token: bytes | None = None) -> Proof:
    """The proof in the header's value, for a request to `address` at `now` (seconds since 1970).

    With an access token the proof must be made for it. Raises `ProofRefused` (RFC 9449, 4.3).
    """
    try:
        signed = signatures.read(text)
        key = _key(signed.protected)
        _check(signed.claims, method, address, now, access_token)
        signatures.verify(signed, (key,))
    except SignatureRefused as refusal:
        raise ProofRefused(str(refusal)) from refusal
    made_at = float(signed.claims["iat"])
    named = hashlib.sha256(
        f"{key.thumbprint} {signed.claims['jti']}".encode("utf-8", "surrogatepass")
    ).digest()
    return Proof(key.thumbprint, named, made_at + FRESH)


def _check(
    claims: Mapping[str, Any], method: str, address: str, now: float, access_token: bytes | None
) -> None:
    made_at, name = claims.get("iat"), claims.get("jti")
    if isinstance(made_at, bool) or not isinstance(made_at, int | float):
        raise ProofRefused("iat is missing")
    if not now - FRESH < made_at <= now + AHEAD:
        raise ProofRefused("iat is too old or lies ahead")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_ID:
        raise ProofRefused("jti is missing")
    if claims.get("htm") != method:
        raise ProofRefused("htm is another method")
    said = claims.get("htu")
    if not isinstance(said, str) or (said != address and normalised(said) != normalised(address)):
        raise ProofRefused("htu is another address")
    if access_token is not None and claims.get("ath") != hash_of(access_token):
        raise ProofRefused("ath is missing or of another token")


def hash_of(access_token: bytes) -> str:
    """What `ath` says of an access token."""
    return base64.urlsafe_b64encode(hashlib.sha256(access_token).digest()).rstrip(b"=").decode()


def normalised(address: str) -> str:
    """An address without query and fragment, in the one form of RFC 3986 (6.2.2, 6.2.3); empty for none."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if not host or parts.scheme not in _DEFAULT_PORTS or "@" in parts.netloc:
        return ""
    name = f"[{host}]" if ":" in host else host
    shown = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{name}{shown}{_ESCAPE.sub(_escape, parts.path) or '/'}"


def _escape(match: re.Match[str]) -> str:
    (byte,) = unquote_to_bytes(match[0])
    return chr(byte) if byte in _UNRESERVED else match[0].upper()


@lru_cache(maxsize=1024)
def _key(protected: str) -> PublicKey:
    """The key in a proof's header. A client sends the same header each time; it is read once."""
    header = json.loads(base64.urlsafe_b64decode(protected + "=" * (-len(protected) % 4)))
    if header.get("typ") != "dpop+jwt":
        raise ProofRefused("typ is not dpop+jwt")
    key = signatures.key_of(header.get("jwk"))
    if header["alg"] not in key.algorithms:
        raise ProofRefused("the key is for another algorithm")
    return key
