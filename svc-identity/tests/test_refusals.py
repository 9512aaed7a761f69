"""What OpenID Connect Core and OAuth 2.0 forbid, refusal by refusal, each under its name.

Names that begin with `oidcc-` are those of the conformance suite of the OpenID Foundation, the others
name the section of their RFC. `ELSEWHERE` says which test holds what was tested before; the refusals of
the FAPI 2.0 Security Profile are in `partner/test_refusals.py`.
"""

import ast
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from hub_core import clock
from svc_identity.domain.account import Account
from svc_identity.domain.client import Authentication, Client, GrantType
from svc_identity.domain.signing_key import Use
from svc_identity.errors.oauth import InvalidGrant
from svc_identity.operations import registration, tokens

from .conftest import ORIGIN, REDIRECT, SECRET

HERE = Path(__file__).parent
ELSEWHERE = {
    "oidcc-ensure-registered-redirect-uri": (
        "test_provider.test_without_a_known_client_and_address_nobody_is_redirected"
    ),
    "oidcc-response-type-missing": "test_domain_oauth.test_a_bad_request_is_refused_by_name",
    "oidcc-prompt-none-not-logged-in": "test_provider.test_prompt_none_without_a_session_is_answered",
    "oidcc-prompt-none-logged-in": "test_provider.test_who_is_signed_in_and_has_agreed_is_asked_nothing",
    "oidcc-prompt-login": "test_provider.test_prompt_login_asks_for_the_password_again",
    "oidcc-max-age-1": "test_provider.test_max_age_zero_asks_for_the_password_once",
    "oidcc-id-token-hint": "test_provider.test_an_id_token_hint_names_the_person",
    "oidcc-ensure-post-request-succeeds": (
        "test_provider.test_a_request_as_a_form_from_another_site_finds_the_session"
    ),
    "oidcc-codereuse": "test_provider.test_a_replayed_code_ends_the_family",
    "oidcc-ensure-acr-values-unmet-is-answered": (
        "test_step_up.test_who_cannot_reach_the_level_is_told_how_and_gets_back"
    ),
    "oidcc-userinfo-without-openid": (
        "test_provider.test_without_openid_there_is_no_id_token_and_without_offline_access_no_refresh_token"
    ),
    "rfc6749-3.1-duplicate-parameter": "test_provider.test_a_duplicate_parameter_goes_back_to_the_client",
    "rfc6749-3.2-duplicate-parameter": (
        "test_provider.test_a_duplicate_parameter_is_refused_at_the_token_endpoint"
    ),
    "rfc6749-4.1.3-code-of-another-client": (
        "test_provider.test_the_code_of_another_client_is_refused_and_not_spent"
    ),
    "rfc6749-4.1.3-redirect-mismatch": (
        "test_provider.test_a_code_shown_wrongly_is_refused_and_still_serves_its_owner"
    ),
    "rfc6749-6-refresh-by-another-client": (
        "test_provider.test_another_clients_refresh_token_is_refused_and_not_spent"
    ),
    "rfc6749-6-scope-growth": "test_provider.test_refreshing_may_narrow_the_access_token_only",
    "rfc7636-4.4.1-no-pkce": "test_provider.test_a_bad_request_goes_back_to_the_client_with_state_and_issuer",
    "rfc9700-4.14.2-refresh-reuse": "test_provider.test_a_refresh_token_used_twice_ends_the_family",
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_tested_elsewhere_is_there(name: str) -> None:
    module, _, test = ELSEWHERE[name].partition(".")
    tree = ast.parse((HERE / f"{module}.py").read_text())
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    assert test in {one.name for one in tree.body if isinstance(one, functions)}


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


# ── the authorization endpoint answers the client ──


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        pytest.param(
            {"response_type": "id_token"}, "unsupported_response_type", id="oidcc-implicit-id-token"
        ),
        pytest.param(
            {"response_type": "id_token token"},
            "unsupported_response_type",
            id="oidcc-implicit-id-token-token",
        ),
        pytest.param({"response_type": "code id_token"}, "unsupported_response_type", id="oidcc-hybrid"),
        pytest.param({"response_type": "none"}, "unsupported_response_type", id="oidcc-response-type-none"),
        pytest.param({"response_type": "CODE"}, "unsupported_response_type", id="rfc6749-3.1.1-case"),
        pytest.param({"response_mode": "form_post"}, "invalid_request", id="oidcc-form-post-response-mode"),
        pytest.param(
            {"request": "eyJhbGciOiJub25lIn0.e30."},
            "request_not_supported",
            id="oidcc-unsigned-request-object",
        ),
        pytest.param(
            {"request_uri": "https://client.example.org/request.jwt"},
            "request_uri_not_supported",
            id="oidcc-request-uri-unsigned",
        ),
        pytest.param(
            {"registration": "{}"}, "registration_not_supported", id="oidcc-core-7.2.1-registration"
        ),
        pytest.param({"scope": None}, "invalid_scope", id="rfc6749-3.3-no-scope"),
        pytest.param({"scope": "offline_access root"}, "invalid_scope", id="rfc6749-3.3-unknown-scope"),
        pytest.param({"prompt": "none consent"}, "invalid_request", id="oidcc-prompt-none-with-others"),
        pytest.param({"prompt": "create"}, "invalid_request", id="oidcc-prompt-unknown"),
        pytest.param({"max_age": "soon"}, "invalid_request", id="oidcc-max-age-no-number"),
        pytest.param({"max_age": "-1"}, "invalid_request", id="oidcc-max-age-negative"),
        pytest.param({"id_token_hint": "x.y.z"}, "invalid_request", id="oidcc-id-token-hint-made-up"),
        pytest.param({"code_challenge": "short"}, "invalid_request", id="rfc7636-4.2-challenge"),
        pytest.param({"code_challenge_method": None}, "invalid_request", id="rfc7636-4.3-plain-by-default"),
    ],
)
async def test_a_request_is_refused(flow: Any, changed: dict[str, str | None], error: str) -> None:
    await flow.ask(**changed)
    assert flow.browser.location.startswith(f"{REDIRECT}?")
    returned = flow.returned()
    assert returned.pop("error_description").isascii()
    assert returned == {"error": error, "state": flow.state, "iss": ORIGIN}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"nonce": None}, id="oidcc-ensure-request-without-nonce-succeeds-for-code-flow"),
        pytest.param({"extra": "foobar"}, id="oidcc-ensure-request-with-unknown-parameter-succeeds"),
        pytest.param({"display": "page"}, id="oidcc-display-page"),
        pytest.param({"display": "popup"}, id="oidcc-display-popup"),
        pytest.param({"ui_locales": "se"}, id="oidcc-ui-locales"),
        pytest.param({"claims_locales": "se"}, id="oidcc-claims-locales"),
        pytest.param({"acr_values": "1 2"}, id="oidcc-ensure-request-with-acr-values-succeeds"),
        pytest.param({"claims": '{"userinfo":{"name":{"essential":true}}}'}, id="oidcc-claims-essential"),
        pytest.param({"max_age": "10000"}, id="oidcc-max-age-10000"),
        pytest.param({"login_hint": "buffy@example.org"}, id="oidcc-login-hint"),
        pytest.param({"prompt": "login consent"}, id="oidcc-prompt-several"),
    ],
)
async def test_what_is_voluntary_stands_in_nobodys_way(
    flow: Any, ana: Account, changed: dict[str, str | None]
) -> None:
    given = await flow.tokens(ana, **changed)
    claims = claims_of(given["id_token"])
    assert ("nonce" in claims) is ("nonce" not in changed)
    assert claims["auth_time"] <= claims["iat"]


async def redirected_nowhere(flow: Any, address: str | None) -> None:
    answer = await flow.ask(redirect_uri=address)
    assert (answer.status_code, "location" in answer.headers) == (400, False)
    assert "The return address is not registered" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("https://office.example.org/callback", id="oidcc-redirect-uri-query-missing"),
        pytest.param(
            "https://office.example.org/callback?from=others", id="oidcc-redirect-uri-query-mismatch"
        ),
        pytest.param(
            "https://office.example.org/callback?from=hub&more=1", id="oidcc-redirect-uri-query-added"
        ),
        pytest.param("https://office.example.org/callback?from=hub#x", id="oidcc-redirect-uri-regfrag"),
        pytest.param("https://OFFICE.example.org/callback?from=hub", id="rfc3986-6.2.1-by-character"),
        pytest.param("https://office.example.org:443/callback?from=hub", id="rfc3986-6.2.3-default-port"),
        pytest.param("https://office.example.org/x/../callback?from=hub", id="rfc9700-4.1-path"),
        pytest.param("http://office.example.org/callback?from=hub", id="rfc9700-4.1-scheme"),
        pytest.param("http://127.0.0.1:9000/callback", id="rfc8252-8.3-loopback-of-a-web-client"),
    ],
)
async def test_an_address_that_is_not_registered_so_redirects_nobody(
    a_flow: Any, office: Client, address: str
) -> None:
    await redirected_nowhere(a_flow(app=office), address)


async def test_an_error_is_answered_without_a_state_that_was_not_sent(flow: Any) -> None:
    await flow.ask(state=None, response_type="token")
    assert flow.returned().keys() == {"error", "error_description", "iss"}


# ── hints of others: oidcc-id-token-hint ──


@pytest.mark.parametrize(
    "change", [{"aud": "office"}, {"aud": ["demo-portal"]}, {"iss": "https://evil.example"}]
)
async def test_a_hint_that_we_have_not_signed_is_refused(
    flow: Any, ana: Account, change: dict[str, Any]
) -> None:
    given = claims_of((await flow.tokens(ana))["id_token"])
    forged = jwt.encode({"alg": "ES256"}, given | change, ECKey.generate_key("P-256"))
    await flow.ask(id_token_hint=forged, prompt="none")
    assert flow.returned()["error"] == "invalid_request"


async def test_the_hint_of_another_client_is_refused(
    flow: Any, a_flow: Any, office: Client, ana: Account
) -> None:
    other = await a_flow(app=office).tokens(ana)
    await flow.ask(id_token_hint=other["id_token"])
    assert flow.returned()["error"] == "invalid_request"


async def test_an_old_hint_still_names_the_person(
    flow: Any, a_flow: Any, ana: Account, provider: Any
) -> None:
    given = await flow.tokens(ana)
    old = claims_of(given["id_token"]) | {"exp": 1, "iat": 0}
    from_before = provider.key_ring.sign(Use.ID_TOKEN, old, clock.now())
    again = a_flow(browser=flow.browser)
    await again.ask(prompt="none", id_token_hint=from_before)
    assert "code" in again.returned()


# ── the token endpoint ──


async def test_a_code_that_ran_out_is_refused_even_to_its_owner(
    flow: Any, ana: Account, portal: Client, session: Any, provider: Any
) -> None:
    code = await flow.code(ana)
    for late in (timedelta(seconds=60), timedelta(days=1)):
        with pytest.raises(InvalidGrant):
            await tokens.exchange_code(
                session,
                provider,
                portal,
                code=code,
                redirect_uri=REDIRECT,
                verifier=flow.verifier,
                now=clock.now() + late,
            )


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_the_token_endpoint_takes_posts_only(client: httpx2.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/oauth2/token")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_parameters_of_the_token_endpoint_do_not_count_in_its_address(
    flow: Any, ana: Account, client: httpx2.AsyncClient
) -> None:
    sent = {
        "grant_type": "authorization_code",
        "code": await flow.code(ana),
        "redirect_uri": REDIRECT,
        "code_verifier": flow.verifier,
        "client_id": "demo-portal",
    }
    answer = await client.post("/oauth2/token", params=sent, data={"client_id": "demo-portal"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert (await client.post("/oauth2/token", data=sent)).status_code == 200


@pytest.mark.parametrize(
    "grant_type",
    [
        pytest.param("password", id="rfc9700-2.4-password"),
        pytest.param("implicit", id="rfc9700-2.1.2-implicit"),
        pytest.param("urn:ietf:params:oauth:grant-type:jwt-bearer", id="rfc7523-2.1-jwt-bearer"),
        pytest.param("AUTHORIZATION_CODE", id="rfc6749-4.1.3-case"),
    ],
)
async def test_a_grant_type_that_is_not_ours_is_refused(flow: Any, ana: Account, grant_type: str) -> None:
    code = await flow.code(ana)
    answer = await flow.exchange(code, grant_type=grant_type)
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


async def test_a_grant_type_that_the_client_is_not_registered_for_is_refused(
    a_flow: Any, portal: Client, ana: Account, sessions: Any, an_id: Any
) -> None:
    once = replace(portal, id=f"once-{an_id()}", grant_types=frozenset({GrantType.CODE}))
    async with sessions() as session:
        await registration.put_client(session, once)
    flow = a_flow(app=once)
    given = await flow.tokens(ana)
    assert "refresh_token" not in given
    answer = await flow.refresh("hub_rt_made-up")
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


@pytest.mark.parametrize(
    "method", [Authentication.SECRET_BASIC, Authentication.SECRET_POST], ids=lambda one: f"oidcc-{one.value}"
)
async def test_a_client_proves_itself_as_it_is_registered_and_in_no_other_way(
    office: Client, client: httpx2.AsyncClient, sessions: Any, an_id: Any, method: Authentication
) -> None:
    app = replace(office, id=f"app-{an_id()}", authentication=method)
    async with sessions() as session:
        await registration.put_client(session, app)
    fields = {"token": "hub_at_made-up"}
    basic = await client.post("/oauth2/revoke", data=fields, auth=(app.id, SECRET))
    post = await client.post("/oauth2/revoke", data=fields | {"client_id": app.id, "client_secret": SECRET})
    nothing = await client.post("/oauth2/revoke", data=fields | {"client_id": app.id})
    by_basic = method is Authentication.SECRET_BASIC
    assert (basic.status_code == 200, post.status_code == 200) == (by_basic, not by_basic)
    assert (nothing.status_code, nothing.json()["error"]) == (401, "invalid_client")


async def test_the_nonce_comes_back_as_it_was_sent_and_not_with_a_refresh(flow: Any, ana: Account) -> None:
    nonce = "n-0S6_WzA2Mj.~é"
    given = await flow.tokens(ana, nonce=nonce)
    assert claims_of(given["id_token"])["nonce"] == nonce
    fresh = (await flow.refresh(given["refresh_token"])).json()
    assert "nonce" not in claims_of(fresh["id_token"])


async def test_an_answer_with_tokens_is_stored_nowhere(flow: Any, ana: Account) -> None:
    answer = await flow.exchange(await flow.code(ana))
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    assert answer.headers["content-type"].startswith("application/json")
    refused = await flow.refresh("hub_rt_made-up")
    assert refused.headers["cache-control"] == "no-store"


# ── userinfo and the other endpoints ──

Ask = Callable[[httpx2.AsyncClient, str], Awaitable[httpx2.Response]]


def in_query(client: httpx2.AsyncClient, token: str) -> Awaitable[httpx2.Response]:
    return client.get("/oauth2/userinfo", params={"access_token": token})


def in_body(client: httpx2.AsyncClient, token: str) -> Awaitable[httpx2.Response]:
    return client.post("/oauth2/userinfo", data={"access_token": token})


def as_basic(client: httpx2.AsyncClient, token: str) -> Awaitable[httpx2.Response]:
    return client.get("/oauth2/userinfo", auth=("x", token))


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(in_query, id="rfc9700-4.3.2-token-in-query"),
        pytest.param(in_body, id="oidcc-userinfo-post-body"),
        pytest.param(as_basic, id="rfc6750-2.1-scheme"),
    ],
)
async def test_an_access_token_is_shown_in_its_header_only(
    flow: Any, ana: Account, client: httpx2.AsyncClient, ask: Ask
) -> None:
    given = await flow.tokens(ana)
    answer = await ask(client, given["access_token"])
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("kind", ["refresh_token", "id_token"])
async def test_only_an_access_token_opens_userinfo(
    flow: Any, ana: Account, client: httpx2.AsyncClient, kind: str
) -> None:
    given = await flow.tokens(ana)
    answer = await client.get("/oauth2/userinfo", headers={"authorization": f"Bearer {given[kind]}"})
    assert answer.status_code == 401


async def test_the_token_of_a_replayed_code_opens_userinfo_no_more(
    flow: Any, ana: Account, client: httpx2.AsyncClient
) -> None:
    code = await flow.code(ana)
    given = (await flow.exchange(code)).json()
    bearer = {"authorization": f"Bearer {given['access_token']}"}
    assert (await client.get("/oauth2/userinfo", headers=bearer)).status_code == 200
    await flow.exchange(code)
    refused = await client.get("/oauth2/userinfo", headers=bearer)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]


async def test_a_client_of_nobody_logs_nobody_out(browser: Any) -> None:
    answer = await browser.get("/oauth2/logout?client_id=nobody")
    assert answer.status_code == 400
    other = await browser.get(
        "/oauth2/logout?client_id=demo-portal&post_logout_redirect_uri=https://evil.example/"
    )
    assert (other.status_code, "location" in other.headers) == (400, False)
