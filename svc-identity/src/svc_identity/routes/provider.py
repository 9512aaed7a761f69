"""The OpenID provider's endpoints for programs (RFC 6749, 7009, 7662, 8414; OpenID Connect Core)."""

from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import unquote_plus

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub_core.language import Language
from hub_core.principal import Assurance, Kind
from hub_service import policy
from hub_service.dependencies import Now, Session

from ..dependencies import Provider, basic
from ..domain import grant, scopes
from ..domain.authorization import Prompt
from ..domain.client import Authentication, Client, GrantType, SubjectType
from ..domain.parameters import Parameters
from ..domain.signing_key import Use
from ..errors.oauth import InvalidBearer, InvalidClient, OAuthError, UnsupportedGrantType
from ..key_ring import ALGORITHMS
from ..operations import clients, devices, tokens
from . import forms, protocol

_NO_STORE: Final = {"cache-control": "no-store", "pragma": "no-cache"}
_CACHED: Final = {"cache-control": "public, max-age=300"}

SUPPORTED: Final = (
    GrantType.CODE,
    GrantType.REFRESH,
    GrantType.CLIENT_CREDENTIALS,
    GrantType.DEVICE_CODE,
)
"""The grant types of the token endpoint."""

SCOPES: Final = {scopes.OPENID: "Recognise the person"}

router = APIRouter(tags=["oauth2"], redirect_slashes=False)


@router.get(
    "/.well-known/openid-configuration",
    summary="Read the provider's metadata",
    **protocol.described(protocol.METADATA),
)
async def get_openid_configuration(provider: Provider) -> JSONResponse:
    """Everything a standard client needs to know (OpenID Connect Discovery 1.0)."""
    return JSONResponse(_metadata(provider.issuer), headers=_CACHED)


@router.get(
    "/.well-known/oauth-authorization-server",
    summary="Read the authorization server's metadata",
    **protocol.described(protocol.METADATA),
)
async def get_authorization_server(provider: Provider) -> JSONResponse:
    """The same for OAuth 2.0 clients (RFC 8414)."""
    return JSONResponse(_metadata(provider.issuer), headers=_CACHED)


def _metadata(issuer: str) -> dict[str, Any]:
    confidential = [method for method in Authentication if method is not Authentication.NONE]
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth2/authorize",
        "token_endpoint": f"{issuer}/oauth2/token",
        "userinfo_endpoint": f"{issuer}/oauth2/userinfo",
        "jwks_uri": f"{issuer}/oauth2/jwks",
        "revocation_endpoint": f"{issuer}/oauth2/revoke",
        "introspection_endpoint": f"{issuer}/oauth2/introspect",
        "device_authorization_endpoint": f"{issuer}/oauth2/device",
        "end_session_endpoint": f"{issuer}/oauth2/logout",
        "scopes_supported": list(scopes.SCOPES),
        "claims_supported": [
            *("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"),
            *("name", "given_name", "family_name", "locale", "email", "email_verified"),
        ],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(SUPPORTED),
        "subject_types_supported": list(SubjectType),
        "acr_values_supported": list(Assurance),
        "prompt_values_supported": list(Prompt),
        "ui_locales_supported": list(Language),
        "id_token_signing_alg_values_supported": [ALGORITHMS[Use.ID_TOKEN]],
        "token_endpoint_auth_methods_supported": list(Authentication),
        "revocation_endpoint_auth_methods_supported": list(Authentication),
        "introspection_endpoint_auth_methods_supported": confidential,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


@router.get("/oauth2/jwks", summary="Read the keys of ID tokens", **protocol.described(protocol.KEYS))
async def get_keys(provider: Provider, now: Now) -> JSONResponse:
    """The public keys (RFC 7517); a new one is here a day before it signs."""
    return JSONResponse(
        provider.key_ring.published(Use.ID_TOKEN, now),
        headers=_CACHED,
        media_type="application/jwk-set+json",
    )


async def _body(request: Request) -> Parameters:
    parameters = await forms.read_body(request)
    parameters.check()
    return parameters


Body = Annotated[Parameters, Depends(_body)]


async def _client(request: Request, body: Body, session: Session) -> Client:
    return await clients.authenticate(session, _credentials(request.headers.get("authorization"), body))


def _credentials(authorization: str | None, body: Parameters) -> clients.Credentials:
    """How the client shows itself (RFC 6749, 2.3): one way, never two."""
    client_id, secret = body.get("client_id"), body.get("client_secret")
    if authorization is not None:
        shown = basic(authorization)
        if shown is None or secret is not None:
            raise InvalidClient
        name, password = (unquote_plus(part) for part in shown)
        if client_id not in (None, name):
            raise InvalidClient
        return clients.Credentials(name, password, Authentication.SECRET_BASIC)
    if client_id is None:
        raise InvalidClient
    if secret is not None:
        return clients.Credentials(client_id, secret, Authentication.SECRET_POST)
    return clients.Credentials(client_id, "", Authentication.NONE)


CallingClient = Annotated[Client, Depends(_client)]


@router.post(
    "/oauth2/token",
    summary="Get tokens",
    **protocol.described(
        protocol.TOKENS,
        *("grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "device_code", "scope"),
        *("client_id", "client_secret"),
        required=("grant_type",),
        errors=protocol.ASKED,
    ),
)
async def create_token(
    body: Body, client: CallingClient, provider: Provider, session: Session, now: Now
) -> JSONResponse:
    """Exchange a code, or a refresh token, for the next tokens."""
    match _grant_type(body, client):
        case GrantType.CODE:
            issued = await tokens.exchange_code(
                session,
                provider,
                client,
                code=body.need("code"),
                redirect_uri=body.need("redirect_uri"),
                verifier=body.need("code_verifier"),
                now=now,
            )
        case GrantType.REFRESH:
            issued = await tokens.refresh(
                session,
                provider,
                client,
                refresh_token=body.need("refresh_token"),
                asked=scopes.parse(body.get("scope") or ""),
                now=now,
            )
        case GrantType.CLIENT_CREDENTIALS:
            asked = scopes.parse(body.get("scope") or "")
            issued = await tokens.issue_to_client(session, provider, client, asked=asked, now=now)
        case GrantType.DEVICE_CODE:
            code = body.need("device_code")
            issued = await devices.poll(session, provider, client, device_code=code, now=now)
        case _:
            raise UnsupportedGrantType
    answer = {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": " ".join(issued.scopes),
        "refresh_token": issued.refresh_token,
        "id_token": issued.id_token,
    }
    return JSONResponse(
        {name: value for name, value in answer.items() if value is not None}, headers=_NO_STORE
    )


def _grant_type(body: Parameters, client: Client) -> GrantType:
    asked = body.need("grant_type")
    grant_type = next((one for one in GrantType if one.value == asked), None)
    if grant_type not in SUPPORTED:
        raise UnsupportedGrantType
    alone = grant_type is GrantType.CLIENT_CREDENTIALS
    if grant_type not in client.grant_types or (alone and not client.is_confidential):
        raise OAuthError("unauthorized_client", "the client is not registered for this grant type")
    return grant_type


@router.post(
    "/oauth2/device",
    summary="Ask for a device to be let in",
    **protocol.described(
        protocol.DEVICE,
        *("scope", "client_id", "client_secret"),
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
    return JSONResponse({}, headers=_NO_STORE)


@router.post(
    "/oauth2/introspect",
    summary="Inspect a token",
    **protocol.described(
        protocol.INSPECTED, *protocol.ABOUT_A_TOKEN, required=("token",), errors=protocol.ASKED
    ),
)
async def introspect_token(
    body: Body, client: CallingClient, provider: Provider, session: Session, now: Now
) -> JSONResponse:
    """What stands behind a token of the calling client (RFC 7662); for clients that keep a secret."""
    if not client.is_confidential:
        raise InvalidClient
    return JSONResponse(
        await tokens.introspect(session, provider, client, body.need("token"), now), headers=_NO_STORE
    )


@router.get(
    "/oauth2/userinfo",
    summary="Read the claims of the signed-in person",
    **protocol.described(
        protocol.PERSON, errors=(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN), secured=True
    ),
)
@router.post("/oauth2/userinfo", include_in_schema=False)
async def get_userinfo(request: Request, provider: Provider, session: Session, now: Now) -> JSONResponse:
    """Name, language and address of the person, as far as the token's scopes go.

    Through the gateway the token comes as an internal one, without it as it was given out.
    """
    _, _, token = request.headers.get("authorization", "").partition(" ")
    if token.startswith(grant.ACCESS_PREFIX):
        return JSONResponse(await tokens.userinfo(session, provider, token, now), headers=_NO_STORE)
    caller = await policy.authenticate(request)
    if caller.kind is not Kind.PERSON:
        raise InvalidBearer
    shown = await tokens.userinfo_of(session, provider, caller.person_id, caller.client_id, caller.scopes)
    return JSONResponse(shown, headers=_NO_STORE)
