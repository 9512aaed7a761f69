"""What a route may ask for, besides what hub_service gives."""

import binascii
from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from hub_events.session import Session as DatabaseSession
from hub_service.dependencies import Now

from . import provider
from .errors.services import InvalidServiceCredentials
from .operations import clients, keys


async def provider_of(request: Request, now: Now) -> provider.Provider:
    """The provider, with keys that are in force."""
    made: provider.Provider = request.app.state.provider
    if made.key_ring.is_stale(now):
        async with request.app.state.hub.database.sessions() as session:
            await keys.refresh(session, made, now)
    return made


Provider = Annotated[provider.Provider, Depends(provider_of)]
"""Settings, signing keys and the password hasher."""


async def _apart(request: Request) -> AsyncIterator[DatabaseSession]:
    async with request.app.state.hub.database.sessions_apart() as session:
        yield session


def session_of(request: Request) -> DatabaseSession:
    """A session for a hot route without a tree of dependencies (docs/adr/0019).

    Its operations begin and end their transactions, so that nothing is left to be closed.
    """
    made: DatabaseSession = request.app.state.hub.database.sessions()
    return made


SessionApart = Annotated[DatabaseSession, Depends(_apart)]
"""A session outside the unit of work of an Idempotency-Key.

Where a wrong try has to be counted although it is answered with an error: the unit of work would
roll the count back.
"""


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


Address = Annotated[str, Depends(_address)]
"""The network address of the caller, as the gateway says it."""


def basic(authorization: str) -> tuple[str, str] | None:
    """Name and secret of HTTP Basic credentials (RFC 7617); none when the header holds no such."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        name, colon, secret = b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, secret) if scheme.lower() == "basic" and colon else None


async def service_of(request: Request, provider: Provider) -> str:
    """The name of the service that calls with its own secret."""
    name, secret = basic(request.headers.get("authorization", "")) or ("", "")
    clients.authenticate_service(provider.settings.identity_services, name, secret)
    return name


Service = Annotated[str, Depends(service_of)]
"""The name of the service that calls with its own secret (HTTP Basic); 401 for any other."""


async def require_gateway(service: Service) -> None:
    """Raise `InvalidServiceCredentials` for any other service."""
    if service != GATEWAY:
        raise InvalidServiceCredentials


GATEWAY = "gateway"
"""The one service that may turn people's access tokens into internal ones."""
Gateway = Depends(require_gateway)
