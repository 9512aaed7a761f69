"""Which client application is calling, and which service."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.client import Authentication, Client
from ..domain.grant import hash_of
from ..errors.oauth import InvalidClient
from ..errors.services import InvalidServiceCredentials
from ..settings import KnownService
from ..storage import clients as storage


@dataclass(frozen=True, slots=True)
class Credentials:
    """How a client showed itself at an OAuth endpoint; `secret` is empty for NONE."""

    client_id: str
    secret: str
    method: Authentication


async def authenticate(session: AsyncSession, shown: Credentials) -> Client:
    """The client that showed these credentials, by the method it is registered with; `InvalidClient`."""
    async with session.begin():
        client = await storage.find(session, shown.client_id)
    expected = client.secret_hash if client and client.secret_hash else b""
    proved = hmac.compare_digest(hash_of(shown.secret), expected) or shown.method is Authentication.NONE
    if client is None or client.authentication is not shown.method or not proved:
        raise InvalidClient
    return client


def authenticate_service(services: Mapping[str, KnownService], name: str, secret: str) -> KnownService:
    """The service of this name, when the secret is its own; `InvalidServiceCredentials`."""
    known = services.get(name)
    expected = known.secret.get_secret_value() if known else ""
    right = hmac.compare_digest(hash_of(secret), hash_of(expected))
    if known is None or not right or not expected:
        raise InvalidServiceCredentials
    return known
