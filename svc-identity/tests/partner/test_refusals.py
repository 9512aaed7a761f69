"""What the FAPI 2.0 Security Profile forbids, refusal by refusal, each under its name."""

import base64
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from hub_core import clock
from hub_service import dpop
from svc_identity.domain import assertion
from svc_identity.domain.account import Account
from svc_identity.domain.client import Client
from svc_identity.domain.parameters import Parameters
from svc_identity.errors.oauth import InvalidClient, InvalidGrant, InvalidProof
from svc_identity.errors.pages import RequestEnded
from svc_identity.operations import authorization, clients, proofs, registration, tokens

from ..conftest import ORIGIN, SECRET
from .conftest import KEYS, MakePartner, Partner, encoded, signed

Resolve = Callable[[str], Awaitable[httpx2.Response]]
STRANGER = ECKey.generate_key("P-256")
TOKEN_ENDPOINT = f"{ORIGIN}/oauth2/token"


def seconds() -> int:
    return int(time.time())


@pytest.fixture(scope="module")
async def neighbour(sessions: Any, institution: Client) -> Client:
    """Another FAPI client, with another key."""
    made = replace(institution, id="neighbour", jwks=(dict(STRANGER.as_dict(private=False)),))
    async with sessions() as session:
        await registration.put_client(session, made)
    return made


# ── how the client proves itself ──


def with_rsa_sha256(partner: Partner) -> str:
    return partner.assertion(key=KEYS["PS256"], header={"alg": "RS256"})


def with_the_public_key_as_secret(partner: Partner) -> str:
    public = json.dumps(KEYS["ES256"].as_dict(private=False)).encode()
    return partner.assertion(key=OctKey.import_key(public), header={"alg": "HS256"})


def without_signature(partner: Partner) -> str:
    header, claims, _ = partner.assertion().split(".")
    none = encoded(json.dumps({"alg": "none"}).encode())
    return f"{none}.{claims}." if header else ""


def with_other_claims(partner: Partner) -> str:
    header, _, signature = partner.assertion().split(".")
    claims = {"iss": "institution", "sub": "institution", "aud": ORIGIN, "jti": "x", "exp": seconds() + 60}
    return f"{header}.{encoded(json.dumps(claims).encode())}.{signature}"


ASSERTIONS: dict[str, Callable[[Partner], str]] = {
    "aud is a list with the issuer": lambda p: p.assertion(aud=[ORIGIN]),
    "aud is a list with more": lambda p: p.assertion(aud=[ORIGIN, "https://elsewhere.example"]),
    "aud is the token endpoint": lambda p: p.assertion(aud=TOKEN_ENDPOINT),
    "aud is the endpoint of pushed requests": lambda p: p.assertion(aud=f"{ORIGIN}/oauth2/par"),
    "aud is the issuer with a slash": lambda p: p.assertion(aud=f"{ORIGIN}/"),
    "aud is another server": lambda p: p.assertion(aud="https://elsewhere.example"),
    "aud is missing": lambda p: p.assertion(aud=None),
    "exp is missing": lambda p: p.assertion(exp=None),
    "exp is past": lambda p: p.assertion(exp=seconds() - 1),
    "exp is far": lambda p: p.assertion(exp=seconds() + 3600),
    "exp is a text": lambda p: p.assertion(exp=str(seconds() + 60)),
    "exp is beyond all time": lambda p: p.assertion(exp=10**30),
    "exp is no number": lambda p: p.assertion(exp=float("nan")),
    "iat lies ahead": lambda p: p.assertion(iat=seconds() + 60),
    "iat is old": lambda p: p.assertion(iat=seconds() - 3600),
    "iat is a text": lambda p: p.assertion(iat="now"),
    "nbf lies ahead": lambda p: p.assertion(nbf=seconds() + 60),
    "iss is another": lambda p: p.assertion(iss="neighbour"),
    "iss is missing": lambda p: p.assertion(iss=None),
    "sub is another": lambda p: p.assertion(sub="neighbour"),
    "sub is missing": lambda p: p.assertion(sub=None),
    "jti is missing": lambda p: p.assertion(jti=None),
    "jti is empty": lambda p: p.assertion(jti=""),
    "jti is too long": lambda p: p.assertion(jti="x" * 257),
    "alg is none": without_signature,
    "alg is RS256": with_rsa_sha256,
    "alg is HS256 with the public key": with_the_public_key_as_secret,
    "another key has signed": lambda p: p.assertion(key=ECKey.generate_key("P-256")),
    "another client's key has signed": lambda p: p.assertion(key=STRANGER),
    "kid names another key": lambda p: p.assertion(header={"kid": "rsa-1"}),
    "kid names no key": lambda p: p.assertion(header={"kid": "unknown"}),
    "the key is in the header": lambda p: p.assertion(
        key=STRANGER, header={"jwk": STRANGER.as_dict(private=False)}
    ),
    "an extension is critical": lambda p: p.assertion(header={"crit": ["b64"], "b64": False}),
    "the claims were changed": with_other_claims,
    "the signature is cut": lambda p: p.assertion()[:-8],
    "it is no JWT": lambda _: "not-a-jwt",
}


@pytest.mark.parametrize("name", ASSERTIONS)
@pytest.mark.parametrize("path", ["/oauth2/par", "/oauth2/token", "/oauth2/revoke", "/oauth2/introspect"])
async def test_a_client_is_not_known_by_an_assertion_when(
    partner: Partner, neighbour: Client, path: str, name: str
) -> None:
    sent = partner.parameters() | {"grant_type": "client_credentials", "token": "x"} | partner.shown()
    sent["client_assertion"] = ASSERTIONS[name](partner)
    answer = await partner.client.post(path, data=sent, headers={"dpop": partner.proof(path)})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.json()["error_description"].isascii()


FORMS: dict[str, Callable[[Partner], dict[str, str | None]]] = {
    "the type of the assertion is missing": lambda _: {"client_assertion_type": None},
    "the type of the assertion is another": lambda _: {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"
    },
    "the assertion is missing": lambda _: {"client_assertion": None},
    "a secret is beside": lambda _: {"client_secret": SECRET},
    "a secret stands for the assertion": lambda _: {
        "client_assertion": None,
        "client_assertion_type": None,
        "client_secret": SECRET,
    },
    "only the name is told": lambda _: {"client_assertion": None, "client_assertion_type": None},
    "another client is named": lambda _: {"client_id": "neighbour"},
    "an unknown client is named": lambda _: {"client_id": "nobody"},
}


@pytest.mark.parametrize("name", FORMS)
async def test_a_client_is_not_known_when(partner: Partner, neighbour: Client, name: str) -> None:
    answer = await partner.push(**FORMS[name](partner))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_client_is_not_known_when_it_shows_itself_in_two_ways(partner: Partner) -> None:
    sent = partner.parameters() | partner.shown()
    answer = await partner.client.post("/oauth2/par", data=sent, auth=("institution", SECRET))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_nobody_learns_by_an_assertion_which_clients_there_are(partner: Partner) -> None:
    told = set()
    for name in ("institution", "nobody", "office", "demo-portal"):
        shown = partner.assertion(key=STRANGER, iss=name, sub=name)
        answer = await partner.push(client_id=name, client_assertion=shown)
        told.add((answer.status_code, answer.text))
    assert len(told) == 1


async def test_an_assertion_serves_once_at_whichever_endpoint(partner: Partner) -> None:
    shown = partner.assertion()
    assert (await partner.push(client_assertion=shown)).status_code == 201
    for _ in range(2):
        again = await partner.token(grant_type="client_credentials", client_assertion=shown)
        assert (again.status_code, again.json()["error"]) == (401, "invalid_client")


async def test_a_number_serves_once_until_its_assertion_ends_also_in_another_assertion(
    partner: Partner, a_partner: MakePartner, neighbour: Client
) -> None:
    name = secrets.token_urlsafe(8)
    assert (await partner.push(client_assertion=partner.assertion(jti=name))).status_code == 201
    again = partner.assertion(jti=name, exp=seconds() + 120)
    assert (await partner.push(client_assertion=again)).status_code == 401
    other = a_partner(neighbour)
    shown = other.assertion(key=STRANGER, jti=name)
    assert (await other.push(client_assertion=shown)).status_code == 201, "a number is its client's own"


async def test_an_assertion_that_has_ended_is_refused(
    partner: Partner, session: Any, provider: Any, institution: Client
) -> None:
    shown = clients.Credentials(institution.id, partner.assertion(), institution.authentication)
    with pytest.raises(InvalidClient):
        await clients.authenticate(session, provider, shown, clock.now() + timedelta(seconds=61))
    assert await clients.authenticate(session, provider, shown, clock.now()) == institution


async def test_a_fapi_client_without_a_key_is_not_known_at_all(
    a_partner: MakePartner, sessions: Any, institution: Client, office: Client
) -> None:
    wrong = replace(
        institution,
        id="careless",
        authentication=office.authentication,
        secret_hash=office.secret_hash,
        jwks=(),
    )
    async with sessions() as session:
        await registration.put_client(session, wrong)
    sent = a_partner(wrong).parameters()
    answer = await a_partner(wrong).client.post("/oauth2/par", data=sent, auth=(wrong.id, SECRET))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "weak",
    [
        {"kty": "RSA", "e": "AQAB", "n": base64.urlsafe_b64encode(b"\xff" * 128).decode().rstrip("=")},
        OctKey.generate_key(256).as_dict(),
        ECKey.generate_key("P-384").as_dict(private=False),
        ECKey.generate_key("P-256").as_dict(private=True),
    ],
    ids=["RSA of 1024 bits", "a shared secret", "another curve", "a private key"],
)
async def test_a_client_with_a_key_that_is_not_good_enough_is_refused(
    a_partner: MakePartner, sessions: Any, institution: Client, weak: dict[str, Any]
) -> None:
    app = replace(institution, id="weak", jwks=(weak,))
    async with sessions() as session:
        await registration.put_client(session, app)
    answer = await a_partner(app).push()
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


# ── what is pushed ──


PUSHED: dict[str, tuple[dict[str, str | None], str]] = {
    "redirect_uri is not registered": (
        {"redirect_uri": "https://institution.example.org/other"},
        "invalid_request",
    ),
    "redirect_uri is missing": ({"redirect_uri": None}, "invalid_request"),
    "redirect_uri has a query more": (
        {"redirect_uri": "https://institution.example.org/callback?dummy=1"},
        "invalid_request",
    ),
    "redirect_uri is not https": (
        {"redirect_uri": "http://institution.example.org/callback"},
        "invalid_request",
    ),
    "response_type is token": ({"response_type": "token"}, "unsupported_response_type"),
    "response_type is id_token": ({"response_type": "id_token"}, "unsupported_response_type"),
    "response_type is code id_token": ({"response_type": "code id_token"}, "unsupported_response_type"),
    "response_type is missing": ({"response_type": None}, "invalid_request"),
    "response_mode is fragment": ({"response_mode": "fragment"}, "invalid_request"),
    "PKCE is missing": ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    "PKCE has no method": ({"code_challenge_method": None}, "invalid_request"),
    "PKCE is plain": ({"code_challenge_method": "plain"}, "invalid_request"),
    "the challenge is short": ({"code_challenge": "short"}, "invalid_request"),
    "scope is missing": ({"scope": None}, "invalid_scope"),
    "scope is not registered": ({"scope": "openid petitions:write"}, "invalid_scope"),
    "a request_uri is inside": (
        {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
        "invalid_request",
    ),
    "a request object is inside": ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
    "dpop_jkt is no thumbprint": ({"dpop_jkt": "x"}, "invalid_request"),
}


@pytest.mark.parametrize("name", PUSHED)
async def test_a_request_is_not_taken_when(partner: Partner, name: str) -> None:
    changed, error = PUSHED[name]
    answer = await partner.push(**changed)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "client_assertion"])
async def test_a_request_is_not_taken_when_a_parameter_comes_twice(partner: Partner, name: str) -> None:
    sent = partner.parameters() | partner.shown()
    body = httpx2.QueryParams([*sent.items(), (name, sent[name])])
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await partner.client.post("/oauth2/par", content=str(body), headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_request_is_not_taken_when_it_names_another_key_than_its_proof(partner: Partner) -> None:
    sent = partner.parameters(dpop_jkt=STRANGER.thumbprint()) | partner.shown()
    answer = await partner.client.post(
        "/oauth2/par", data=sent, headers={"dpop": partner.proof("/oauth2/par")}
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")


async def test_a_request_is_pushed_by_post_only(partner: Partner) -> None:
    answer = await partner.client.get("/oauth2/par", params=partner.parameters() | partner.shown())
    assert answer.status_code == 405


# ── what the browser brings ──


async def test_a_fapi_client_must_push(partner: Partner) -> None:
    answer = await partner.browser.http.get("/oauth2/authorize", params=partner.parameters())
    partner.browser._shown(answer)
    assert partner.returned()["error"] == "invalid_request"
    assert partner.returned()["iss"] == ORIGIN
    assert partner.returned()["state"] == partner.state


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"redirect_uri": "https://evil.example/"}, "The return address is not registered"),
        ({"client_id": "nobody"}, "The application is not known"),
    ],
)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(
    partner: Partner, changed: dict[str, str], title: str
) -> None:
    asked = partner.parameters(**changed)
    answer = await partner.browser.http.get("/oauth2/authorize", params=asked)
    assert (answer.status_code, "location" in answer.headers) == (400, False)
    assert title in answer.text


async def test_a_request_uri_of_elsewhere_is_never_fetched(partner: Partner) -> None:
    asked = partner.parameters(request_uri="https://institution.example.org/request.jwt")
    partner.browser._shown(await partner.browser.http.get("/oauth2/authorize", params=asked))
    assert partner.returned()["error"] == "invalid_request"


async def test_a_request_uri_serves_once(partner: Partner) -> None:
    request_uri = (await partner.push()).json()["request_uri"]
    assert (await partner.bring(request_uri)).status_code == 303
    again = await partner.bring(request_uri)
    assert (again.status_code, "location" in again.headers) == (410, False)


async def test_a_request_uri_serves_its_own_client_only(
    partner: Partner, neighbour: Client, a_partner: MakePartner
) -> None:
    request_uri = (await partner.push()).json()["request_uri"]
    for client_id in ("neighbour", "demo-portal", "nobody", ""):
        assert (await partner.bring(request_uri, client_id=client_id)).status_code == 410
    assert (await partner.bring(request_uri)).status_code == 303, "a stranger has not spent it"


async def test_a_made_up_request_uri_serves_nobody(partner: Partner) -> None:
    assert (await partner.bring("urn:ietf:params:oauth:request_uri:made-up")).status_code == 410


async def test_a_request_uri_ends_after_a_minute(partner: Partner, session: Any, provider: Any) -> None:
    request_uri = (await partner.push()).json()["request_uri"]
    brought = Parameters([("client_id", "institution"), ("request_uri", request_uri)])
    late = clock.now() + timedelta(seconds=60)
    with pytest.raises(RequestEnded):
        await authorization.receive(session, provider, brought, late)


async def test_a_repeated_request_uri_serves_nobody(partner: Partner) -> None:
    request_uri = (await partner.push()).json()["request_uri"]
    query = [("client_id", "institution"), ("request_uri", request_uri), ("request_uri", request_uri)]
    answer = await partner.browser.http.get("/oauth2/authorize", params=query)
    assert (answer.status_code, "location" in answer.headers) == (400, False)


# ── how the code is exchanged ──


CODES: dict[str, tuple[dict[str, str | None], str]] = {
    "the verifier is another": ({"code_verifier": "w" * 43}, "invalid_grant"),
    "the verifier is missing": ({"code_verifier": None}, "invalid_request"),
    "redirect_uri is another": ({"redirect_uri": "https://institution.example.org/"}, "invalid_grant"),
    "redirect_uri is missing": ({"redirect_uri": None}, "invalid_request"),
    "the code is made up": ({"code": "made-up"}, "invalid_grant"),
    "the code is missing": ({"code": None}, "invalid_request"),
    "the grant type is password": ({"grant_type": "password"}, "unsupported_grant_type"),
    "the grant type is not registered": (
        {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"},
        "unauthorized_client",
    ),
    "the client proves nothing": (
        {"client_assertion": None, "client_assertion_type": None, "client_id": "institution"},
        "invalid_client",
    ),
}


def exchanging(partner: Partner, code: str, /, **changed: str | None) -> dict[str, str | None]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": partner.app.redirect_uris[0],
        "code_verifier": partner.verifier,
    } | changed


@pytest.mark.parametrize("name", CODES)
async def test_a_code_gives_nothing_and_stays_good_when(partner: Partner, ana: Account, name: str) -> None:
    code = await partner.code(ana)
    changed, error = CODES[name]
    refused = await partner.token(**exchanging(partner, code, **changed))
    assert refused.json()["error"] == error
    assert (await partner.token(**exchanging(partner, code))).status_code == 200


async def test_a_code_gives_nothing_to_another_client(
    partner: Partner, a_partner: MakePartner, neighbour: Client, ana: Account
) -> None:
    code = await partner.code(ana)
    other = a_partner(neighbour, verifier=partner.verifier)
    shown = other.assertion(key=STRANGER)
    refused = await other.token(**exchanging(partner, code), client_assertion=shown)
    assert refused.json()["error"] == "invalid_grant"
    assert (await partner.token(**exchanging(partner, code))).status_code == 200


async def test_a_code_used_again_ends_what_it_gave(partner: Partner, ana: Account, resolve: Resolve) -> None:
    code = await partner.code(ana)
    given = (await partner.token(**exchanging(partner, code))).json()
    again = await partner.token(**exchanging(partner, code))
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert (await resolve(given["access_token"])).status_code == 401
    assert (await partner.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"


async def test_a_code_ends_after_a_minute(
    partner: Partner, ana: Account, session: Any, provider: Any, institution: Client
) -> None:
    code = await partner.code(ana)
    with pytest.raises(InvalidGrant):
        await tokens.exchange_code(
            session,
            provider,
            institution,
            code=code,
            redirect_uri=institution.redirect_uris[0],
            verifier=partner.verifier,
            jkt=partner.held.thumbprint(),
            now=clock.now() + timedelta(seconds=60),
        )


async def test_a_refresh_token_gives_nothing_to_another_client(
    partner: Partner, a_partner: MakePartner, neighbour: Client, ana: Account
) -> None:
    given = await partner.tokens(ana)
    other = a_partner(neighbour)
    fields = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    refused = await other.token(**fields, client_assertion=other.assertion(key=STRANGER))
    assert refused.json()["error"] == "invalid_grant"
    assert (await partner.token(**fields)).status_code == 200


async def test_a_refresh_token_gives_nothing_without_a_proof(partner: Partner, ana: Account) -> None:
    given = await partner.tokens(ana)
    fields = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    refused = await partner.client.post("/oauth2/token", data=fields | partner.shown())
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")


# ── how the key is proved to the token endpoint ──


def another_signature(partner: Partner) -> str:
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": partner.held.as_dict(private=False)}
    claims = {"jti": "x", "htm": "POST", "htu": TOKEN_ENDPOINT, "iat": seconds()}
    return signed(header, claims, STRANGER)


def unsigned(partner: Partner) -> str:
    _, claims, _ = partner.proof().split(".")
    header = {"typ": "dpop+jwt", "alg": "none", "jwk": partner.held.as_dict(private=False)}
    return f"{encoded(json.dumps(header).encode())}.{claims}."


def with_rsa(partner: Partner) -> str:
    return partner.proof(key=RSAKey.import_key(KEYS["PS256"].as_dict(private=True)), header={"alg": "RS256"})


def with_a_secret(partner: Partner) -> str:
    shared = OctKey.generate_key(256)
    return signed(
        {"typ": "dpop+jwt", "alg": "HS256", "jwk": shared.as_dict()},
        {"jti": "x", "htm": "POST", "htu": TOKEN_ENDPOINT, "iat": seconds()},
        shared,
    )


PROOFS: dict[str, Callable[[Partner], tuple[str, ...]]] = {
    "there are two": lambda p: (p.proof(), p.proof()),
    "it is no JWT": lambda _: ("x",),
    "typ is JWT": lambda p: (p.proof(header={"typ": "JWT"}),),
    "typ is missing": lambda p: (p.proof(header={"typ": None}),),
    "alg is none": lambda p: (unsigned(p),),
    "alg is RS256": lambda p: (with_rsa(p),),
    "alg is HS256": lambda p: (with_a_secret(p),),
    "the key is missing": lambda p: (p.proof(header={"jwk": None}),),
    "the key is private": lambda p: (p.proof(header={"jwk": p.held.as_dict(private=True)}),),
    "the key is of another kind": lambda p: (p.proof(header={"jwk": KEYS["EdDSA"].as_dict(private=False)}),),
    "another key has signed": lambda p: (another_signature(p),),
    "htm is another method": lambda p: (p.proof(htm="GET"),),
    "htm is missing": lambda p: (p.proof(htm=None),),
    "htu is another endpoint": lambda p: (p.proof("/oauth2/par"),),
    "htu is another origin": lambda p: (p.proof(htu="https://elsewhere.example/oauth2/token"),),
    "htu is missing": lambda p: (p.proof(htu=None),),
    "iat is old": lambda p: (p.proof(iat=seconds() - 61),),
    "iat lies ahead": lambda p: (p.proof(iat=seconds() + 15),),
    "iat is missing": lambda p: (p.proof(iat=None),),
    "jti is missing": lambda p: (p.proof(jti=None),),
}


@pytest.mark.parametrize("name", PROOFS)
async def test_a_key_is_not_proved_when(partner: Partner, name: str) -> None:
    answer = await partner.token(*PROOFS[name](partner), grant_type="client_credentials")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")


async def test_a_key_is_not_proved_without_a_proof(partner: Partner, ana: Account) -> None:
    code = await partner.code(ana)
    refused = await partner.client.post("/oauth2/token", data=exchanging(partner, code) | partner.shown())
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")
    assert (await partner.token(**exchanging(partner, code))).status_code == 200


async def test_a_proof_serves_once(partner: Partner) -> None:
    proof = partner.proof()
    assert (await partner.token(proof, grant_type="client_credentials")).status_code == 200
    again = await partner.token(proof, grant_type="client_credentials")
    assert (again.status_code, again.json()["error"]) == (400, "invalid_dpop_proof")


async def test_a_proof_ends_after_a_minute(partner: Partner, session: Any) -> None:
    shown = [partner.proof()]
    late = clock.now() + timedelta(seconds=60)
    with pytest.raises(InvalidProof, match="invalid_dpop_proof"):
        await proofs.receive(session, shown, "POST", TOKEN_ENDPOINT, late)


async def test_a_code_that_is_bound_to_a_key_is_good_with_that_key_only(
    partner: Partner, ana: Account
) -> None:
    code = await partner.code(ana, dpop_jkt=partner.held.thumbprint())
    other = partner.proof(key=STRANGER)
    refused = await partner.token(other, **exchanging(partner, code))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert (await partner.token(**exchanging(partner, code))).status_code == 200


# ── how the key is proved to a resource ──


USERINFO = "/oauth2/userinfo"
USES: dict[str, Callable[[Partner, str], tuple[str, ...]]] = {
    "there is none": lambda _p, _t: (),
    "there are two": lambda p, t: (p.proof(USERINFO, t), p.proof(USERINFO, t)),
    "ath is missing": lambda p, _: (p.proof(USERINFO),),
    "ath is another token's": lambda p, _: (p.proof(USERINFO, "hub_at_other"),),
    "htm is another method": lambda p, t: (p.proof(USERINFO, t, htm="GET"),),
    "htu is another address": lambda p, t: (p.proof("/oauth2/token", t),),
    "iat is old": lambda p, t: (p.proof(USERINFO, t, iat=seconds() - 61),),
    "typ is JWT": lambda p, t: (p.proof(USERINFO, t, header={"typ": "JWT"}),),
}


@pytest.mark.parametrize("name", USES)
async def test_a_token_opens_nothing_when_of_proofs(partner: Partner, ana: Account, name: str) -> None:
    token = (await partner.tokens(ana))["access_token"]
    answer = await partner.use(token, *USES[name](partner, token))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_dpop_proof")
    assert answer.headers["www-authenticate"].startswith('DPoP realm="hub", error="invalid_dpop_proof"')
    assert answer.headers["www-authenticate"].endswith('algs="ES256 PS256 EdDSA"')


async def test_a_token_opens_nothing_with_the_proof_of_another_key(partner: Partner, ana: Account) -> None:
    token = (await partner.tokens(ana))["access_token"]
    answer = await partner.use(token, partner.proof(USERINFO, token, key=STRANGER))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


async def test_a_bound_token_is_no_bearer_token(partner: Partner, ana: Account) -> None:
    token = (await partner.tokens(ana))["access_token"]
    for proofs_ in ((), (partner.proof(USERINFO, token),)):
        answer = await partner.use(token, *proofs_, scheme="Bearer")
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
        assert answer.headers["www-authenticate"].startswith("DPoP ")


async def test_a_bearer_token_is_no_bound_token(partner: Partner, flow: Any, ana: Account) -> None:
    token = (await flow.tokens(ana))["access_token"]
    assert (await partner.use(token, partner.proof(USERINFO, token))).status_code == 401
    assert (await partner.use(token, scheme="Bearer")).status_code == 200


async def test_a_proof_opens_a_resource_once(partner: Partner, ana: Account) -> None:
    token = (await partner.tokens(ana))["access_token"]
    proof = partner.proof(USERINFO, token)
    assert (await partner.use(token, proof)).status_code == 200
    assert (await partner.use(token, proof)).json()["error"] == "invalid_dpop_proof"


async def test_a_token_in_the_address_opens_nothing(partner: Partner, ana: Account) -> None:
    token = (await partner.tokens(ana))["access_token"]
    answer = await partner.client.get(USERINFO, params={"access_token": token})
    assert answer.status_code == 401


def test_the_type_of_an_assertion_is_the_standards() -> None:
    assert assertion.TYPE == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert dpop.ALGORITHMS == ("ES256", "PS256", "EdDSA", "Ed25519")
