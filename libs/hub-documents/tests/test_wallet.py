import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey

from hub_documents import compact, wallet
from hub_documents.wallet import HolderKeyInvalid

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KIND = "https://hub.example/types/some-certificate"
LIST = "https://hub.example/status-lists/1"
CLAIMS = {"family_name": "Țurcan-Szőke", "birthdate": "1985-03-12", "has_entries": False}


def issued(signer, claims: Any = CLAIMS, holder_key: Any = None) -> tuple[dict[str, Any], list[Any]]:
    """What everybody sees of a credential, and its disclosures."""
    credential = wallet.issue(
        claims,
        signer,
        issuer="https://hub.example",
        kind=KIND,
        issued_at=NOON,
        expires_at=NOON + timedelta(days=180),
        status=(LIST, 482),
        holder_key=holder_key,
    )
    token, *disclosures, end = credential.split("~")
    assert end == ""
    shown = json.loads(compact.decode(token.split(".")[1]))
    digests = {compact.encode(hashlib.sha256(disclosure.encode()).digest()) for disclosure in disclosures}
    assert digests == set(shown["_sd"])
    return shown, [json.loads(compact.decode(disclosure)) for disclosure in disclosures]


def test_nothing_of_the_holder_is_shown_unasked(signer) -> None:
    shown, disclosures = issued(signer)
    assert {name: value for _, name, value in disclosures} == CLAIMS
    assert shown == {
        "iss": "https://hub.example",
        "vct": KIND,
        "iat": int(NOON.timestamp()),
        "exp": int((NOON + timedelta(days=180)).timestamp()),
        "status": {"status_list": {"idx": 482, "uri": LIST}},
        "_sd_alg": "sha-256",
        "_sd": sorted(shown["_sd"]),
    }


def test_it_is_a_jwt_that_the_key_of_the_facts_signed(signer, keys) -> None:
    token = wallet.issue(
        CLAIMS,
        signer,
        issuer="https://hub.example",
        kind=KIND,
        issued_at=NOON,
        expires_at=NOON,
        status=(LIST, 0),
    ).split("~")[0]
    assert compact.read(token, "dc+sd-jwt", keys)["vct"] == KIND


@settings(deadline=None)
@given(claims=st.dictionaries(st.text(min_size=1, max_size=20), st.text() | st.booleans(), max_size=8))
def test_any_claims_are_disclosed_one_by_one(signer, claims) -> None:
    _, disclosures = issued(signer, claims)
    assert {name: value for _, name, value in disclosures} == claims


def test_the_same_claims_have_other_salts_and_digests_each_time(signer) -> None:
    (one, first), (another, second) = issued(signer), issued(signer)
    assert not set(one["_sd"]) & set(another["_sd"])
    salts = [salt for salt, *_ in first + second]
    assert len(set(salts)) == 2 * len(CLAIMS)
    assert all(len(compact.decode(salt)) == 16 for salt in salts)


def test_the_key_of_a_wallet_binds_it_and_nothing_else_of_the_jwk_is_kept(signer) -> None:
    jwk = ECKey.generate_key("P-256").as_dict(private=False)
    shown, _ = issued(signer, holder_key=jwk | {"use": "sig", "kid": "the phone of Ana"})
    assert shown["cnf"] == {"jwk": {name: jwk[name] for name in ("kty", "crv", "x", "y")}}


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        ECKey.generate_key("P-256").as_dict(private=True),
        ECKey.generate_key("P-384").as_dict(private=False),
        OKPKey.generate_key("Ed25519").as_dict(private=False),
        {"kty": "EC", "crv": "P-256", "x": compact.encode(bytes(32)), "y": compact.encode(bytes(32))},
        {"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"},
        {"kty": "EC", "crv": "P-256", "x": "ș", "y": "="},
        {"kty": "EC", "crv": "P-256", "x": 1, "y": 2},
    ],
)
def test_what_is_no_public_key_is_refused(signer, jwk) -> None:
    with pytest.raises(HolderKeyInvalid):
        issued(signer, holder_key=jwk)


def test_a_type_says_what_its_claims_are_called() -> None:
    described = wallet.type_metadata(
        KIND,
        {"ro": "Certificat", "en": "Certificate"},
        {"family_name": {"ro": "Nume", "en": "Family name"}},
        mandatory={"family_name"},
    )
    assert described == {
        "vct": KIND,
        "display": [{"locale": "ro", "name": "Certificat"}, {"locale": "en", "name": "Certificate"}],
        "claims": [
            {
                "path": ["family_name"],
                "display": [{"locale": "ro", "label": "Nume"}, {"locale": "en", "label": "Family name"}],
                "mandatory": True,
                "sd": "always",
            }
        ],
    }
