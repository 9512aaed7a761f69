"""Signing in at outside identity providers: we are their client (OpenID Connect Core, RFC 7636).

Providers are configuration. What they publish is asked for when it is needed and kept for a while; their
answers are believed only when they are signed by their keys, for us, for this very sign-in.
"""

import hashlib
import ssl
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import httpx2
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from hub_core.language import Language
from hub_service.problems import ServiceUnavailable

from .domain import outside
from .domain.outside import Journey, Said
from .domain.person import Scheme
from .settings import OutsideProvider

_ALGORITHMS: Final = ["ES256", "RS256", "PS256", "Ed25519", "EdDSA"]
_TIMEOUT: Final = httpx2.Timeout(5.0, connect=2.0)
_KEPT: Final = timedelta(minutes=10)
_LEEWAY_SECONDS: Final = 60
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_log = structlog.get_logger("outside")


@dataclass(frozen=True, slots=True)
class _Published:
    """What a provider publishes of itself, and until when it is kept."""

    metadata: dict[str, Any]
    keys: KeySet
    until: datetime


class OutsideProviders:
    """The providers of the settings; `transport` stands in for the network in tests."""

    def __init__(
        self, configured: tuple[OutsideProvider, ...], transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self._configured = {provider.name: provider for provider in configured}
        self._transport = transport
        self._published: dict[str, _Published] = {}

    @property
    def all(self) -> tuple[OutsideProvider, ...]:
        """The providers, in the order of the settings."""
        return tuple(self._configured.values())

    def find(self, name: str) -> OutsideProvider | None:
        """A provider by its name."""
        return self._configured.get(name)

    async def send(
        self, provider: OutsideProvider, journey: Journey, returns_to: str, language: Language, now: datetime
    ) -> str:
        """The address that the browser is sent to. Raises `ServiceUnavailable`."""
        published = await self._look(provider, now)
        digest = hashlib.sha256(journey.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": returns_to,
            "scope": provider.scope,
            "state": journey.state,
            "nonce": journey.nonce,
            "prompt": "login",
            "ui_locales": language.value,
            "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        address: str = published.metadata["authorization_endpoint"]
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    async def redeem(
        self, provider: OutsideProvider, journey: Journey, code: str, returns_to: str, now: datetime
    ) -> Said | None:
        """What the provider says of who came back with this code; none when it cannot be believed.

        Raises `ServiceUnavailable` when the provider cannot be reached.
        """
        published = await self._look(provider, now)
        secret = provider.client_secret.get_secret_value()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": returns_to,
            "code_verifier": journey.verifier,
        }
        answer = await self._ask(
            "POST", published.metadata["token_endpoint"], form, (provider.client_id, secret)
        )
        token = answer.get("id_token") if isinstance(answer, dict) else None
        claims = _claims(provider, published.keys, token, journey.nonce, now) if token else None
        if claims is None:
            _log.warning("outside sign-in refused", provider=provider.name)
            return None
        return outside.read(
            provider.name,
            Scheme(provider.scheme),
            outside.Claims(**provider.claims),
            provider.levels,
            provider.highest,
            claims,
        )

    async def _look(self, provider: OutsideProvider, now: datetime) -> _Published:
        known = self._published.get(provider.name)
        if known is not None and now < known.until:
            return known
        metadata = await self._ask("GET", f"{provider.issuer}/.well-known/openid-configuration")
        if not isinstance(metadata, dict) or metadata.get("issuer") != provider.issuer:
            raise ServiceUnavailable
        if not all(isinstance(metadata.get(name), str) for name in _ENDPOINTS):
            raise ServiceUnavailable
        keys = await self._ask("GET", metadata["jwks_uri"])
        try:
            published = _Published(metadata, KeySet.import_key_set(keys), now + _KEPT)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ServiceUnavailable from error
        self._published[provider.name] = published
        return published

    async def _ask(
        self,
        method: str,
        address: str,
        form: Mapping[str, str] | None = None,
        credentials: tuple[str, str] | None = None,
    ) -> Any:
        """The JSON of an answer, `None` when the provider refuses. Raises `ServiceUnavailable`."""
        tls = ssl.create_default_context() if address.startswith("https:") else False
        try:
            async with httpx2.AsyncClient(
                timeout=_TIMEOUT, verify=tls, trust_env=False, transport=self._transport
            ) as http:
                answer = await http.request(
                    method, address, data=form, auth=credentials, headers={"accept": "application/json"}
                )
            if httpx2.codes.is_client_error(answer.status_code):
                return None
            return answer.raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as error:
            _log.warning("provider away", error=type(error).__name__)
            raise ServiceUnavailable(headers={"retry-after": "10"}) from error


def _claims(
    provider: OutsideProvider, keys: KeySet, token: object, nonce: str, now: datetime
) -> dict[str, Any] | None:
    """The claims of an ID token (OpenID Connect Core, 3.1.3.7); none when it is not for this sign-in."""
    wanted = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=_LEEWAY_SECONDS,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = jwt.decode(str(token), keys, algorithms=_ALGORITHMS).claims
        wanted.validate(claims)
    except (JoseError, ValueError):
        return None
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != provider.client_id:
        return None
    return dict(claims)
