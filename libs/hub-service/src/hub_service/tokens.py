"""Internal tokens: verified here, by every service, whatever the gateway has already checked.

An internal token is a JWT (Ed25519) that svc-identity signs for at most five minutes, with the hub as
its audience. A service has one of its own for its questions to other services.
"""

import asyncio
import time
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from hub_core import clock
from hub_core.principal import Assurance, Kind, Principal, Role

from .problems import InvalidToken, ServiceUnavailable
from .settings import ServiceSettings

AUDIENCE = "hub"
TYPE = "hub+jwt"
_ALGORITHMS = ["Ed25519"]
_REMEMBERED = 4096
_KEYS_AGAIN_AFTER = 5.0
_RENEW_BEFORE = timedelta(seconds=60)


class Verifier:
    """Turns an internal token into the principal it stands for.

    Keys come from svc-identity over HTTP when first needed and when a token names an unknown one:
    the one question every service asks, because a key cannot be trusted from an event.
    """

    def __init__(self, settings: ServiceSettings, http: httpx2.AsyncClient) -> None:
        self._address = f"{settings.identity_url}/internal/v1/jwks"
        self._http = http
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock.now().timestamp()),
            iss={"essential": True, "value": settings.public_origin},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
        )
        self._keys = KeySet([])
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()
        self._known: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    async def verify(self, token: str) -> Principal:
        """The caller; raises `InvalidToken`, or `ServiceUnavailable` when no key can be had."""
        known = self._known.get(token)
        if known and known[0] > clock.now().timestamp():
            return known[1]
        try:
            claims = await self._read(token)
            principal = _principal(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise InvalidToken(headers={"www-authenticate": 'Bearer error="invalid_token"'}) from error
        self._known[token] = (claims["exp"], principal)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return principal

    async def _read(self, token: str) -> dict[str, Any]:
        used = self._keys
        try:
            decoded = jwt.decode(token, used, algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            if not await self._fetch_keys(used):
                raise
            decoded = jwt.decode(token, self._keys, algorithms=_ALGORITHMS)
        if decoded.header.get("typ") != TYPE:
            raise ValueError("another kind of token")
        self._claims.validate(decoded.claims)
        return decoded.claims

    async def _fetch_keys(self, used: KeySet) -> bool:
        """Have others than the keys in use, whether they may be new; those who come together ask once.

        Who asked a moment ago does not ask again.
        """
        async with self._asking:
            if self._keys is not used:
                return True
            if time.monotonic() - self._asked_at < _KEYS_AGAIN_AFTER:
                return False
            try:
                answer = await self._http.get(self._address)
                answer.raise_for_status()
            except httpx2.HTTPError as error:
                raise ServiceUnavailable(headers={"retry-after": "2"}) from error
            self._keys = KeySet.import_key_set(answer.json())
            self._asked_at = time.monotonic()
            return True


def _principal(claims: dict[str, Any]) -> Principal:
    def optional_id(name: str) -> UUID | None:
        return UUID(claims[name]) if claims.get(name) else None

    principal = Principal(
        kind=Kind(claims["kind"]),
        subject=claims["sub"],
        assurance=Assurance(claims["acr"]),
        scopes=frozenset(claims["scope"].split()),
        client_id=claims["client_id"],
        session_id=claims.get("sid"),
        roles=frozenset(map(Role, claims.get("roles", ()))),
        institution_id=optional_id("institution"),
        mandate_id=optional_id("mandate"),
        on_behalf_of=optional_id("act_for"),
        recognised={
            UUID(institution): Assurance(level) for institution, level in claims.get("recognised", {}).items()
        },
        is_sandbox=claims.get("sandbox", False) is not False,
    )
    if principal.kind is Kind.PERSON:
        UUID(principal.subject)
    if (principal.mandate_id is None) is not (principal.on_behalf_of is None):
        raise ValueError("a mandate names whom it is for")
    return principal


class OwnToken:
    """This service's own internal token, asked for at svc-identity and renewed before it ends."""

    def __init__(self, service: str, settings: ServiceSettings, http: httpx2.AsyncClient) -> None:
        self._address = f"{settings.identity_url}/internal/v1/tokens"
        self._auth = (service, settings.service_secret.get_secret_value())
        self._http = http
        self._token = ""
        self._ends = datetime.min.replace(tzinfo=UTC)

    async def get(self) -> str:
        """A token with at least a minute to live; raises `httpx2.HTTPError` when it cannot be had."""
        if clock.now() + _RENEW_BEFORE > self._ends:
            answer = await self._http.post(self._address, auth=self._auth)
            answer.raise_for_status()
            given = answer.json()
            self._token, self._ends = given["internal_token"], datetime.fromisoformat(given["expires_at"])
        return self._token

    def forget(self) -> None:
        """Ask anew next time: the token was refused."""
        self._ends = datetime.min.replace(tzinfo=UTC)
