"""JWS in compact form (RFC 7515) with the key of the facts: what wallets and status lists are written in."""

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import orjson

from . import facts
from .facts import FactsInvalid, FactsSigner, Keys


def encode(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes again; raises `ValueError` for what `encode` would have written in another way."""
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(data) != text:
        raise ValueError("no base64url")
    return data


def sign(kind: str, claims: Mapping[str, Any], signer: FactsSigner) -> str:
    """A JWT of the kind (`typ`), signed with ES256; its header carries the certificates (`x5c`)."""
    header = {
        "alg": "ES256",
        "typ": kind,
        "kid": encode(signer.kid),
        "x5c": [b64encode(link).decode() for link in signer.certificates],
    }
    signed = f"{encode(orjson.dumps(header))}.{encode(orjson.dumps(claims))}"
    return f"{signed}.{encode(signer.sign(signed.encode()))}"


def read(token: str, kind: str, keys: Keys) -> Mapping[str, Any]:
    """The claims of a JWT of the kind that one of the keys signed; raises `FactsInvalid`."""
    try:
        signed, _, signature = token.rpartition(".")
        header, claims = (orjson.loads(decode(part)) for part in signed.split("."))
        match header:
            case {"alg": "ES256", "typ": str(said), "kid": str(kid)} if said == kind and decode(kid) in keys:
                facts.check(keys[decode(kid)], decode(signature), signed.encode())
            case _:
                raise FactsInvalid("signed with no key that is trusted, or for something else")
    except ValueError:
        raise FactsInvalid("no JWT") from None
    if not isinstance(claims, dict):
        raise FactsInvalid("holds no claims")
    return claims
