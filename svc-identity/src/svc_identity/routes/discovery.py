"""What the provider says of itself (OpenID Connect Discovery 1.0, RFC 8414), and its public keys."""

from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import JSONResponse

from hub_core.language import Language
from hub_core.principal import Assurance
from hub_service import dpop, signatures
from hub_service.dependencies import Now

from ..dependencies import Provider
from ..domain import scopes
from ..domain.authorization import Prompt
from ..domain.client import Authentication, SubjectType
from ..domain.signing_key import Use
from ..key_ring import ALGORITHMS
from . import protocol

_CACHED: Final = {"cache-control": "public, max-age=300"}


class _KeySet(JSONResponse):
    """A JWK Set (RFC 7517, 8.5.2)."""

    media_type = "application/jwk-set+json"


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
        "pushed_authorization_request_endpoint": f"{issuer}/oauth2/par",
        "require_pushed_authorization_requests": False,
        "token_endpoint": f"{issuer}/oauth2/token",
        "userinfo_endpoint": f"{issuer}/oauth2/userinfo",
        "jwks_uri": f"{issuer}/oauth2/jwks",
        "revocation_endpoint": f"{issuer}/oauth2/revoke",
        "introspection_endpoint": f"{issuer}/oauth2/introspect",
        "device_authorization_endpoint": f"{issuer}/oauth2/device",
        "end_session_endpoint": f"{issuer}/oauth2/logout",
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "scopes_supported": list(scopes.SCOPES),
        "claims_supported": [
            *("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"),
            *("name", "given_name", "family_name", "locale", "email", "email_verified"),
        ],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(protocol.GRANT_TYPES),
        "subject_types_supported": list(SubjectType),
        "acr_values_supported": list(Assurance),
        "prompt_values_supported": list(Prompt),
        "ui_locales_supported": list(Language),
        "id_token_signing_alg_values_supported": [ALGORITHMS[Use.ID_TOKEN]],
        "introspection_signing_alg_values_supported": [ALGORITHMS[Use.ID_TOKEN]],
        "dpop_signing_alg_values_supported": list(dpop.ALGORITHMS),
        "token_endpoint_auth_methods_supported": list(Authentication),
        "token_endpoint_auth_signing_alg_values_supported": list(signatures.ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": list(Authentication),
        "revocation_endpoint_auth_signing_alg_values_supported": list(signatures.ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": confidential,
        "introspection_endpoint_auth_signing_alg_values_supported": list(signatures.ALGORITHMS),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


@router.get(
    "/oauth2/jwks",
    summary="Read the keys of ID tokens",
    response_class=_KeySet,
    **protocol.described(protocol.KEYS, media_type=_KeySet.media_type),
)
async def get_keys(provider: Provider, now: Now) -> _KeySet:
    """The public keys (RFC 7517); a new one is here a day before it signs."""
    return _KeySet(provider.key_ring.published(Use.ID_TOKEN, now), headers=_CACHED)
