"""The OpenID provider's endpoints for programs (RFC 6749, 7009, 7662, 9126, 9449; OpenID Connect Core)."""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub_core import clock
from hub_core.principal import Kind
from hub_service import policy
from hub_service.dependencies import Now, Session

from ..dependencies import Provider, provider_of, session_of
from ..domain import conduct as behaviours
from ..domain import grant, scopes
from ..domain.client import Client, GrantType
from ..domain.conduct import Behaviour
from ..domain.parameters import Parameters
from ..errors.oauth import (
    DPOP,
    InvalidBearer,
    InvalidClient,
    InvalidProof,
    OAuthError,
    UnsupportedGrantType,
)
from ..operations import authorization, conduct, devices, exchange, tokens
from . import callers, protocol
from .callers import Body, CallingClient

_NO_STORE: Final = {"cache-control": "no-store", "pragma": "no-cache"}

ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"
"""The one kind of token that can be exchanged (RFC 8693, 3)."""
SCOPES: Final = {scopes.OPENID: "Recognise the person"}

router = APIRouter(tags=["oauth2"], redirect_slashes=False)
hot = APIRouter(redirect_slashes=False)
"""What is asked most, a second time for the front of the application's routes; the contract has it once."""


@router.post(
    "/oauth2/par",
    status_code=HTTPStatus.CREATED,
    summary="Push an authorization request",
    **protocol.described(
        protocol.PUSHED,
        *("response_type", "redirect_uri", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method", "dpop_jkt", "acr_values", *protocol.OF_THE_CLIENT),
        required=("response_type", "redirect_uri", "scope", "code_challenge", "code_challenge_method"),
        errors=protocol.ASKED,
        status=HTTPStatus.CREATED,
    ),
)
async def push_authorization(
    body: Body, client: CallingClient, provider: Provider, session: Session, now: Now, request: Request
) -> JSONResponse:
    """Leave an authorization request with the provider, and send the browser with its name (RFC 9126).

    The browser brings `client_id` and `request_uri` only, once and soon. With a DPoP proof (RFC 9449,
    10.1) the code will be bound to its key.
    """
    jkt = await callers.key_of(request, provider, session, now)
    pushed = await authorization.push(session, provider, client, body, jkt, now)
    answer = {"request_uri": pushed.request_uri, "expires_in": pushed.expires_in}
    return JSONResponse(answer, HTTPStatus.CREATED, headers=_NO_STORE)


@router.post(
    "/oauth2/token",
    summary="Get tokens",
    **protocol.described(
        protocol.TOKENS,
        *("grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "device_code", "scope"),
        *("subject_token", "subject_token_type", "requested_token_type", "mandate_id"),
        *protocol.OF_THE_CLIENT,
        required=("grant_type",),
        errors=protocol.ASKED,
    ),
)
async def create_token(request: Request) -> JSONResponse:
    """Exchange a code, or a refresh token, for the next tokens; or get one for the client itself.

    With a DPoP proof (RFC 9449) they are bound to its key.
    """
    body, now = await callers.body_of(request), clock.now()
    provider, session = await provider_of(request, now), session_of(request)
    caller = await callers.who_asks(request, body, provider, session, now)
    client, key = caller.client, caller.jkt
    grant_type = _grant_type(body, client)
    match grant_type:
        case GrantType.CODE:
            issued = await tokens.exchange_code(
                session,
                provider,
                client,
                code=body.need("code"),
                redirect_uri=body.need("redirect_uri"),
                verifier=body.need("code_verifier"),
                jkt=key,
                now=now,
            )
        case GrantType.REFRESH:
            issued = await tokens.refresh(
                session,
                provider,
                client,
                refresh_token=body.need("refresh_token"),
                asked=scopes.parse(body.get("scope") or ""),
                presented=caller.presented,
                jkt=key,
                now=now,
            )
        case GrantType.CLIENT_CREDENTIALS:
            asked = scopes.parse(body.get("scope") or "")
            issued = await tokens.issue_to_client(session, provider, client, asked=asked, jkt=key, now=now)
        case GrantType.DEVICE_CODE:
            code = body.need("device_code")
            issued = await devices.poll(session, provider, client, device_code=code, jkt=key, now=now)
        case GrantType.TOKEN_EXCHANGE:
            issued = await exchange.act_for(session, provider, client, _exchange(body), key, now)
        case _:
            raise UnsupportedGrantType
    shown = behaviours.of_tokens(client, grant_type, bound=key is not None)
    await conduct.observe(session, client, shown, now)
    answer = {
        "access_token": issued.access_token,
        "token_type": DPOP if issued.jkt else "Bearer",
        "expires_in": issued.expires_in,
        "scope": " ".join(issued.scopes),
        "refresh_token": issued.refresh_token,
        "id_token": issued.id_token,
        "issued_token_type": ACCESS_TOKEN if grant_type is GrantType.TOKEN_EXCHANGE else None,
    }
    return JSONResponse(
        {name: value for name, value in answer.items() if value is not None}, headers=_NO_STORE
    )


hot.add_api_route("/oauth2/token", create_token, methods=["POST"], include_in_schema=False)


def _grant_type(body: Parameters, client: Client) -> GrantType:
    asked = body.need("grant_type")
    grant_type = next((one for one in GrantType if one.value == asked), None)
    if grant_type not in protocol.GRANT_TYPES:
        raise UnsupportedGrantType
    alone = grant_type is GrantType.CLIENT_CREDENTIALS
    if grant_type not in client.grant_types or (alone and not client.is_confidential):
        raise OAuthError("unauthorized_client", "the client is not registered for this grant type")
    return grant_type


def _exchange(body: Parameters) -> exchange.Exchange:
    """What is to be exchanged for what (RFC 8693, 2.1), as far as the hub does it."""
    if body.need("subject_token_type") != ACCESS_TOKEN:
        raise OAuthError("invalid_request", f"subject_token_type must be {ACCESS_TOKEN}")
    if body.get("requested_token_type") not in (None, ACCESS_TOKEN):
        raise OAuthError("invalid_request", f"requested_token_type must be {ACCESS_TOKEN}")
    if body.get("actor_token") is not None:
        raise OAuthError("invalid_request", "actor_token is not supported: the mandate says who acts")
    if body.get("audience") is not None or body.get("resource") is not None:
        raise OAuthError("invalid_target", "the token is for the hub and nothing else")
    try:
        mandate_id = UUID(body.need("mandate_id"))
    except ValueError as error:
        raise OAuthError("invalid_request", "mandate_id must be the identifier of a mandate") from error
    return exchange.Exchange(body.need("subject_token"), mandate_id, scopes.parse(body.get("scope") or ""))


@router.post(
    "/oauth2/device",
    summary="Ask for a device to be let in",
    **protocol.described(
        protocol.DEVICE,
        *("scope", *protocol.OF_THE_CLIENT),
        required=("scope",),
        errors=protocol.ASKED,
    ),
)
async def request_device(
    body: Body, client: CallingClient, provider: Provider, session: Session, now: Now
) -> JSONResponse:
    """Begin the flow of a device without a browser (RFC 8628): the person types the code elsewhere."""
    asked = scopes.parse(body.get("scope") or "")
    begun = await devices.begin(session, provider, client, asked, now)
    page = f"{provider.issuer}/account/device"
    answer = {
        "device_code": begun.device_code,
        "user_code": begun.user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?user_code={begun.user_code}",
        "expires_in": begun.expires_in,
        "interval": begun.interval,
    }
    return JSONResponse(answer, headers=_NO_STORE)


@router.post(
    "/oauth2/revoke",
    summary="Revoke a token",
    **protocol.described({}, *protocol.ABOUT_A_TOKEN, required=("token",), errors=protocol.ASKED),
)
async def revoke_token(body: Body, client: CallingClient, session: Session, now: Now) -> Response:
    """End a token of the calling client (RFC 7009); with a refresh token all that came from it."""
    await tokens.revoke(session, client, body.need("token"), now)
    await conduct.observe(session, client, {Behaviour.TOKEN_REVOKED}, now)
    return JSONResponse({}, headers=_NO_STORE)


@router.post(
    "/oauth2/introspect",
    summary="Inspect a token",
    **protocol.described(
        protocol.INSPECTED, *protocol.ABOUT_A_TOKEN, required=("token",), errors=protocol.ASKED
    ),
)
async def introspect_token(
    request: Request, body: Body, client: CallingClient, provider: Provider, session: Session, now: Now
) -> Response:
    """What stands behind a token of the calling client (RFC 7662); for clients that can prove themselves.

    Who accepts `application/token-introspection+jwt` gets it signed (RFC 9701).
    """
    if not client.is_confidential:
        raise InvalidClient
    said = await tokens.introspect(session, provider, client, body.need("token"), now)
    if protocol.INTROSPECTION in request.headers.get("accept", ""):
        signed = tokens.sign_introspection(provider, client, said, now)
        return Response(signed, media_type=protocol.INTROSPECTION, headers=_NO_STORE)
    return JSONResponse(said, headers=_NO_STORE)


_CLAIMS: Final = protocol.described(
    protocol.PERSON, errors=(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN), secured=True
)


@router.get("/oauth2/userinfo", summary="Read the claims of the signed-in person", **_CLAIMS)
@router.post(
    "/oauth2/userinfo",
    name="get_userinfo_by_post",
    summary="Read the claims of the signed-in person by POST",
    **_CLAIMS,
)
async def get_userinfo(request: Request, provider: Provider, session: Session, now: Now) -> JSONResponse:
    """Name, language and address of the person, as far as the token's scopes go.

    Through the gateway the token comes as an internal one, without it as it was given out.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if token.startswith(grant.ACCESS_PREFIX):
        key = None
        if scheme.lower() == DPOP.lower():
            key = await _proved(request, provider, session, token, now)
        shown = await tokens.userinfo(session, provider, token, key, now)
        return JSONResponse(shown, headers=_NO_STORE)
    caller = await policy.authenticate(request)
    if caller.kind is not Kind.PERSON:
        raise InvalidBearer
    shown = await tokens.userinfo_of(session, provider, caller.person_id, caller.client_id, caller.scopes)
    return JSONResponse(shown, headers=_NO_STORE)


async def _proved(request: Request, provider: Provider, session: Session, token: str, now: datetime) -> str:
    try:
        key = await callers.key_of(request, provider, session, now, token)
    except InvalidProof as refusal:
        raise InvalidProof(refusal.description, at_resource=True) from refusal
    if key is None:
        raise InvalidProof("this token needs a DPoP proof", at_resource=True)
    return key
