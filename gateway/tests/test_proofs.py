"""Tokens that are bound to a key (DPoP, RFC 9449): who comes in, and who does not."""

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from gateway.errors import InvalidProof
from gateway.proofs import Proofs
from hub_core import clock, ids
from hub_service import dpop
from hub_service.problems import ServiceUnavailable

from .conftest import Identity, Service, answer

ORIGIN = "http://localhost:8080"
PATH = "/petitions/v1/petitions"
KEY, OTHER = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
ALGS = 'algs="ES256 PS256 EdDSA"'


def encoded(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def proof(token: str, key: Any = KEY, **changed: Any) -> str:
    """A proof for `GET PATH` with this token."""
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
    claims = {
        "jti": str(ids.new_id()),
        "htm": "GET",
        "htu": ORIGIN + PATH,
        "iat": int(clock.now().timestamp()),
        "ath": dpop.hash_of(token.encode()),
    } | changed
    message = f"{encoded(header)}.{encoded(claims)}"
    signature = JWSRegistry.algorithms["ES256"].sign(message.encode(), key)
    return f"{message}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.fixture
def token(identity: Identity) -> str:
    """An access token that is bound to KEY."""
    return identity.sign_in(jkt=KEY.thumbprint())


def bound(token: str, *proofs: str) -> list[tuple[str, str]]:
    """The headers of a request with a bound token and these proofs."""
    return [("authorization", f"DPoP {token}"), *(("dpop", one) for one in proofs)]


async def test_the_holder_of_the_key_comes_in_and_the_service_sees_a_bearer_only(
    client: httpx2.AsyncClient, token: str, service: Service
) -> None:
    for _ in range(2):
        answer = await client.get(PATH + "?page=2", headers=bound(token, proof(token)))
        assert answer.status_code == 200, answer.text
    sent = dict(service.seen[-1]["headers"])
    assert sent["authorization"].startswith("Bearer eyJ")
    assert "dpop" not in sent


async def test_a_bound_token_is_no_bearer_token(client: httpx2.AsyncClient, token: str) -> None:
    for headers in (
        [("authorization", f"Bearer {token}")],
        [("authorization", f"Bearer {token}"), ("dpop", proof(token))],
    ):
        for _ in range(2):  # identity is asked, then memory
            answer = await client.get(PATH, headers=headers)
            assert answer.status_code == 401
            assert answer.json()["type"].endswith("/problems/invalid-token")
            assert answer.headers["www-authenticate"] == f'DPoP realm="hub", error="invalid_token", {ALGS}'


async def test_a_bearer_token_is_no_bound_token(client: httpx2.AsyncClient, identity: Identity) -> None:
    token = identity.sign_in()
    for _ in range(2):
        answer = await client.get(PATH, headers=bound(token, proof(token)))
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith('DPoP realm="hub", error="invalid_token"')
    assert (await client.get(PATH, headers={"authorization": f"Bearer {token}"})).status_code == 200


async def test_a_stray_proof_beside_a_bearer_token_goes_no_further(
    client: httpx2.AsyncClient, identity: Identity, service: Service
) -> None:
    token = identity.sign_in()
    headers = [("authorization", f"Bearer {token}"), ("dpop", "anything")]
    assert (await client.get(PATH, headers=headers)).status_code == 200
    assert "dpop" not in dict(service.seen[-1]["headers"])


REFUSED: dict[str, Callable[[str], tuple[str, ...]]] = {
    "no proof": lambda _: (),
    "two proofs": lambda token: (proof(token), proof(token)),
    "no JWT": lambda _: ("x",),
    "not ASCII": lambda _: ("é",),
    "another key": lambda token: (proof(token, OTHER),),
    "another token": lambda _: (proof("hub_at_other"),),
    "no token": lambda token: (proof(token, ath=None),),
    "another method": lambda token: (proof(token, htm="POST"),),
    "another path": lambda token: (proof(token, htu=f"{ORIGIN}{PATH}/1"),),
    "another origin": lambda token: (proof(token, htu=f"https://elsewhere.example{PATH}"),),
    "old": lambda token: (proof(token, iat=int(clock.now().timestamp()) - 61),),
    "ahead": lambda token: (proof(token, iat=int(clock.now().timestamp()) + 15),),
    "without a number": lambda token: (proof(token, jti=None),),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_proof_that_proves_nothing_is_refused(
    client: httpx2.AsyncClient, token: str, service: Service, name: str
) -> None:
    headers = [(key, value.encode()) for key, value in bound(token, *REFUSED[name](token))]
    answer = await client.get(PATH, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["type"].endswith("/problems/invalid-dpop-proof")
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith('DPoP realm="hub", error="invalid_dpop_proof", error_description="')
    assert challenge.endswith(ALGS)
    assert [one for one in service.seen if one["path"] == PATH] == []


async def test_a_proof_serves_once(client: httpx2.AsyncClient, token: str) -> None:
    once = proof(token)
    assert (await client.get(PATH, headers=bound(token, once))).status_code == 200
    again = await client.get(PATH, headers=bound(token, once))
    assert again.status_code == 401
    assert "used before" in again.headers["www-authenticate"]


async def test_the_provider_gets_the_proof_of_a_client_that_asks_for_tokens(
    client: httpx2.AsyncClient, service: Service
) -> None:
    await client.post("/oauth2/token", data={"a": "b"}, headers=[("dpop", "one"), ("dpop", "two")])
    assert dict(service.seen[-1]["headers"])["dpop"] == "one, two"
    await client.get("/petitions/v1/public", headers={"dpop": "one"})
    assert "dpop" not in dict(service.seen[-1]["headers"])


async def test_a_challenge_to_a_bound_token_speaks_of_its_scheme(
    client: httpx2.AsyncClient, token: str, service: Service
) -> None:
    @service.on(PATH)
    async def refuse(_: Any, _receive: Any, send: Any) -> None:
        challenge = 'Bearer error="insufficient_scope", scope="petitions:read"'
        await answer(send, 403, b"{}", {"www-authenticate": challenge})

    refused = await client.get(PATH, headers=bound(token, proof(token)))
    assert refused.headers["www-authenticate"] == 'DPoP error="insufficient_scope", scope="petitions:read"'
    unknown = "hub_at_" + "u" * 43
    refused = await client.get(PATH, headers=bound(unknown, proof(unknown)))
    assert refused.headers["www-authenticate"] == 'DPoP realm="hub", error="invalid_token"'


# ── the memory ──


NOW = 1_795_000_000.0
TOKEN = "hub_at_" + "a" * 43


def judge(proofs: Proofs, text: str, now: float = NOW) -> None:
    proofs.check(text.encode(), KEY.thumbprint(), method="GET", path=PATH, token=TOKEN.encode(), now=now)


@pytest.mark.parametrize("ahead", [0, 10])
def test_a_used_proof_is_remembered_as_long_as_it_is_good(ahead: int) -> None:
    proofs = Proofs(ORIGIN)
    for after in (0, 30, 65):
        made = NOW + after
        once = proof(TOKEN, iat=int(made) + ahead)
        judge(proofs, once, made)
        for later in (0, 1, 59 + ahead):
            with pytest.raises(InvalidProof) as met:
                judge(proofs, once, made + later)
            assert "used before" in met.value.headers["www-authenticate"]
        with pytest.raises(InvalidProof) as met:
            judge(proofs, once, made + 60 + ahead)
        assert "too old" in met.value.headers["www-authenticate"]


def test_the_memory_is_bounded_and_refuses_rather_than_forgets() -> None:
    proofs = Proofs(ORIGIN, capacity=2)
    for _ in range(2):
        judge(proofs, proof(TOKEN, iat=int(NOW)))
    with pytest.raises(ServiceUnavailable):
        judge(proofs, proof(TOKEN, iat=int(NOW)))
    judge(proofs, proof(TOKEN, iat=int(NOW) + 70), NOW + 70)
    assert len(proofs._used) == 1
    assert len(proofs._used_before) == 2
    judge(proofs, proof(TOKEN, iat=int(NOW) + 300), NOW + 300)
    assert len(proofs._used_before) == 0
