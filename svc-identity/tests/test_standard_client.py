"""A standard client library, over a real port, with nothing of ours on its side."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests
import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet
from oauthlib.oauth2 import InvalidGrantError
from requests_oauthlib import OAuth2Session

from svc_identity.domain.account import Account
from svc_identity.main import create_app
from svc_identity.settings import Settings

PASSWORD = "patru cuvinte fara rost"
REDIRECT = "http://127.0.0.1:8765/callback"


@pytest.fixture
async def origin(settings: Settings, portal: Any) -> AsyncIterator[str]:
    """The address of the service, served by uvicorn."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = create_app(settings.model_copy(update={"public_origin": address, "identity_url": address}))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on"))
        serving = asyncio.create_task(server.serve([listening]))
        yield address
        server.should_exit = True
        await serving


class Person:
    """Somebody at a browser."""

    def __init__(self, email: str, read: Any) -> None:
        self._email = email
        self._read = read
        self._http = requests.Session()

    def answer(self, address: str) -> str:
        """Go to the authorization address, sign in, agree; the address the browser is sent back to."""
        shown = self._http.get(address, allow_redirects=False)
        while not shown.headers.get("location", "").startswith(REDIRECT):
            if shown.is_redirect:
                shown = self._http.get(urljoin(shown.url, shown.headers["location"]), allow_redirects=False)
                continue
            (csrf, *_) = self._read(shown.text).all("input", name="csrf")
            fields = {"email": self._email, "password": PASSWORD, "decision": "agree", "csrf": csrf["value"]}
            shown = self._http.post(shown.url, data=fields, allow_redirects=False)
            assert shown.is_redirect, shown.text
        return shown.headers["location"]


def journey(origin: str, person: Person) -> None:
    said = requests.get(f"{origin}/.well-known/openid-configuration", timeout=10).json()
    assert said["issuer"] == origin
    client = OAuth2Session(
        "demo-portal",
        redirect_uri=REDIRECT,
        scope=["openid", "profile", "email", "offline_access"],
        pkce="S256",
    )
    address, state = client.authorization_url(said["authorization_endpoint"], nonce="n-0S6_WzA2Mj")
    back = person.answer(address)
    assert parse_qs(urlsplit(back).query)["state"] == [state]
    assert parse_qs(urlsplit(back).query)["iss"] == [origin]
    given = client.fetch_token(said["token_endpoint"], authorization_response=back, include_client_id=True)

    keys = KeySet.import_key_set(requests.get(said["jwks_uri"], timeout=10).json())
    claims = jwt.decode(
        given["id_token"], keys, algorithms=said["id_token_signing_alg_values_supported"]
    ).claims
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": said["issuer"]},
        aud={"essential": True, "value": "demo-portal"},
        nonce={"essential": True, "value": "n-0S6_WzA2Mj"},
        exp={"essential": True},
    ).validate(claims)
    seen = client.get(said["userinfo_endpoint"]).json()
    assert seen["sub"] == claims["sub"]
    assert seen["email_verified"] is True

    fresh = client.refresh_token(said["token_endpoint"], client_id="demo-portal")
    assert fresh["refresh_token"] != given["refresh_token"]
    assert client.get(said["userinfo_endpoint"]).json() == seen

    body = {"token": fresh["refresh_token"], "client_id": "demo-portal"}
    assert requests.post(said["revocation_endpoint"], data=body, timeout=10).status_code == 200
    assert (
        requests.get(
            said["userinfo_endpoint"],
            headers={"authorization": f"Bearer {fresh['access_token']}"},
            timeout=10,
        ).status_code
        == 401
    )
    with pytest.raises(InvalidGrantError):
        client.refresh_token(said["token_endpoint"], client_id="demo-portal")


async def test_requests_oauthlib_signs_in_refreshes_and_revokes(
    origin: str, ana: Account, read_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the loopback address needs no TLS
    await asyncio.to_thread(journey, origin, Person(ana.email, read_page))
