"""Partner institutions: keys instead of secrets, pushed requests, tokens that are bound."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from hub_core import clock
from svc_identity.domain.account import Account
from svc_identity.domain.client import Client, Profile
from svc_identity.operations import purge, registration, tokens

from ..conftest import ORIGIN
from .conftest import KEYS, MakePartner, Partner

Resolve = Callable[[str], Awaitable[httpx2.Response]]


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


# ── the whole journey ──


async def test_a_partner_gets_bound_tokens_and_uses_them(
    partner: Partner, ana: Account, resolve: Resolve, client: httpx2.AsyncClient
) -> None:
    pushed = await partner.push()
    assert pushed.status_code == 201
    assert pushed.headers["cache-control"] == "no-store"
    assert pushed.json()["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert pushed.json()["expires_in"] == 60
    code = await partner.code(ana)
    assert partner.returned() == {"code": code, "state": partner.state, "iss": ORIGIN}
    answer = await partner.exchange(code)
    assert answer.status_code == 200, answer.text
    given = answer.json()
    assert given["token_type"] == "DPoP"
    jkt = partner.held.thumbprint()
    assert (await resolve(given["access_token"])).json()["jkt"] == jkt
    keys = KeySet.import_key_set((await client.get("/oauth2/jwks")).json())
    assert jwt.decode(given["id_token"], keys, algorithms=["ES256"]).claims["aud"] == "institution"
    token = given["access_token"]
    shown = await partner.use(token, partner.proof("/oauth2/userinfo", token))
    assert shown.json()["sub"] == str(ana.id)


@pytest.mark.parametrize("algorithm", KEYS)
async def test_each_algorithm_proves_a_client(partner: Partner, algorithm: str) -> None:
    named = {"alg": algorithm, "kid": KEYS[algorithm].kid}
    for header in (named, {"alg": algorithm}):
        shown = partner.assertion(key=KEYS[algorithm], header=header)
        assert (await partner.push(client_assertion=shown)).status_code == 201


async def test_a_client_may_be_named_by_its_assertion_alone(partner: Partner) -> None:
    assert (await partner.push(client_id=None)).status_code == 201


async def test_a_fapi_client_keeps_its_refresh_token(partner: Partner, ana: Account) -> None:
    given = await partner.tokens(ana)
    first = (await partner.refresh(given["refresh_token"])).json()
    assert "refresh_token" not in first
    assert first["token_type"] == "DPoP"
    again = await partner.refresh(given["refresh_token"])
    assert again.status_code == 200
    assert again.json()["access_token"] != first["access_token"]


async def test_a_partner_may_take_another_key_when_it_refreshes(
    partner: Partner, ana: Account, resolve: Resolve
) -> None:
    given = await partner.tokens(ana)
    other = ECKey.generate_key("P-256")
    fields = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    fresh = (await partner.token(partner.proof(key=other), **fields)).json()
    assert (await resolve(fresh["access_token"])).json()["jkt"] == other.thumbprint()


async def test_a_partner_stands_for_itself_with_a_bound_token(partner: Partner, resolve: Resolve) -> None:
    given = (await partner.token(grant_type="client_credentials", scope="petitions:read")).json()
    assert given["token_type"] == "DPoP"
    assert (await resolve(given["access_token"])).json()["jkt"] == partner.held.thumbprint()
    refused = await partner.client.post(
        "/oauth2/token", data={"grant_type": "client_credentials", **partner.shown()}
    )
    assert refused.json()["error"] == "invalid_dpop_proof"


async def test_a_key_that_is_proved_at_the_push_is_the_one_of_the_code(
    partner: Partner, ana: Account
) -> None:
    headers = {"dpop": partner.proof("/oauth2/par")}
    fields = partner.parameters() | partner.shown()
    pushed = await partner.client.post("/oauth2/par", data=fields, headers=headers)
    await partner.bring(pushed.json()["request_uri"])
    code = await finish(partner, ana)
    other = partner.proof(key=ECKey.generate_key("P-256"))
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": partner.app.redirect_uris[0],
        "code_verifier": partner.verifier,
    }
    assert (await partner.token(other, **fields)).json()["error"] == "invalid_grant"
    assert (await partner.token(**fields)).status_code == 200


async def finish(partner: Partner, account: Account) -> str:
    """Sign in and agree, from where the browser is."""
    await partner.browser.follow()
    for fields in ({"email": account.email, "password": "patru cuvinte fara rost"}, {"decision": "agree"}):
        assert partner.browser.answer is not None
        await partner.browser.post(str(partner.browser.answer.url), **fields)
        await partner.browser.follow()
    return partner.returned()["code"]


async def test_only_what_was_pushed_counts(partner: Partner, ana: Account) -> None:
    pushed = (await partner.push(scope="openid")).json()
    await partner.bring(
        pushed["request_uri"], scope="openid email", redirect_uri="https://evil.example/", state="x"
    )
    code = await finish(partner, ana)
    assert partner.browser.location.startswith("https://institution.example.org/callback?")
    assert partner.returned()["state"] == partner.state
    assert (await partner.exchange(code)).json()["scope"] == "openid"


# ── clients of the common profile ──


async def test_another_client_with_a_key_may_name_the_token_endpoint_and_hold_bearer_tokens(
    a_partner: MakePartner, a_flow: Any, sessions: Any, institution: Client, ana: Account
) -> None:
    app = replace(institution, id="server", profile=Profile.OPENID)
    async with sessions() as session:
        await registration.put_client(session, app)
    partner = a_partner(app)
    for audience in (ORIGIN, f"{ORIGIN}/oauth2/token", f"{ORIGIN}/oauth2/par", [ORIGIN]):
        shown = partner.assertion(aud=audience)
        assert (await partner.push(client_assertion=shown)).status_code == 201
    shown = partner.assertion(aud=[ORIGIN, "https://elsewhere.example"])
    assert (await partner.push(client_assertion=shown)).status_code == 401
    code = await partner.code(ana)
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app.redirect_uris[0],
        "code_verifier": partner.verifier,
        **partner.shown(),
    }
    given = (await partner.client.post("/oauth2/token", data=fields)).json()
    assert given["token_type"] == "Bearer"
    refreshed = await partner.refresh(given["refresh_token"])
    assert refreshed.json()["refresh_token"] != given["refresh_token"]
    assert refreshed.json()["token_type"] == "DPoP"


async def test_a_public_client_pushes_and_binds_its_refresh_token_too(
    a_partner: MakePartner, portal: Client, ana: Account, looking: asyncpg.Connection
) -> None:
    partner = a_partner(portal, shows=False)
    given = await partner.tokens(ana)
    assert given["token_type"] == "DPoP"
    fields = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    stolen = await partner.token(partner.proof(key=ECKey.generate_key("P-256")), **fields)
    assert stolen.json()["error"] == "invalid_grant"
    without = await partner.client.post("/oauth2/token", data=fields | {"client_id": portal.id})
    assert without.json()["error"] == "invalid_grant"
    fresh = (await partner.token(**fields)).json()
    assert fresh["refresh_token"] != given["refresh_token"]
    spent = await partner.token(partner.proof(key=ECKey.generate_key("P-256")), **fields)
    assert spent.json()["error"] == "invalid_grant"
    assert (await partner.refresh(fresh["refresh_token"])).status_code == 200, "a thief without the key"


async def test_a_client_may_be_registered_for_bound_tokens_only(
    a_flow: Any, sessions: Any, portal: Client, ana: Account
) -> None:
    app = replace(portal, id="bound-portal", dpop_bound=True)
    async with sessions() as session:
        await registration.put_client(session, app)
    flow = a_flow(app=app)
    code = await flow.code(ana)
    assert (await flow.exchange(code)).json()["error"] == "invalid_dpop_proof"


# ── introspection as evidence ──


async def test_introspection_is_signed_for_who_wants_it(
    partner: Partner, ana: Account, client: httpx2.AsyncClient
) -> None:
    given = await partner.tokens(ana)
    keys = KeySet.import_key_set((await client.get("/oauth2/jwks")).json())

    async def inspect(token: str) -> dict[str, Any]:
        answer = await client.post(
            "/oauth2/introspect",
            data={"token": token, **partner.shown()},
            headers={"accept": "application/token-introspection+jwt"},
        )
        assert answer.headers["content-type"] == "application/token-introspection+jwt"
        read = jwt.decode(answer.text, keys, algorithms=["ES256"])
        assert read.header["typ"] == "token-introspection+jwt"
        assert (read.claims["iss"], read.claims["aud"]) == (ORIGIN, "institution")
        assert read.claims.keys() == {"iss", "aud", "iat", "token_introspection"}
        shown: dict[str, Any] = read.claims["token_introspection"]
        return shown

    shown = await inspect(given["access_token"])
    assert (shown["active"], shown["token_type"]) == (True, "DPoP")
    assert shown["cnf"] == {"jkt": partner.held.thumbprint()}
    assert await inspect("made-up") == {"active": False}
    hinted = await partner.push(id_token_hint=(await signed_introspection(partner)))
    assert hinted.json()["error"] == "invalid_request", "it is no ID token"


async def signed_introspection(partner: Partner) -> str:
    answer = await partner.client.post(
        "/oauth2/introspect",
        data={"token": "made-up", **partner.shown()},
        headers={"accept": "application/token-introspection+jwt"},
    )
    return answer.text


# ── racing and forgetting ──


async def test_an_assertion_shown_twice_at_the_same_instant_serves_once(partner: Partner) -> None:
    shown = partner.assertion()
    answers = await asyncio.gather(*(partner.push(client_assertion=shown) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 401, 401, 401, 401]


async def test_a_proof_shown_twice_at_the_same_instant_serves_once(partner: Partner) -> None:
    proof = partner.proof()
    fields = {"grant_type": "client_credentials"}
    answers = await asyncio.gather(*(partner.token(proof, **fields) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400, 400]


async def test_a_pushed_request_brought_twice_at_the_same_instant_serves_once(
    a_partner: MakePartner,
) -> None:
    partner = a_partner()
    request_uri = (await partner.push()).json()["request_uri"]
    sent = {"client_id": "institution", "request_uri": request_uri}
    answers = await asyncio.gather(
        *(partner.browser.http.get("/oauth2/authorize", params=sent) for _ in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410, 410, 410]


async def test_what_served_once_is_forgotten_when_it_could_serve_no_more(
    partner: Partner, session: Any, looking: asyncpg.Connection
) -> None:
    await partner.push()
    waiting = "SELECT count(*) FROM authorizations WHERE pushed_hash IS NOT NULL"
    assert await looking.fetchval("SELECT count(*) FROM single_uses") > 0
    assert await looking.fetchval(waiting) > 0
    await purge.purge(session, clock.now() + timedelta(minutes=6))
    assert await looking.fetchval("SELECT count(*) FROM single_uses") == 0
    assert await looking.fetchval(waiting) == 0


async def test_no_request_uri_is_stored_in_clear(partner: Partner, looking: asyncpg.Connection) -> None:
    request_uri = (await partner.push()).json()["request_uri"]
    for row in await looking.fetch("SELECT t::text AS row FROM authorizations t"):
        assert request_uri.rpartition(":")[2] not in row["row"]


async def test_the_provider_tells_partners_what_it_takes(client: httpx2.AsyncClient) -> None:
    said = (await client.get("/.well-known/oauth-authorization-server")).json()
    assert said["pushed_authorization_request_endpoint"] == f"{ORIGIN}/oauth2/par"
    assert said["require_pushed_authorization_requests"] is False
    taken = ["ES256", "PS256", "EdDSA", "Ed25519"]
    for name in (
        "dpop_signing_alg_values_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "revocation_endpoint_auth_signing_alg_values_supported",
        "introspection_endpoint_auth_signing_alg_values_supported",
    ):
        assert said[name] == taken
    assert said["introspection_signing_alg_values_supported"] == ["ES256"]
    assert "private_key_jwt" in said["token_endpoint_auth_methods_supported"]
    assert "client_credentials" in said["grant_types_supported"]


async def test_a_bound_token_resolves_until_its_end_like_any_other(
    partner: Partner, session: Any, provider: Any
) -> None:
    given = (await partner.token(grant_type="client_credentials")).json()
    resolved = await tokens.resolve(session, provider, given["access_token"], clock.now())
    assert resolved.jkt == partner.held.thumbprint()
    assert "cnf" not in claims_of(resolved.text)
