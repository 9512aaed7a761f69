"""A credential for a wallet: SD-JWT VC (RFC 9901, draft-ietf-oauth-sd-jwt-vc), signed like the facts.

Its holder shows of it what is needed: each claim is a disclosure of its own, and what is not shown
cannot be guessed. With the wallet's key in it, only who has that wallet can show it.

    credential = wallet.issue(
        {"family_name": "Popescu", "has_entries": False},
        signer,
        issuer="https://hub.example",
        kind="https://hub.example/criminal-record/v1/credential-types/criminal-record",
        issued_at=now,
        expires_at=then,
        status=("https://hub.example/criminal-record/v1/status-lists/1", 482),
        holder_key=jwk,
    )
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from . import compact
from .facts import FactsSigner

MEDIA_TYPE: Final = "application/dc+sd-jwt"
KIND: Final = "dc+sd-jwt"

_SALT_BYTES: Final = 16  # RFC 9901, 9.3
_COORDINATE_BYTES: Final = 32


class HolderKeyInvalid(Exception):
    """What the wallet gave is no public key of P-256 as a JWK."""


def issue(
    claims: Mapping[str, Any],
    signer: FactsSigner,
    *,
    issuer: str,
    kind: str,
    issued_at: datetime,
    expires_at: datetime,
    status: tuple[str, int],
    holder_key: Mapping[str, Any] | None = None,
) -> str:
    """The credential in compact form, with every disclosure: `<JWT>~<disclosure>~…~`.

    Each of `claims` can be shown or kept back. Always shown are `issuer` (an address), `kind` (`vct`, the
    address of the type's metadata), the times, and `status`: a status list and the index in it.
    `holder_key` is the wallet's public JWK (`cnf`); without one the credential may be shown by whoever
    holds it. Raises `HolderKeyInvalid`.
    """
    disclosures = [_disclosure(name, value) for name, value in claims.items()]
    address, index = status
    shown = {
        "iss": issuer,
        "vct": kind,
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
        "status": {"status_list": {"idx": index, "uri": address}},
        "_sd_alg": "sha-256",
        "_sd": sorted(_digest(disclosure) for disclosure in disclosures),
    }
    if holder_key is not None:
        shown["cnf"] = {"jwk": _public(holder_key)}
    return "~".join([compact.sign(KIND, shown, signer), *disclosures, ""])


def type_metadata(
    kind: str,
    names: Mapping[str, str],
    labels: Mapping[str, Mapping[str, str]],
    mandatory: Collection[str],
) -> dict[str, Any]:
    """What a type of credential is called, and its claims: the document at the address `kind`.

    `names` are of the type, by language; `labels` are of each claim, by language; `mandatory` claims are
    in every credential. All can be disclosed one by one.
    """
    return {
        "vct": kind,
        "display": [{"locale": language, "name": name} for language, name in names.items()],
        "claims": [
            {
                "path": [claim],
                "display": [{"locale": language, "label": label} for language, label in said.items()],
                "mandatory": claim in mandatory,
                "sd": "always",
            }
            for claim, said in labels.items()
        ],
    }


def _disclosure(name: str, value: object) -> str:
    salt = compact.encode(secrets.token_bytes(_SALT_BYTES))
    return compact.encode(orjson.dumps([salt, name, value]))


def _digest(disclosure: str) -> str:
    return compact.encode(hashlib.sha256(disclosure.encode()).digest())


def _public(jwk: Mapping[str, Any]) -> dict[str, str]:
    """The members of the key that say which it is, and no others."""
    match jwk:
        case {"kty": "EC", "crv": "P-256", "x": str(x), "y": str(y)} if "d" not in jwk and _is_point(x, y):
            return {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        case _:
            raise HolderKeyInvalid("the key of a wallet is a public JWK of P-256")


def _is_point(x: str, y: str) -> bool:
    try:
        coordinates = compact.decode(x), compact.decode(y)
        on_x, on_y = (int.from_bytes(coordinate, "big") for coordinate in coordinates)
        ec.EllipticCurvePublicNumbers(on_x, on_y, ec.SECP256R1()).public_key()
    except ValueError:
        return False
    return {len(coordinate) for coordinate in coordinates} == {_COORDINATE_BYTES}
