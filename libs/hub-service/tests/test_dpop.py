"""Proofs of possession, refusal by refusal (RFC 9449, 4.3)."""

import base64
import json
import re
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from hub_service import dpop, signatures
from hub_service.dpop import ProofRefused
from hub_service.signatures import SignatureRefused

NOW = 1_795_000_000.0
ADDRESS = "https://hub.example.org/petitions/v1/petitions"
TOKEN = b"hub_at_" + b"a" * 43
KEY = ECKey.generate_key("P-256")
KEYS = {
    "ES256": KEY,
    "PS256": RSAKey.generate_key(2048),
    "EdDSA": OKPKey.generate_key("Ed25519"),
    "Ed25519": OKPKey.generate_key("Ed25519"),
}


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def proof(key: Any = KEY, header: dict[str, Any] | None = None, signer: Any = None, **changed: Any) -> str:
    """A proof for `GET ADDRESS`; a claim or header given as `None` is left out."""
    said = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)} | (header or {})
    claims = {
        "jti": "a-number-used-once",
        "htm": "GET",
        "htu": ADDRESS,
        "iat": int(NOW),
        "ath": dpop.hash_of(TOKEN),
    } | changed
    parts = [
        encoded(json.dumps({name: value for name, value in part.items() if value is not None}).encode())
        for part in (said, claims)
    ]
    message = ".".join(parts)
    model = JWSRegistry.algorithms["Ed25519" if said["alg"] == "EdDSA" else str(said["alg"])]
    return f"{message}.{encoded(model.sign(message.encode(), signer or key))}"


def read(text: str, now: float = NOW) -> dpop.Proof:
    return dpop.read(text, "GET", ADDRESS, now, TOKEN)


@pytest.mark.parametrize("algorithm", dpop.ALGORITHMS)
def test_a_good_proof_tells_its_key(algorithm: str) -> None:
    key = KEYS[algorithm]
    said = read(proof(key, {"alg": algorithm}))
    assert said.jkt == key.thumbprint()
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", said.jkt)
    assert said.forgotten_at == NOW + dpop.FRESH


def test_a_proof_is_named_by_its_key_and_its_number() -> None:
    other = ECKey.generate_key("P-256")
    names = {read(proof()).digest, read(proof(jti="another")).digest, read(proof(other)).digest}
    assert len(names) == 3
    assert read(proof(iat=int(NOW) - 1)).digest == read(proof()).digest


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"htm": "POST"}, "htm"),
        ({"htm": "get"}, "htm"),
        ({"htm": None}, "htm"),
        ({"htu": "https://hub.example.org/petitions/v1/petitions/1"}, "htu"),
        ({"htu": "http://hub.example.org/petitions/v1/petitions"}, "htu"),
        ({"htu": "https://evil.example/petitions/v1/petitions"}, "htu"),
        ({"htu": "https://hub.example.org@evil.example/petitions/v1/petitions"}, "htu"),
        ({"htu": "https://hub.example.org:444/petitions/v1/petitions"}, "htu"),
        ({"htu": "https://hub.example.org:x/petitions/v1/petitions"}, "htu"),
        ({"htu": "/petitions/v1/petitions"}, "htu"),
        ({"htu": None}, "htu"),
        ({"htu": 1}, "htu"),
        ({"iat": None}, "iat"),
        ({"iat": True}, "iat"),
        ({"iat": "1795000000"}, "iat"),
        ({"iat": float("nan")}, "iat"),
        ({"iat": int(NOW) - 60}, "iat"),
        ({"iat": int(NOW) + 11}, "iat"),
        ({"iat": 10**400}, "iat"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": 5}, "jti"),
        ({"jti": "x" * 257}, "jti"),
        ({"ath": None}, "ath"),
        ({"ath": dpop.hash_of(b"another token")}, "ath"),
    ],
)
def test_a_proof_for_something_else_is_refused(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(ProofRefused, match=reason):
        read(proof(**changed))


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"jwk": None},
        {"jwk": "x"},
        {"jwk": KEY.as_dict(private=True)},
        {"jwk": KEYS["EdDSA"].as_dict(private=False)},
        {"jwk": {"kty": "RSA", "e": "AQAB", "n": encoded(b"\xff" * 128)}},
        {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        {"jwk": {"kty": ["EC"], "crv": ["P-256"]}},
        {"jwk": {"kty": "EC", "crv": ["P-256"], "x": "AA", "y": "AA"}},
        {"jwk": KEY.as_dict(private=False) | {"use": "enc"}},
        {"jwk": KEY.as_dict(private=False) | {"alg": "ES384"}},
        {"crit": ["exp"], "exp": 1},
    ],
)
def test_a_proof_with_another_header_is_refused(header: dict[str, Any]) -> None:
    with pytest.raises(ProofRefused):
        read(proof(header=header))


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256", "ES384", "RS512", ["ES256"], None])
def test_another_algorithm_is_refused(algorithm: Any) -> None:
    said = json.dumps({"typ": "dpop+jwt", "alg": algorithm, "jwk": KEY.as_dict(private=False)}).encode()
    with pytest.raises(ProofRefused, match="algorithm"):
        read(f"{encoded(said)}.{proof().split('.')[1]}.{'A' * 86}")


def test_a_proof_that_another_key_has_signed_is_refused() -> None:
    with pytest.raises(ProofRefused, match="signed"):
        read(proof(signer=ECKey.generate_key("P-256")))
    with pytest.raises(ProofRefused, match="signed"):
        read(proof()[:-4] + "AAAA")


def test_a_symmetric_key_proves_nothing() -> None:
    with pytest.raises(SignatureRefused):
        signatures.key_of(OctKey.generate_key(256).as_dict())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c.d",
        "....",
        "é.b.c",
        f"{encoded(b'[]')}.{encoded(b'{}')}.AA",
        f"{encoded(b'[' * 3000)}.{encoded(b'{}')}.AA",
        "x" * 9000,
        f"{proof()}, {proof()}",
    ],
)
def test_what_is_no_jwt_is_refused(text: str) -> None:
    with pytest.raises(ProofRefused):
        read(text)


@pytest.mark.parametrize(
    "said",
    [
        "https://hub.example.org/petitions/v1/petitions?page=2#top",
        "HTTPS://HUB.example.org:443/petitions/v1/petitions",
        "https://hub.example.org/%70etitions/v1/petitions",
    ],
)
def test_an_address_may_be_written_in_other_ways(said: str) -> None:
    assert read(proof(htu=said))


def test_addresses_have_one_form() -> None:
    assert dpop.normalised("http://LOCALHOST:8080") == "http://localhost:8080/"
    assert dpop.normalised("http://[2001:DB8::1]:80/a%2fb%7e") == "http://[2001:db8::1]/a%2Fb~"
    assert dpop.normalised("ftp://localhost/") == dpop.normalised("http://[") == ""
