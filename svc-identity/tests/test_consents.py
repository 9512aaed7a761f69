"""Connected applications: what a person sees of them, and that disconnecting ends everything."""

import json
from typing import Any

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.principal import Role
from svc_identity.domain.account import Account
from svc_identity.domain.client import Client
from svc_identity.operations import deletion
from svc_identity.seed import IPJ_CV

READ, WRITE = "consents:read", "consents:write"
CONSENTS = "/identity/v1/me/consents"


@pytest.mark.parametrize(
    ("method", "path", "scope"), [("GET", "", READ), ("POST", "/demo-portal/withdraw", WRITE)]
)
async def test_an_operation_on_consents_wants_its_scope(
    client: httpx2.AsyncClient, signed_in: Any, method: str, path: str, scope: str
) -> None:
    assert (await client.request(method, CONSENTS + path)).status_code == 401
    other = WRITE if scope == READ else READ
    refused = await client.request(method, CONSENTS + path, headers=signed_in(scopes={other}))
    assert refused.status_code == 403


async def test_a_person_sees_and_withdraws_only_their_own(
    client: httpx2.AsyncClient, signed_in: Any, flow: Any, ana: Account
) -> None:
    await flow.tokens(ana)
    stranger = signed_in(ids.new_id(), {READ, WRITE})
    assert (await client.get(CONSENTS, headers=stranger)).json()["items"] == []
    refused = await client.post(f"{CONSENTS}/demo-portal/withdraw", headers=stranger)
    assert refused.status_code == 404
    mine = await client.get(CONSENTS, headers=signed_in(ana.id, {READ}))
    assert len(mine.json()["items"]) == 1


async def test_a_receipt_says_what_was_agreed_and_used(
    client: httpx2.AsyncClient, signed_in: Any, flow: Any, ana: Account
) -> None:
    await flow.tokens(ana, scope="openid petitions:read")
    await flow.tokens(ana, scope="openid email")
    (shown,) = (await client.get(CONSENTS, headers=signed_in(ana.id, {READ}))).json()["items"]
    assert shown["client_id"] == "demo-portal"
    assert shown["scopes"] == ["openid", "email", "petitions:read"]
    assert shown["assurance"] == "low"
    assert shown["given_at"] < shown["changed_at"] <= shown["last_used_at"]
    assert shown["institution_id"] is None


async def test_a_receipt_names_the_institution_of_an_official(
    client: httpx2.AsyncClient, signed_in: Any, a_flow: Any, desk: Client, staff: Any
) -> None:
    clerk = await staff(Role.CLERK)
    await a_flow(desk).tokens(clerk.account, scope="openid staff")
    (shown,) = (await client.get(CONSENTS, headers=signed_in(clerk.account.id, {READ}))).json()["items"]
    assert shown["institution_id"] == str(IPJ_CV)


async def test_disconnecting_ends_all_the_application_holds(
    client: httpx2.AsyncClient,
    signed_in: Any,
    a_flow: Any,
    ana: Account,
    resolve: Any,
    looking: asyncpg.Connection,
) -> None:
    here, there = a_flow(), a_flow()
    first, second = await here.tokens(ana), await there.tokens(ana)
    code = await here.code(ana)
    headers = signed_in(ana.id, {READ, WRITE})
    assert (await client.post(f"{CONSENTS}/demo-portal/withdraw", headers=headers)).status_code == 204
    for flow, given in ((here, first), (there, second)):
        assert (await resolve(given["access_token"])).status_code == 401
        assert (await flow.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await here.exchange(code)).json()["error"] == "invalid_grant"
    told = await looking.fetch(
        "SELECT body FROM outbox WHERE subject = 'hub.identity.token.revoked.v1'"
        " AND convert_from(body, 'UTF8') LIKE '%CONSENT_WITHDRAWN%' AND key IN"
        " (SELECT id::text FROM sessions WHERE account_id = $1)",
        ana.id,
    )
    assert len(told) == 2
    withdrawn = await looking.fetch(
        "SELECT body FROM outbox WHERE subject = 'hub.identity.consent.withdrawn.v1'"
    )
    events = [json.loads(one["body"])["data"] for one in withdrawn]
    mine = [one for one in events if one["person_id"] == str(ana.id)]
    assert [one["client_id"] for one in mine] == ["demo-portal"]
    assert (await client.get(CONSENTS, headers=headers)).json()["items"] == []
    again = await client.post(f"{CONSENTS}/demo-portal/withdraw", headers=headers)
    assert again.status_code == 404
    # the person stays signed in, and is asked again
    await here.ask()
    assert "/account/consent" in here.browser.location


async def test_another_application_stays_connected(
    client: httpx2.AsyncClient, signed_in: Any, a_flow: Any, ana: Account, office: Client, resolve: Any
) -> None:
    flow = a_flow()
    await flow.tokens(ana)
    kept = await a_flow(office, flow.browser).tokens(ana, scope="openid")
    headers = signed_in(ana.id, {WRITE})
    await client.post(f"{CONSENTS}/demo-portal/withdraw", headers=headers)
    assert (await resolve(kept["access_token"])).status_code == 200


async def test_the_page_shows_and_disconnects(flow: Any, ana: Account, resolve: Any) -> None:
    given = await flow.tokens(ana, scope="openid petitions:read")
    shown = await flow.browser.get("/account/applications")
    assert "Demo portal" in shown.text
    assert "see your petitions and their answers" in shown.text
    await flow.browser.post("/account/applications/demo-portal/withdraw")
    after = await flow.browser.follow()
    assert "The application was disconnected." in after.text
    assert "No application is connected to your account." in after.text
    assert (await resolve(given["access_token"])).status_code == 401


async def test_the_page_is_for_the_signed_in(browser: Any) -> None:
    await browser.get("/account/applications")
    assert browser.location == "/account/sign-in"


async def test_the_consent_page_marks_what_is_new(flow: Any, ana: Account) -> None:
    await flow.ask(scope="openid")
    await flow.browser.follow()
    first = await flow.browser.sign_in(ana, address=str(flow.browser.answer.url))
    first = await flow.browser.follow()
    assert 'class="tag"' not in first.text
    await flow.browser.post(str(first.url), decision="agree")
    await flow.ask(scope="openid petitions:read")
    second = await flow.browser.follow()
    assert second.text.count('class="tag"') == 1


async def told_of(looking: asyncpg.Connection, ana: Account) -> list[tuple[str, Any]]:
    """What was told of a person's consents: the verb and the data, in their order."""
    rows = await looking.fetch(
        "SELECT subject, body FROM outbox WHERE subject LIKE 'hub.identity.consent.%' ORDER BY seq"
    )
    told = [(row["subject"].split(".")[3], json.loads(row["body"])["data"]) for row in rows]
    return [(verb, data) for verb, data in told if data["person_id"] == str(ana.id)]


async def test_each_agreement_is_told_with_all_that_was_agreed_to(
    flow: Any, ana: Account, looking: asyncpg.Connection
) -> None:
    await flow.tokens(ana, scope="openid petitions:read")
    await flow.tokens(ana, scope="openid petitions:read")
    await flow.tokens(ana, scope="openid events:read")
    (_, first), (_, second) = told = await told_of(looking, ana)
    assert [verb for verb, _ in told] == ["granted", "granted"]
    assert first["scopes"] == ["openid", "petitions:read"]
    assert second["scopes"] == ["openid", "petitions:read", "events:read"]
    assert (first["consent_id"], first["version"] + 1) == (second["consent_id"], second["version"])
    assert second["client_id"] == "demo-portal"


async def test_a_consent_given_anew_is_another(
    client: httpx2.AsyncClient, signed_in: Any, a_flow: Any, ana: Account, looking: asyncpg.Connection
) -> None:
    flow = a_flow()
    await flow.tokens(ana, scope="openid petitions:read")
    await client.post(f"{CONSENTS}/demo-portal/withdraw", headers=signed_in(ana.id, {WRITE}))
    await a_flow(browser=flow.browser).tokens(ana, scope="openid")
    (_, first), (_, ended), (_, second) = told = await told_of(looking, ana)
    assert [verb for verb, _ in told] == ["granted", "withdrawn", "granted"]
    assert ended["consent_id"] == first["consent_id"] != second["consent_id"]
    assert (second["scopes"], second["version"]) == (["openid"], 1)


async def test_the_consents_of_an_account_end_with_it(
    flow: Any, ana: Account, session: AsyncSession, looking: asyncpg.Connection
) -> None:
    await flow.tokens(ana, scope="openid petitions:read")
    await deletion.delete(session, ana.id, clock.now())
    granted, withdrawn = await told_of(looking, ana)
    assert withdrawn[0] == "withdrawn"
    assert withdrawn[1]["consent_id"] == granted[1]["consent_id"]
