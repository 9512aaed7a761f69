"""A partner institution's application: its keys, its assertions and its proofs."""

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from hub_core import clock, ids
from hub_service import dpop
from svc_identity.domain import assertion
from svc_identity.domain.client import Authentication, Client, GrantType, Profile
from svc_identity.operations import registration

from ..conftest import ORIGIN, Flow, MakeBrowser

KEYS: dict[str, Any] = {
    "ES256": ECKey.generate_key("P-256", {"kid": "ec-1", "use": "sig"}),
    "PS256": RSAKey.generate_key(2048, {"kid": "rsa-1"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "ed-1", "alg": "EdDSA"}),
}
"""The keys that the partner has registered."""


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def signed(header: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    """A JWT; members given as `None` are left out. Without a key its signature is empty."""
    parts = [
        encoded(json.dumps({name: value for name, value in part.items() if value is not None}).encode())
        for part in (header, claims)
    ]
    message = ".".join(parts)
    if key is None:
        return f"{message}."
    model = JWSRegistry.algorithms["Ed25519" if header["alg"] == "EdDSA" else header["alg"]]
    return f"{message}.{encoded(model.sign(message.encode(), key))}"


@dataclass
class Partner(Flow):
    """One authorization of a partner's client: pushed, with assertions of its own, bound to `held`."""

    held: Any = field(default_factory=lambda: ECKey.generate_key("P-256"))
    shows: bool = True

    def assertion(self, *, key: Any = None, header: dict[str, Any] | None = None, **changed: Any) -> str:
        """An assertion of the client; `changed` claims replace or add, `None` leaves out."""
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.app.id,
            "sub": self.app.id,
            "aud": ORIGIN,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
        } | changed
        return signed({"alg": "ES256"} | (header or {}), claims, key or KEYS["ES256"])

    def proof(
        self,
        path: str = "/oauth2/token",
        access_token: str | None = None,
        *,
        key: Any = None,
        header: dict[str, Any] | None = None,
        **changed: Any,
    ) -> str:
        """A DPoP proof for a POST to the path."""
        used = key or self.held
        said = {"typ": "dpop+jwt", "alg": "ES256", "jwk": used.as_dict(private=False)} | (header or {})
        claims = {
            "jti": str(ids.new_id()),
            "htm": "POST",
            "htu": ORIGIN + path,
            "iat": int(clock.now().timestamp()),
            "ath": dpop.hash_of(access_token.encode()) if access_token else None,
        } | changed
        return signed(said, claims, used)

    def shown(self) -> dict[str, str]:
        """How the client shows itself in a form: by its name alone when it has no key."""
        if not self.shows:
            return {"client_id": self.app.id}
        return {"client_assertion_type": assertion.TYPE, "client_assertion": self.assertion()}

    async def push(self, **changed: str | None) -> httpx2.Response:
        """Push an authorization request."""
        fields: dict[str, str | None] = {**self.parameters(), **self.shown(), **changed}
        sent = {name: value for name, value in fields.items() if value is not None}
        return await self.client.post("/oauth2/par", data=sent)

    async def bring(self, request_uri: str, **changed: str) -> httpx2.Response:
        """Send the browser with a pushed request."""
        sent = {"client_id": self.app.id, "request_uri": request_uri} | changed
        return self.browser._shown(await self.browser.http.get("/oauth2/authorize", params=sent))

    async def ask(self, **changed: str | None) -> httpx2.Response:
        pushed = await self.push(**changed)
        assert pushed.status_code == 201, pushed.text
        return await self.bring(pushed.json()["request_uri"])

    async def token(self, *proofs: str, **fields: str | None) -> httpx2.Response:
        """Call the token endpoint, with a good proof unless others are given."""
        all_fields: dict[str, str | None] = {**self.shown(), **fields}
        sent = {name: value for name, value in all_fields.items() if value is not None}
        headers = [("dpop", one) for one in (proofs or (self.proof(),))]
        return await self.client.post("/oauth2/token", data=sent, headers=headers)

    async def use(self, token: str, *proofs: str, scheme: str = "DPoP") -> httpx2.Response:
        """Ask for the claims of the person with an access token and these proofs."""
        headers = [("authorization", f"{scheme} {token}"), *(("dpop", one) for one in proofs)]
        return await self.client.post("/oauth2/userinfo", headers=headers)


MakePartner = Callable[..., Partner]


@pytest.fixture(scope="session")
async def institution(sessions: Any, office: Client) -> Client:
    """A FAPI client."""
    made = replace(
        office,
        id="institution",
        authentication=Authentication.PRIVATE_KEY_JWT,
        secret_hash=None,
        redirect_uris=("https://institution.example.org/callback",),
        scopes=frozenset({"openid", "email", "offline_access", "petitions:read"}),
        profile=Profile.FAPI,
        grant_types=frozenset({GrantType.CODE, GrantType.REFRESH, GrantType.CLIENT_CREDENTIALS}),
        jwks=tuple(dict(key.as_dict(private=False)) for key in KEYS.values()),
    )
    async with sessions() as session:
        await registration.put_client(session, made)
    return made


@pytest.fixture
def a_partner(a_browser: MakeBrowser, client: httpx2.AsyncClient, institution: Client) -> MakePartner:
    """Make `a_partner(app=institution, browser=…)`."""

    def make(app: Client = institution, **given: Any) -> Partner:
        return Partner(given.pop("browser", None) or a_browser(), client, app, **given)

    return make


@pytest.fixture
def partner(a_partner: MakePartner) -> Partner:
    return a_partner()
