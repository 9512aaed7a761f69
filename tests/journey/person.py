"""Somebody with a demo account who uses the hub through an application, mostly the demo portal."""

import asyncio
import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2

from hub_cli.browser import Browser

CALLBACK = "http://127.0.0.1:8765/callback"
SCOPES = "openid petitions:read petitions:write mandates:read mandates:write account:read"
PETITIONS = "/petitions/v1/petitions"
PASSWORD = "demo-parola-2026"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


class Person:
    """One person, and the token the portal holds for them."""

    def __init__(
        self, client: httpx2.AsyncClient, email: str, scopes: str = SCOPES, app: str = "demo-portal"
    ) -> None:
        self.client = client
        self.email = email
        self.scopes = scopes
        self.app = app
        self.token = ""
        self.refresh_token = ""

    async def sign_in(self) -> None:
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "client_id": self.app,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": self.scopes,
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
        self.refresh_token = given.json().get("refresh_token", "")

    def _agree(self, address: str) -> dict[str, str]:
        browser = Browser(ends_at=CALLBACK)
        browser.open(address)
        browser.submit({"username": self.email, "current-password": PASSWORD})
        if not browser.address.startswith(CALLBACK):
            browser.submit({})
        return dict(parse_qsl(urlsplit(browser.address).query))

    async def ask(self, **fields: str) -> httpx2.Response:
        return await self.client.post("/oauth2/token", data={"client_id": self.app} | fields)

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

    async def end(self, path: str) -> None:
        """Send a request that answers nothing."""
        headers = {"authorization": f"Bearer {self.token}"}
        assert (await self.client.post(path, headers=headers)).status_code == 204

    async def post(self, path: str, body: Any = None, token: str = "") -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token or self.token}", "idempotency-key": secrets.token_hex(8)}
        answer = await self.client.post(path, headers=headers, **({} if body is None else {"json": body}))
        assert answer.is_success, answer.text
        given: dict[str, Any] = answer.json()
        return given


async def refused_within_a_second(person: Person, token: str) -> None:
    """The promise of a revocation: the gateway forgets a token in less than a second."""
    async with asyncio.timeout(1):
        while True:
            answer = await person.get(PETITIONS, token)
            if answer.status_code == 401:
                break
    assert answer.json()["type"].endswith("/problems/invalid-token")
