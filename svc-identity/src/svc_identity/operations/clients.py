"""Which client application is calling, and which service."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_service import signatures
from hub_service.signatures import SignatureRefused

from ..domain import assertion
from ..domain.client import Authentication, Client, Profile
from ..domain.grant import Grant, Token, hash_of
from ..errors.oauth import InvalidClient
from ..errors.services import InvalidServiceCredentials
from ..provider import Provider
from ..settings import KnownService
from ..storage import clients as storage
from ..storage import refreshes, single_uses

Presented = tuple[Grant, Token]
"""A token that was shown, and its family."""
_UNSIGNED: Final = "no key of a client of this name has signed the client_assertion"


@dataclass(frozen=True, slots=True)
class Credentials:
    """How a client showed itself at an OAuth endpoint.

    `secret` is its assertion for PRIVATE_KEY_JWT, and empty for NONE; with an assertion `client_id` may
    be empty too.
    """

    client_id: str
    secret: str
    method: Authentication


async def authenticate(
    session: AsyncSession, provider: Provider, shown: Credentials, now: datetime
) -> Client:
    """The client that showed these credentials, by the method it is registered with; `InvalidClient`."""
    if shown.method is Authentication.PRIVATE_KEY_JWT:
        return await _by_assertion(session, provider, shown, now)
    async with session.begin():
        client = await storage.find(session, shown.client_id)
    return _proved(client, shown, now)


async def authenticate_refresh(
    session: AsyncSession, provider: Provider, shown: Credentials, refresh_token: str, now: datetime
) -> tuple[Client, Presented | None]:
    """The same, with what stands behind a refresh token when it is found on the way; nothing is locked."""
    if shown.method is Authentication.PRIVATE_KEY_JWT:
        return await _by_assertion(session, provider, shown, now), None
    client, family = await refreshes.find(session, shown.client_id, hash_of(refresh_token))
    return _proved(client, shown, now), family


def _proved(client: Client | None, shown: Credentials, now: datetime) -> Client:
    if client is not None and client.profile is Profile.FAPI:
        raise InvalidClient
    given = hash_of(shown.secret)
    right = [hmac.compare_digest(given, one) for one in (client.secrets_at(now) if client else [])]
    proved = any(right) or shown.method is Authentication.NONE
    if client is None or client.authentication is not shown.method or not proved:
        raise InvalidClient
    return client


async def _by_assertion(
    session: AsyncSession, provider: Provider, shown: Credentials, now: datetime
) -> Client:
    try:
        signed = signatures.read(shown.secret)
    except SignatureRefused as refusal:
        raise InvalidClient(f"client_assertion: {refusal}") from refusal
    named = signed.claims.get("sub")
    async with session.begin():
        client = await storage.find(session, shown.client_id or (named if isinstance(named, str) else ""))
        if client is None or client.authentication is not shown.method:
            raise InvalidClient(_UNSIGNED)
        try:
            signatures.verify(signed, map(signatures.key_of, client.jwks))
        except SignatureRefused as refusal:
            raise InvalidClient(_UNSIGNED) from refusal
        endpoints = [f"{provider.issuer}/oauth2/{name}" for name in ("token", "par")]
        good = assertion.check(signed.claims, client, provider.issuer, endpoints, now)
        digest = hashlib.sha256(f"{client.id} {good.name}".encode("utf-8", "surrogatepass")).digest()
        if not await single_uses.spend(session, digest, good.ends_at):
            raise InvalidClient("the assertion was used before")
    return client


def authenticate_service(services: Mapping[str, KnownService], name: str, secret: str) -> KnownService:
    """The service of this name, when the secret is its own; `InvalidServiceCredentials`."""
    known = services.get(name)
    expected = known.secret.get_secret_value() if known else ""
    right = hmac.compare_digest(hash_of(secret), hash_of(expected))
    if known is None or not right or not expected:
        raise InvalidServiceCredentials
    return known
