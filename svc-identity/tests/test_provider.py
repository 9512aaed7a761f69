"""The OpenID provider, journey by journey and refusal by refusal."""

import asyncio
import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from hub_core import clock
from svc_identity.domain.account import Account
from svc_identity.errors.oauth import InvalidGrant
from svc_identity.operations import purge, tokens

REDIRECT = "http://127.0.0.1:8765/callback"
SECRET = "a-secret-of-a-confidential-client"
ISSUER = "http://localhost:8080"
Resolve = Callable[[str], Awaitable[httpx2.Response]]


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


async def revocations(looking: asyncpg.Connection, session_id: str) -> list[dict[str, Any]]:
    wanted = (
        "SELECT body FROM outbox WHERE subject = 'hub.identity.token.revoked.v1' AND key = $1 ORDER BY seq"
    )
    return [json.loads(row["body"])["data"] for row in await looking.fetch(wanted, session_id)]


# ── discovery and keys ──


@pytest.mark.parametrize("name", ["openid-configuration", "oauth-authorization-server"])
async def test_the_provider_describes_itself(client: httpx2.AsyncClient, name: str) -> None:
    said = (await client.get(f"/.well-known/{name}")).json()
    assert said["issuer"] == ISSUER
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["response_types_supported"] == ["code"]
    assert said["id_token_signing_alg_values_supported"] == ["ES256"]
    assert said["authorization_response_iss_parameter_supported"] is True
    assert "none" not in said["introspection_endpoint_auth_methods_supported"]
    endpoints = {value for key, value in said.items() if key.endswith(("_endpoint", "_uri"))}
    assert all(address.startswith(f"{ISSUER}/oauth2/") for address in endpoints)


async def test_the_published_keys_are_public(client: httpx2.AsyncClient) -> None:
    for path, kind, algorithm in (
        ("/oauth2/jwks", "EC", "ES256"),
        ("/internal/v1/jwks", "OKP", "Ed25519"),
    ):
        keys = (await client.get(path)).json()["keys"]
        assert keys
        for key in keys:
            assert (key["kty"], key["alg"], key["use"]) == (kind, algorithm, "sig")
            assert not {"d", "k", "p", "q"} & key.keys()


async def test_private_keys_are_encrypted_at_rest(
    client: httpx2.AsyncClient, looking: asyncpg.Connection
) -> None:
    await client.get("/oauth2/jwks")
    rows = await looking.fetch("SELECT kid, sealed FROM signing_keys")
    assert rows
    assert all(b'"d"' not in row["sealed"] and b'"kty"' not in row["sealed"] for row in rows)


# ── the whole journey ──


async def test_a_person_signs_in_agrees_and_the_client_gets_tokens(
    flow: Any, ana: Account, client: httpx2.AsyncClient
) -> None:
    before = int(clock.now().timestamp())
    code = await flow.code(ana, scope="openid profile email offline_access")
    assert flow.returned() == {"code": code, "state": flow.state, "iss": ISSUER}
    answer = await flow.exchange(code)
    assert answer.headers["cache-control"] == "no-store"
    given = answer.json()
    assert given.keys() == {"access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"}
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 600)
    assert given["scope"] == "openid profile email offline_access"
    assert given["access_token"].startswith("hub_at_")
    assert given["refresh_token"].startswith("hub_rt_")

    keys = KeySet.import_key_set((await client.get("/oauth2/jwks")).json())
    claims = jwt.decode(given["id_token"], keys, algorithms=["ES256"]).claims
    assert claims["iss"] == ISSUER
    assert claims["aud"] == "demo-portal"
    assert claims["sub"] == str(ana.id)
    assert claims["nonce"] == flow.nonce
    assert (claims["acr"], claims["amr"]) == ("low", ["pwd"])
    assert claims["exp"] - claims["iat"] == 600
    assert before <= claims["auth_time"] <= claims["iat"]
    digest = hashlib.sha256(given["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert not {"name", "email"} & claims.keys()

    for method in ("GET", "POST"):
        answer = await client.request(
            method, "/oauth2/userinfo", headers={"authorization": f"Bearer {given['access_token']}"}
        )
        assert answer.json() == {
            "sub": str(ana.id),
            "name": "Ana Popescu",
            "given_name": "Ana",
            "family_name": "Popescu",
            "locale": "en",
            "email": ana.email,
            "email_verified": True,
        }


async def test_the_gateway_gets_the_internal_token(
    flow: Any, ana: Account, resolve: Resolve, client: httpx2.AsyncClient
) -> None:
    given = await flow.tokens(ana, scope="openid petitions:read offline_access")
    answer = await resolve(given["access_token"])
    assert answer.status_code == 200
    resolved = answer.json()
    assert resolved.keys() == {"internal_token", "expires_at", "session_id", "jkt"}
    assert resolved["jkt"] is None
    assert resolved["expires_at"].endswith("Z")
    keys = KeySet.import_key_set((await client.get("/internal/v1/jwks")).json())
    token = jwt.decode(resolved["internal_token"], keys, algorithms=["Ed25519"])
    assert (token.header["alg"], token.header["typ"]) == ("Ed25519", "hub+jwt")
    claims = token.claims
    assert claims.pop("jti")
    assert claims.pop("exp") - claims.pop("iat") == 300
    assert claims == {
        "iss": ISSUER,
        "aud": "hub",
        "sub": str(ana.id),
        "kind": "person",
        "acr": "low",
        "scope": "openid offline_access petitions:read",
        "client_id": "demo-portal",
        "plan": "STANDARD",
        "sid": resolved["session_id"],
        "roles": [],
    }


async def test_userinfo_takes_the_internal_token_that_the_gateway_sends(
    client: httpx2.AsyncClient, ana: Account, signed_in: Any
) -> None:
    answer = await client.get("/oauth2/userinfo", headers=signed_in(ana.id, {"openid", "email"}))
    assert answer.json() == {"sub": str(ana.id), "email": ana.email, "email_verified": True}
    answer = await client.get("/oauth2/userinfo", headers=signed_in(ana.id, {"email"}))
    assert answer.status_code == 403
    assert (await client.get("/oauth2/userinfo")).status_code == 401


async def test_a_service_gets_its_own_token(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/internal/v1/tokens", auth=("notify", "secret-of-notify"))
    claims = claims_of(answer.json()["internal_token"])
    assert (claims["sub"], claims["kind"], claims["scope"]) == ("notify", "service", "identity.contact:read")
    assert claims["exp"] - claims["iat"] == 300
    assert "sid" not in claims


async def test_without_openid_there_is_no_id_token_and_without_offline_access_no_refresh_token(
    flow: Any, ana: Account, client: httpx2.AsyncClient
) -> None:
    given = await flow.tokens(ana, scope="account:read")
    assert given.keys() == {"access_token", "token_type", "expires_in", "scope"}
    answer = await client.get(
        "/oauth2/userinfo", headers={"authorization": f"Bearer {given['access_token']}"}
    )
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


async def test_who_is_signed_in_and_has_agreed_is_asked_nothing(a_flow: Any, ana: Account) -> None:
    first = a_flow()
    await first.tokens(ana)
    second = a_flow(browser=first.browser)
    await second.ask()
    assert second.browser.location.startswith(REDIRECT)
    assert "code" in second.returned()
    silent = a_flow(browser=first.browser)
    await silent.ask(prompt="none")
    assert "code" in silent.returned()


async def test_more_scopes_ask_for_consent_again(a_flow: Any, ana: Account) -> None:
    first = a_flow()
    await first.tokens(ana, scope="openid")
    second = a_flow(browser=first.browser)
    await second.ask(scope="openid email")
    assert second.browser.location.startswith("/account/consent?request=")
    third = a_flow(browser=first.browser)
    await third.ask(scope="openid email", prompt="none")
    assert third.returned()["error"] == "consent_required"


async def test_who_does_not_agree_is_sent_back_with_the_refusal(flow: Any, ana: Account) -> None:
    await flow.ask()
    await flow.browser.follow()
    await flow.browser.post(str(flow.browser.answer.url), email=ana.email, password="patru cuvinte fara rost")
    await flow.browser.follow()
    address = str(flow.browser.answer.url)
    await flow.browser.post(address, decision="deny")
    assert flow.browser.location.startswith(REDIRECT)
    assert flow.returned() == {
        "error": "access_denied",
        "error_description": "the person did not agree",
        "state": flow.state,
        "iss": ISSUER,
    }
    await flow.browser.get(address)
    assert flow.browser.answer.status_code == 410


async def test_prompt_login_asks_for_the_password_again(a_flow: Any, ana: Account) -> None:
    first = a_flow()
    old = claims_of((await first.tokens(ana))["id_token"])
    second = a_flow(browser=first.browser)
    await second.ask(prompt="login")
    assert second.browser.location.startswith("/account/sign-in?request=")
    third = a_flow(browser=first.browser)
    new = claims_of((await third.tokens(ana, prompt="login"))["id_token"])
    assert new["sid"] == old["sid"]
    assert new["auth_time"] >= old["auth_time"]


async def test_prompt_consent_asks_again(a_flow: Any, ana: Account) -> None:
    first = a_flow()
    await first.tokens(ana)
    second = a_flow(browser=first.browser)
    await second.ask(prompt="consent")
    assert second.browser.location.startswith("/account/consent?request=")
    await second.browser.follow()
    await second.browser.post(str(second.browser.answer.url), decision="agree")
    assert "code" in second.returned()


async def test_max_age_zero_asks_for_the_password_once(a_flow: Any, ana: Account) -> None:
    first = a_flow()
    await first.tokens(ana)
    second = a_flow(browser=first.browser)
    assert await second.tokens(ana, max_age="0")


async def test_prompt_none_without_a_session_is_answered(flow: Any) -> None:
    await flow.ask(prompt="none")
    assert flow.browser.location.startswith(REDIRECT)
    assert flow.returned()["error"] == "login_required"


async def test_an_id_token_hint_names_the_person(a_flow: Any, ana: Account, a_person: Any) -> None:
    first = a_flow()
    given = await first.tokens(ana)
    same = a_flow(browser=first.browser)
    await same.ask(prompt="none", id_token_hint=given["id_token"])
    assert "code" in same.returned()
    other = a_flow()
    await other.tokens(await a_person())
    hinted = a_flow(browser=other.browser)
    await hinted.ask(prompt="none", id_token_hint=given["id_token"])
    assert hinted.returned()["error"] == "login_required"
    made_up = a_flow(browser=first.browser)
    await made_up.ask(prompt="none", id_token_hint=given["id_token"][:-3] + "AAA")
    assert made_up.returned()["error"] == "invalid_request"


async def test_a_request_as_a_form_from_another_site_finds_the_session(a_flow: Any, ana: Account) -> None:
    first = a_flow()
    await first.tokens(ana)
    second = a_flow(browser=first.browser)
    kept = httpx2.Cookies(first.browser.http.cookies)
    first.browser.http.cookies.clear()  # SameSite=Lax: a POST from another site carries none
    answer = await first.browser.http.post("/oauth2/authorize", data=second.parameters())
    first.browser.http.cookies = kept
    assert "set-cookie" not in answer.headers
    await first.browser.get(answer.headers["location"])
    assert "code" in second.returned()


# ── refusals of the authorization endpoint ──


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"client_id": "nobody"}, "The application is not known"),
        ({"client_id": None}, "The application is not known"),
        ({"client_id": "demo\x00portal"}, "The application is not known"),
        ({"redirect_uri": "https://evil.example/callback"}, "The return address is not registered"),
        ({"redirect_uri": REDIRECT + "/"}, "The return address is not registered"),
        ({"redirect_uri": None}, "The return address is not registered"),
        ({"redirect_uri": "javascript:alert(1)"}, "The return address is not registered"),
    ],
)
async def test_without_a_known_client_and_address_nobody_is_redirected(
    flow: Any, changed: dict[str, str | None], title: str
) -> None:
    answer = await flow.ask(**changed)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert "location" not in answer.headers
    assert f"<h1>{title}</h1>" in answer.text


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "openid nonsense"}, "invalid_scope"),
        ({"request": "x"}, "request_not_supported"),
        ({"request_uri": "x"}, "request_uri_not_supported"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"nonce": "a\x00b"}, "invalid_request"),
    ],
)
async def test_a_bad_request_goes_back_to_the_client_with_state_and_issuer(
    flow: Any, changed: dict[str, str | None], error: str
) -> None:
    await flow.ask(**changed)
    assert flow.browser.location.startswith(REDIRECT + "?")
    returned = flow.returned()
    assert returned.pop("error_description")
    assert returned == {"error": error, "state": flow.state, "iss": ISSUER}


@pytest.mark.parametrize("name", ["state", "scope", "nonce", "code_challenge", "prompt"])
async def test_a_duplicate_parameter_goes_back_to_the_client(flow: Any, name: str) -> None:
    query = [*flow.parameters(prompt="login").items(), (name, "openid")]
    answer = await flow.browser.http.get("/oauth2/authorize", params=query)
    flow.browser._shown(answer)
    assert flow.returned()["error"] == "invalid_request"
    assert ("state" in flow.returned()) is (name != "state")


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
async def test_a_duplicate_client_or_address_redirects_nobody(flow: Any, name: str) -> None:
    query = [*flow.parameters().items(), (name, flow.parameters()[name])]
    answer = await flow.browser.http.get("/oauth2/authorize", params=query)
    assert answer.status_code == 400


async def test_a_native_client_may_listen_on_any_loopback_port(flow: Any, ana: Account) -> None:
    address = "http://127.0.0.1:51234/callback"
    code = await flow.code(ana, redirect_uri=address)
    assert flow.browser.location.startswith(address + "?")
    assert (await flow.exchange(code)).json()["error"] == "invalid_grant"
    assert (await flow.exchange(code, redirect_uri=address)).status_code == 200


async def test_an_answered_request_gives_no_second_code(flow: Any, ana: Account) -> None:
    await flow.ask()
    address = flow.browser.location
    await flow.code(ana)
    await flow.browser.get(address)
    await flow.browser.follow()
    assert "code" in flow.returned()
    await flow.browser.get(address)
    assert flow.browser.answer.status_code == 410


# ── refusals of the token endpoint ──


async def test_a_replayed_code_ends_the_family(
    flow: Any, ana: Account, resolve: Resolve, looking: asyncpg.Connection
) -> None:
    code = await flow.code(ana)
    given = (await flow.exchange(code)).json()
    session_id = (await resolve(given["access_token"])).json()["session_id"]
    replay = await flow.exchange(code)
    assert (replay.status_code, replay.json()["error"]) == (400, "invalid_grant")
    assert (await resolve(given["access_token"])).status_code == 401
    assert (await flow.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"
    assert await revocations(looking, session_id) == [
        {"version": 1, "session_id": session_id, "reason": "CODE_REPLAYED"}
    ]


async def test_a_code_shown_twice_at_the_same_instant_gives_tokens_once(flow: Any, ana: Account) -> None:
    code = await flow.code(ana)
    answers = await asyncio.gather(*(flow.exchange(code) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400, 400]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"redirect_uri": "http://localhost:8765/callback"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
        ({"client_id": "office"}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_secret": "guessed"}, "invalid_client"),
    ],
)
async def test_a_code_shown_wrongly_is_refused_and_still_serves_its_owner(
    flow: Any, ana: Account, changed: dict[str, str | None], error: str
) -> None:
    code = await flow.code(ana)
    answer = await flow.exchange(code, **changed)
    assert answer.json()["error"] == error
    assert answer.status_code == (401 if error == "invalid_client" else 400)
    assert (await flow.exchange(code)).status_code == 200


async def test_the_code_of_another_client_is_refused_and_not_spent(
    flow: Any, a_flow: Any, office: Any, ana: Account
) -> None:
    code = await flow.code(ana)
    stranger = a_flow(app=office)
    answer = await stranger.exchange(code, redirect_uri=REDIRECT, code_verifier=flow.verifier)
    assert answer.json()["error"] == "invalid_grant"
    assert (await flow.exchange(code)).status_code == 200


async def test_a_code_ends_after_a_minute(
    flow: Any, ana: Account, portal: Any, session: Any, provider: Any
) -> None:
    code = await flow.code(ana)
    with pytest.raises(InvalidGrant):
        await tokens.exchange_code(
            session,
            provider,
            portal,
            code=code,
            redirect_uri=REDIRECT,
            verifier=flow.verifier,
            now=clock.now() + timedelta(seconds=61),
        )


async def test_a_duplicate_parameter_is_refused_at_the_token_endpoint(
    flow: Any, ana: Account, client: httpx2.AsyncClient
) -> None:
    code = await flow.code(ana)
    body = f"grant_type=authorization_code&code={code}&code={code}&client_id=demo-portal"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await client.post("/oauth2/token", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b'{"grant_type": "refresh_token"}', "application/json"),
        (b"grant_type=%ff", "application/x-www-form-urlencoded"),
        (b"grant_type=\xff", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(80)), "application/x-www-form-urlencoded"),
        (b"client_id=demo-portal&grant_type=a%00b", "application/x-www-form-urlencoded"),
    ],
)
async def test_a_body_that_cannot_be_read_is_an_invalid_request(
    client: httpx2.AsyncClient, content: bytes, media_type: str
) -> None:
    answer = await client.post("/oauth2/token", content=content, headers={"content-type": media_type})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "auth", [("office", "wrong"), ("office", ""), ("nobody", SECRET), ("off\x00ice", SECRET)]
)
async def test_a_wrong_client_secret_is_refused(client: httpx2.AsyncClient, auth: tuple[str, str]) -> None:
    for path in ("/oauth2/token", "/oauth2/revoke", "/oauth2/introspect"):
        answer = await client.post(path, data={"token": "x", "grant_type": "refresh_token"}, auth=auth)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["www-authenticate"].startswith("Basic")


async def test_a_client_shows_itself_in_one_way_and_its_own(client: httpx2.AsyncClient) -> None:
    both = {"token": "x", "client_id": "office", "client_secret": SECRET}
    assert (await client.post("/oauth2/revoke", data=both, auth=("office", SECRET))).status_code == 401
    assert (await client.post("/oauth2/revoke", data=both)).status_code == 401  # registered for Basic
    assert (
        await client.post("/oauth2/revoke", data={"token": "x", "client_id": "office"})
    ).status_code == 401
    assert (await client.post("/oauth2/revoke", data={"token": "x"})).status_code == 401
    assert (
        await client.post("/oauth2/revoke", data={"token": "x"}, auth=("office", SECRET))
    ).status_code == 200


async def test_a_confidential_client_signs_people_in(a_flow: Any, office: Any, ana: Account) -> None:
    flow = a_flow(app=office)
    given = await flow.tokens(ana)
    assert flow.browser.location.startswith("https://office.example.org/callback?from=hub&code=")
    refreshed = await flow.refresh(given["refresh_token"])
    assert refreshed.status_code == 200


# ── refresh ──


async def test_refreshing_rotates(flow: Any, ana: Account, resolve: Resolve) -> None:
    given = await flow.tokens(ana)
    answer = await flow.refresh(given["refresh_token"])
    assert answer.headers["cache-control"] == "no-store"
    fresh = answer.json()
    assert fresh["refresh_token"] != given["refresh_token"]
    assert fresh["access_token"] != given["access_token"]
    claims = claims_of(fresh["id_token"])
    assert "nonce" not in claims
    assert claims["auth_time"] == claims_of(given["id_token"])["auth_time"]
    assert (await resolve(fresh["access_token"])).status_code == 200


async def test_a_refresh_token_used_twice_ends_the_family(
    flow: Any, ana: Account, resolve: Resolve, looking: asyncpg.Connection
) -> None:
    given = await flow.tokens(ana)
    fresh = (await flow.refresh(given["refresh_token"])).json()
    session_id = (await resolve(fresh["access_token"])).json()["session_id"]
    reuse = await flow.refresh(given["refresh_token"])
    assert (reuse.status_code, reuse.json()["error"]) == (400, "invalid_grant")
    assert (await flow.refresh(fresh["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await resolve(fresh["access_token"])).status_code == 401
    assert [told["reason"] for told in await revocations(looking, session_id)] == ["REFRESH_REUSED"]


async def test_a_refresh_token_used_at_the_same_instant_serves_once(flow: Any, ana: Account) -> None:
    given = await flow.tokens(ana)
    answers = await asyncio.gather(*(flow.refresh(given["refresh_token"]) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400, 400]


async def test_a_family_ends_alone(a_flow: Any, ana: Account, resolve: Resolve) -> None:
    first = a_flow()
    one = await first.tokens(ana)
    second = a_flow(browser=first.browser)
    two = await second.tokens(ana)
    await first.refresh(one["refresh_token"])
    await first.refresh(one["refresh_token"])
    assert (await resolve(one["access_token"])).status_code == 401
    assert (await resolve(two["access_token"])).status_code == 200


async def test_another_clients_refresh_token_is_refused_and_not_spent(
    flow: Any, a_flow: Any, office: Any, ana: Account
) -> None:
    given = await flow.tokens(ana)
    stranger = a_flow(app=office)
    assert (await stranger.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await flow.refresh(given["refresh_token"])).status_code == 200
    assert (await stranger.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await flow.refresh("hub_rt_made-up")).json()["error"] == "invalid_grant"
    assert (await flow.refresh(given["access_token"])).json()["error"] == "invalid_grant"


async def test_refreshing_may_narrow_the_access_token_only(flow: Any, ana: Account) -> None:
    given = await flow.tokens(ana, scope="openid email offline_access")
    narrowed = (await flow.refresh(given["refresh_token"], scope="openid")).json()
    assert narrowed["scope"] == "openid"
    wide = (await flow.refresh(narrowed["refresh_token"])).json()
    assert wide["scope"] == "openid email offline_access"
    wider = await flow.refresh(wide["refresh_token"], scope="openid petitions:read")
    assert wider.json()["error"] == "invalid_scope"
    assert (await flow.refresh(wide["refresh_token"])).status_code == 200


async def test_a_refresh_token_ends_after_thirty_days(
    flow: Any, ana: Account, portal: Any, session: Any, provider: Any
) -> None:
    given = await flow.tokens(ana)
    with pytest.raises(InvalidGrant):
        await tokens.refresh(
            session,
            provider,
            portal,
            refresh_token=given["refresh_token"],
            asked=(),
            now=clock.now() + timedelta(days=30),
        )


# ── what stands behind a token ──


@pytest.mark.parametrize("token", ["", "hub_at_made-up", "hub_rt_made-up", "x" * 512, "\x00"])
async def test_an_unknown_token_resolves_to_nothing(resolve: Resolve, token: str) -> None:
    answer = await resolve(token)
    assert answer.status_code == 401
    assert answer.json()["type"].endswith("/problems/invalid-token")


async def test_refresh_and_id_tokens_open_nothing(flow: Any, ana: Account, resolve: Resolve) -> None:
    given = await flow.tokens(ana)
    assert (await resolve(given["refresh_token"])).status_code == 401
    assert (await resolve(given["id_token"])).status_code == 401


async def test_an_access_token_ends_after_ten_minutes(
    flow: Any, ana: Account, session: Any, provider: Any
) -> None:
    given = await flow.tokens(ana)
    late = await tokens.resolve(session, provider, given["access_token"], clock.now() + timedelta(minutes=9))
    assert late.expires_at < clock.now() + timedelta(minutes=10)
    with pytest.raises(Exception, match="invalid-token"):
        await tokens.resolve(session, provider, given["access_token"], clock.now() + timedelta(minutes=10))


async def test_introspection_is_for_confidential_clients_and_their_own_tokens(
    client: httpx2.AsyncClient, flow: Any, a_flow: Any, office: Any, ana: Account
) -> None:
    mine = a_flow(app=office)
    given = await mine.tokens(ana)
    foreign = await flow.tokens(ana)

    async def inspect(token: str) -> dict[str, Any]:
        answer = await client.post("/oauth2/introspect", data={"token": token}, auth=("office", SECRET))
        shown: dict[str, Any] = answer.json()
        return shown

    shown = await inspect(given["access_token"])
    assert (shown["active"], shown["sub"], shown["client_id"]) == (True, str(ana.id), "office")
    assert (shown["scope"], shown["acr"]) == ("openid offline_access", "low")
    assert (await inspect(given["refresh_token"]))["active"] is True
    for token in (foreign["access_token"], foreign["refresh_token"], "made-up", given["id_token"]):
        assert await inspect(token) == {"active": False}
    public = await client.post(
        "/oauth2/introspect", data={"token": foreign["access_token"], "client_id": "demo-portal"}
    )
    assert public.json()["error"] == "invalid_client"
    await mine.refresh(given["refresh_token"])
    assert await inspect(given["refresh_token"]) == {"active": False}


# ── revocation ──


async def test_revoking_a_refresh_token_ends_its_family(
    client: httpx2.AsyncClient, flow: Any, ana: Account, resolve: Resolve, looking: asyncpg.Connection
) -> None:
    given = await flow.tokens(ana)
    session_id = (await resolve(given["access_token"])).json()["session_id"]
    for _ in range(2):
        body = {"token": given["refresh_token"], "client_id": "demo-portal"}
        assert (await client.post("/oauth2/revoke", data=body)).status_code == 200
    assert (await resolve(given["access_token"])).status_code == 401
    assert (await flow.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"
    assert [told["reason"] for told in await revocations(looking, session_id)] == ["TOKEN_REVOKED"]


async def test_revoking_an_access_token_ends_it_alone(
    client: httpx2.AsyncClient, flow: Any, ana: Account, resolve: Resolve, looking: asyncpg.Connection
) -> None:
    given = await flow.tokens(ana)
    session_id = (await resolve(given["access_token"])).json()["session_id"]
    body = {"token": given["access_token"], "client_id": "demo-portal", "token_type_hint": "refresh_token"}
    assert (await client.post("/oauth2/revoke", data=body)).status_code == 200
    assert (await resolve(given["access_token"])).status_code == 401
    assert [told["reason"] for told in await revocations(looking, session_id)] == ["TOKEN_REVOKED"]
    assert (await flow.refresh(given["refresh_token"])).status_code == 200


async def test_a_stranger_revokes_nothing(
    client: httpx2.AsyncClient, flow: Any, ana: Account, resolve: Resolve
) -> None:
    given = await flow.tokens(ana)
    for token in (given["access_token"], given["refresh_token"], "made-up"):
        answer = await client.post("/oauth2/revoke", data={"token": token}, auth=("office", SECRET))
        assert answer.status_code == 200
    assert (await resolve(given["access_token"])).status_code == 200


async def test_ending_a_session_ends_every_token_of_it_and_says_so_once(
    client: httpx2.AsyncClient,
    flow: Any,
    ana: Account,
    resolve: Resolve,
    signed_in: Any,
    looking: asyncpg.Connection,
) -> None:
    given = await flow.tokens(ana)
    session_id = (await resolve(given["access_token"])).json()["session_id"]
    headers = signed_in(ana.id, {"account:read", "account:write"}, sid=session_id)
    (shown,) = (await client.get("/identity/v1/me/sessions", headers=headers)).json()["items"]
    assert (shown["id"], shown["current"]) == (session_id, True)
    assert shown["applications"] == [
        {"ro": "Portal demonstrativ", "hu": "Bemutató portál", "en": "Demo portal"}
    ]
    for _ in range(2):
        answer = await client.post(f"/identity/v1/me/sessions/{session_id}/end", headers=headers)
        assert answer.status_code == 204
    assert (await resolve(given["access_token"])).status_code == 401
    assert (await flow.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"
    await flow.browser.get("/account/overview")
    assert flow.browser.location == "/account/sign-in"
    assert await revocations(looking, session_id) == [
        {"version": 1, "session_id": session_id, "reason": "ENDED_BY_OWNER"}
    ]


# ── keeping nothing in clear, and not for ever ──


async def test_no_secret_is_stored_in_clear(flow: Any, ana: Account, looking: asyncpg.Connection) -> None:
    code = await flow.code(ana)
    given = (await flow.exchange(code)).json()
    cookies = [value for name, value in flow.browser.http.cookies.items() if name == "hub_session"]
    secrets = [code, given["access_token"], given["refresh_token"], given["id_token"], *cookies]
    tables = await looking.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'identity'")
    for (table,) in tables:
        for row in await looking.fetch(f'SELECT t::text AS row FROM "{table}" t'):
            for secret in secrets:
                assert secret not in row["row"]
                assert secret.encode().hex() not in row["row"]


async def test_tokens_are_forgotten_when_they_have_served_their_time(
    flow: Any, ana: Account, resolve: Resolve, session: Any, looking: asyncpg.Connection
) -> None:
    given = await flow.tokens(ana)
    session_id = UUID((await resolve(given["access_token"])).json()["session_id"])
    now = clock.now()

    async def left() -> tuple[int, int]:
        families = "SELECT count(*) FROM grants WHERE session_id = $1"
        held = "SELECT count(*) FROM tokens JOIN grants ON grants.id = grant_id WHERE session_id = $1"
        return await looking.fetchval(families, session_id), await looking.fetchval(held, session_id)

    assert await left() == (1, 2)
    await purge.purge(session, now + timedelta(hours=1))
    assert await left() == (1, 1)
    await purge.purge(session, now + timedelta(days=31))
    assert await left() == (0, 0)
    assert await looking.fetchval("SELECT count(*) FROM sessions WHERE id = $1", session_id) == 0
