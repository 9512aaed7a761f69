"""Through the running hub: at a counter, a clerk validates the account of somebody from the register."""

import asyncio
import base64
import hashlib
import re
import secrets
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest

from hub_cli.browser import Browser
from hub_testing.personal import personal_numbers

from ..conftest import Hub

pytestmark = pytest.mark.xdist_group("hub")

CALLBACK = "http://127.0.0.1:8765/callback"
CLERK, DEMO_PASSWORD, PASSWORD = "elena.marin@example.org", "demo-parola-2026", secrets.token_urlsafe(18)
DEATH = "/population/people/death"


async def signed_in(client: httpx2.AsyncClient, email: str, password: str, app: str, scope: str) -> Any:
    """The token endpoint's answer after a sign-in through the pages."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "client_id": app,
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": scope,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }

    def agree() -> dict[str, str]:
        browser = Browser(ends_at=CALLBACK)
        browser.open(f"{client.base_url}/oauth2/authorize?{urlencode(asked)}")
        browser.submit({"username": email, "current-password": password})
        if not browser.address.startswith(CALLBACK):
            browser.submit({})
        return dict(parse_qsl(urlsplit(browser.address).query))

    back = await asyncio.to_thread(agree)
    given = await client.post(
        "/oauth2/token",
        data={
            "client_id": app,
            "grant_type": "authorization_code",
            "code": back["code"],
            "redirect_uri": CALLBACK,
            "code_verifier": verifier,
        },
    )
    assert given.status_code == 200, given.text
    return given.json()


async def an_account(client: httpx2.AsyncClient, mailbox: str, person: dict[str, Any]) -> str:
    """The address of a new account with this person's names."""
    email = f"counter-{secrets.token_hex(4)}@example.org"
    names = {"given_name": person["given_name"], "family_name": person["family_name"]}
    body = {"email": email, "password": PASSWORD, "language": "ro"} | names
    started = await client.post("/identity/v1/accounts", json=body)
    assert started.status_code == 202, started.text
    async with httpx2.AsyncClient(base_url=mailbox) as box, asyncio.timeout(20):
        while not (found := (await box.get("/api/messages", params={"to": email})).json()["items"]):
            await asyncio.sleep(0.05)
    code = re.search(r"(?<!\d)\d{8}(?!\d)", found[0]["text"])
    assert code is not None
    confirmed = {"confirmation_id": started.json()["confirmation_id"], "code": code[0]}
    assert (await client.post("/identity/v1/accounts/confirm", json=confirmed)).status_code == 204
    return email


async def test_a_clerk_validates_an_account_and_a_death_closes_it(hub: Hub) -> None:
    outside = f"http://127.0.0.1:{hub.port('outside')}"
    async with (
        httpx2.AsyncClient(base_url=hub.origin, timeout=10) as client,
        httpx2.AsyncClient(base_url=outside, timeout=10) as registers,
    ):
        listed = await registers.get("/population/people", params={"after": "2", "limit": 50})
        person = next(one for one in listed.json()["items"] if one["died_on"] is None)
        email = await an_account(client, hub.mailbox, person)
        scope = "openid account:read account:write"
        given = await signed_in(client, email, PASSWORD, "demo-portal", scope)
        own = {"authorization": f"Bearer {given['access_token']}"}
        shown = await client.post("/identity/v1/me/activation-codes", headers=own)
        assert shown.status_code == 201, shown.text

        staff = await signed_in(client, CLERK, DEMO_PASSWORD, "demo-office", "openid staff people:verify")
        clerk = {"authorization": f"Bearer {staff['access_token']}", "purpose": "COUNTER_SERVICE"}
        seen = {
            "code": shown.json()["code"],
            "cnp": person["cnp"],
            "birth_date": person["birth_date"],
            "document": "IDENTITY_CARD",
            "valid_until": "2034-01-01",
        }
        await registers.put("/api/outage")
        away = await client.post("/identity/v1/verifications", json=seen, headers=clerk)
        assert away.json()["type"].endswith("/register-unavailable")
        await registers.delete("/api/outage")
        verified = await client.post("/identity/v1/verifications", json=seen, headers=clerk)
        assert verified.status_code == 201, verified.text
        me = (await client.get("/identity/v1/me", headers=own)).json()
        assert (me["assurance"], me["family_name"]) == ("substantial", person["family_name"])

        told = {"cnp": person["cnp"], "died_on": "2026-11-20"}
        assert (await registers.post(DEATH, json=told)).status_code == 204
        other = await an_account(client, hub.mailbox, person)
        again = await signed_in(client, other, PASSWORD, "demo-portal", scope)
        others = {"authorization": f"Bearer {again['access_token']}"}
        seen["code"] = (await client.post("/identity/v1/me/activation-codes", headers=others)).json()["code"]
        refused = await client.post("/identity/v1/verifications", json=seen, headers=clerk)
        assert refused.json()["type"].endswith("/identity-not-confirmed")
        async with asyncio.timeout(2):
            while (await client.get("/identity/v1/me", headers=own)).status_code != 401:
                await asyncio.sleep(0.02)


async def test_no_log_of_the_hub_holds_a_personal_number(hub: Hub) -> None:
    said = "".join(log.read_text("utf-8", "replace") for log in (hub.folder / "log").glob("*.log"))
    assert list(personal_numbers(said)) == []
