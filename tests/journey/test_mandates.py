"""Acting for others through the running hub: a mother for her child, an employee for a company."""

import asyncio
import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest

from hub_cli.browser import Browser

from ..conftest import Hub
from ..faults import kills

pytestmark = pytest.mark.xdist_group("hub")

CALLBACK = "http://127.0.0.1:8765/callback"
SCOPES = "openid petitions:read petitions:write mandates:read mandates:write account:read"
MANDATES, PETITIONS = "/identity/v1/mandates", "/petitions/v1/petitions"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
COMPANY = "990000013"


class Person:
    """Somebody with a demo account, at the demo portal."""

    def __init__(self, client: httpx2.AsyncClient, email: str) -> None:
        self.client = client
        self.email = email
        self.token = ""

    async def sign_in(self) -> None:
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "client_id": "demo-portal",
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": SCOPES,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        back = await asyncio.to_thread(
            self._agree, f"{self.client.base_url}/oauth2/authorize?{urlencode(asked)}"
        )
        given = await self.ask(
            grant_type="authorization_code",
            code=back["code"],
            redirect_uri=CALLBACK,
            code_verifier=verifier,
        )
        self.token = given.json()["access_token"]

    def _agree(self, address: str) -> dict[str, str]:
        browser = Browser(ends_at=CALLBACK)
        browser.open(address)
        browser.submit({"username": self.email, "current-password": "demo-parola-2026"})
        if not browser.address.startswith(CALLBACK):
            browser.submit({})
        return dict(parse_qsl(urlsplit(browser.address).query))

    async def ask(self, **fields: str) -> httpx2.Response:
        return await self.client.post("/oauth2/token", data={"client_id": "demo-portal"} | fields)

    async def act_for(self, mandate: str) -> httpx2.Response:
        """Exchange one's own token for one under a mandate."""
        return await self.ask(
            grant_type="urn:ietf:params:oauth:grant-type:token-exchange",
            subject_token=self.token,
            subject_token_type=ACCESS_TOKEN,
            mandate_id=mandate,
        )

    async def get(self, path: str, token: str = "") -> httpx2.Response:
        return await self.client.get(path, headers={"authorization": f"Bearer {token or self.token}"})

    async def post(self, path: str, body: Any = None, token: str = "") -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token or self.token}", "idempotency-key": secrets.token_hex(8)}
        answer = await self.client.post(path, headers=headers, **({} if body is None else {"json": body}))
        assert answer.is_success, answer.text
        given: dict[str, Any] = answer.json()
        return given


async def petition(client: httpx2.AsyncClient) -> dict[str, str]:
    [first, *_] = await kills.choose_institutions(client)
    return {
        "institution_id": first,
        "kind": "REQUEST",
        "subject": "Programul de lucru cu publicul",
        "text": "Vă rog să îmi comunicați programul de lucru.",
        "language": "ro",
    }


async def refused_within_a_second(person: Person, token: str) -> None:
    async with asyncio.timeout(1):
        while True:
            answer = await person.get(PETITIONS, token)
            if answer.status_code == 401:
                break
    assert answer.json()["type"].endswith("/problems/invalid-token")


async def test_a_mother_files_for_her_child_until_she_renounces(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=10) as client:
        ana = Person(client, "ana.popescu@example.org")
        await ana.sign_in()
        children = (await ana.post("/identity/v1/parental-mandates"))["items"]
        assert {one["principal"]["name"] for one in children} == {"Andrei Popescu", "Ioana Popescu"}
        ioana = next(one for one in children if one["principal"]["name"] == "Ioana Popescu")

        given = await ana.act_for(ioana["id"])
        assert given.status_code == 200, given.text
        assert set(given.json()["scope"].split()) == {"petitions:read", "petitions:write"}
        token = given.json()["access_token"]
        filed = await ana.post(PETITIONS, await petition(client), token)
        assert filed["on_behalf_of"] == ioana["principal"]["id"]
        assert (filed["acting_person_id"], filed["mandate_id"]) == (ioana["representative_id"], ioana["id"])
        listed = await ana.get(PETITIONS, token)
        assert [one["id"] for one in listed.json()["items"]][:1] == [filed["id"]]
        assert (await ana.get(f"{PETITIONS}/{filed['id']}")).status_code == 404, "it is the child's"
        assert (await ana.get("/identity/v1/me", token)).status_code in (401, 403)

        assert (await ana.post(f"{MANDATES}/{ioana['id']}/revoke", {}))["state"] == "REVOKED"
        await refused_within_a_second(ana, token)
        again = await ana.act_for(ioana["id"])
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        assert (await ana.get(PETITIONS)).status_code == 200, "her own token stays"


async def test_a_company_delegates_and_takes_it_back(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=10) as client:
        ana, ion = Person(client, "ana.popescu@example.org"), Person(client, "ion.ionescu@example.org")
        await ana.sign_in()
        await ion.sign_in()
        by_law = await ion.post("/identity/v1/company-mandates", {"cui": COMPANY})
        company = by_law["principal"]["id"]
        offer = {"type": "DELEGATE", "organisation_id": company, "services": ["petitions:write"]}
        offered = await ion.post("/identity/v1/mandate-offers", offer)
        accepted = await ana.post("/identity/v1/mandate-offers/accept", {"code": offered["code"]})
        assert (accepted["state"], accepted["principal"]["id"]) == ("ACTIVE", company)

        given = (await ana.act_for(accepted["id"])).json()
        assert given["scope"] == "petitions:write", "no more than the mandate names"
        filed = await ana.post(PETITIONS, await petition(client), given["access_token"])
        assert (await ana.get(PETITIONS, given["access_token"])).status_code == 403

        own = (await ion.act_for(by_law["id"])).json()["access_token"]
        listed = (await ion.get(PETITIONS, own)).json()["items"]
        assert filed["id"] in {one["id"] for one in listed}
        held = (await ion.get(f"/identity/v1/organisations/{company}/mandates")).json()["items"]
        assert accepted["id"] in {one["id"] for one in held}

        await ion.post(f"{MANDATES}/{accepted['id']}/revoke", {"reason": "A plecat din firmă"})
        await refused_within_a_second(ana, given["access_token"])
