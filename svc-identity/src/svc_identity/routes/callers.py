"""What the OAuth endpoints for programs ask for: the form, the client that calls, the key it holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import unquote_plus

from fastapi import Depends
from starlette.requests import Request

from hub_service.dependencies import Now, Session

from ..dependencies import Provider, basic
from ..domain import assertion
from ..domain.client import Authentication, Client, GrantType
from ..domain.parameters import Parameters
from ..errors.oauth import InvalidClient, InvalidProof
from ..operations import clients, proofs
from . import forms


async def body_of(request: Request) -> Parameters:
    """The parameters of the form, each sent once."""
    parameters = await forms.read_body(request)
    parameters.check()
    return parameters


Body = Annotated[Parameters, Depends(body_of)]
"""The parameters of the form, each sent once."""


async def _client(request: Request, body: Body, provider: Provider, session: Session, now: Now) -> Client:
    shown = _credentials(request.headers.get("authorization"), body)
    return await clients.authenticate(session, provider, shown, now)


def _credentials(authorization: str | None, body: Parameters) -> clients.Credentials:
    """How the client shows itself (RFC 6749, 2.3): one way, never two."""
    client_id, secret = body.get("client_id"), body.get("client_secret")
    asserted = body.get("client_assertion")
    ways = (authorization, secret, asserted or body.get("client_assertion_type"))
    if sum(way is not None for way in ways) > 1:
        raise InvalidClient("the client must show itself in one way")
    if authorization is not None:
        shown = basic(authorization)
        if shown is None:
            raise InvalidClient
        name, password = (unquote_plus(part) for part in shown)
        if client_id not in (None, name):
            raise InvalidClient
        return clients.Credentials(name, password, Authentication.SECRET_BASIC)
    if ways[2] is not None:
        if asserted is None or body.get("client_assertion_type") != assertion.TYPE:
            raise InvalidClient(f"client_assertion_type must be {assertion.TYPE}, beside a client_assertion")
        return clients.Credentials(client_id or "", asserted, Authentication.PRIVATE_KEY_JWT)
    if client_id is None:
        raise InvalidClient
    if secret is not None:
        return clients.Credentials(client_id, secret, Authentication.SECRET_POST)
    return clients.Credentials(client_id, "", Authentication.NONE)


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that asks for tokens; `presented` is the refresh token that was found on the way."""

    client: Client
    presented: clients.Presented | None = None
    jkt: str | None = None


async def who_asks(
    request: Request, body: Parameters, provider: Provider, session: Session, now: datetime
) -> Caller:
    """The client that asks for tokens, as it has proved, with the key that its DPoP proof shows it holds.

    401 `invalid_client` for any other; 400 `invalid_dpop_proof` for a bad proof, and for a client whose
    tokens must be bound without one.
    """
    shown, presented = _credentials(request.headers.get("authorization"), body), None
    refresh_token = body.get("refresh_token")
    if body.get("grant_type") == GrantType.REFRESH and refresh_token is not None:
        client, presented = await clients.authenticate_refresh(session, provider, shown, refresh_token, now)
    else:
        client = await clients.authenticate(session, provider, shown, now)
    jkt = await key_of(request, provider, session, now)
    if jkt is None and client.needs_proof:
        raise InvalidProof("this client needs a DPoP proof")
    return Caller(client, presented, jkt)


CallingClient = Annotated[Client, Depends(_client)]
"""The client that calls, as it has proved; 401 `invalid_client` for any other."""


async def key_of(
    request: Request,
    provider: Provider,
    session: Session,
    now: datetime,
    access_token: str | None = None,
) -> str | None:
    """The thumbprint of the key that a request's DPoP proof shows; none without a proof. `InvalidProof`."""
    shown = request.headers.getlist("dpop")
    if not shown:
        return None
    address = f"{provider.issuer}{request.url.path}"
    return await proofs.receive(session, shown, request.method, address, now, access_token)
