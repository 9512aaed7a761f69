"""What the contract says of the OAuth endpoints, whose rules are a standard's and not the API's."""

from http import HTTPStatus
from typing import Any, Final

from hub_service import policy

from ..domain import assertion, scopes
from ..domain.client import GrantType


def described(
    shown: dict[str, tuple[str, Any]],
    *fields: str,
    required: tuple[str, ...] = (),
    errors: tuple[HTTPStatus, ...] = (),
    secured: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
    media_type: str = "application/json",
) -> dict[str, Any]:
    """What the contract says of an endpoint whose rules are a standard's, not the API's.

    `shown` are members of the answer, each with its description and an example; `fields` those of the form.
    """
    kept = policy.operation(scopes.OPENID) if secured else policy.public()
    extra = kept["openapi_extra"] | {"x-protocol": True}
    if fields:
        members = {name: {**_PRINTABLE, "maxLength": 4096, "description": _FIELDS[name]} for name in fields}
        body = {"type": "object", "properties": members, "required": list(required)}
        extra["requestBody"] = {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": body}},
        }
    members = {name: _member(*said) for name, said in shown.items()}
    answer = {"type": "object", "properties": members}
    given = {
        "description": "As the standard says",
        "content": {
            media_type: {
                "schema": answer,
                "example": {name: example for name, (_, example) in shown.items()},
            }
        },
    }
    return {
        "responses": {status.value: given, **kept["responses"]}
        | {error.value: _ERRORS[error] for error in errors},
        "openapi_extra": extra,
    }


def _member(description: str, example: Any) -> dict[str, Any]:
    """A member of an answer, of the type of its example."""
    if isinstance(example, bool):
        return {"type": "boolean", "description": description}
    if isinstance(example, int):
        return {
            "type": "integer",
            "format": "int64",
            "minimum": 0,
            "maximum": 2**53 - 1,
            "description": description,
        }
    if isinstance(example, list):
        return {
            "type": "array",
            "maxItems": 100,
            "items": {"type": "object", "description": "A key."},
            "description": description,
        }
    if isinstance(example, dict):
        return {"type": "object", "description": description}
    return {"type": "string", "maxLength": 8192, "pattern": r"^[^\x00]*$", "description": description}


_PRINTABLE: Final = {"type": "string", "pattern": "^[ -~]*$"}
"""What RFC 6749 allows in its parameters (appendix A)."""

_FIELDS: Final = {
    "grant_type": "One of `grant_types_supported` in the metadata.",
    "code": "The code that came to the redirect address.",
    "redirect_uri": "The redirect address the code came to.",
    "code_verifier": "The PKCE verifier of the code's challenge (RFC 7636).",
    "refresh_token": "The refresh token; it is spent by being used.",
    "device_code": "The code that the device polls with (RFC 8628).",
    "subject_token": "The person's own access token, to be exchanged for one under a mandate (RFC 8693).",
    "subject_token_type": "`urn:ietf:params:oauth:token-type:access_token`.",
    "requested_token_type": "The same, if it is said at all.",
    "mandate_id": "The mandate to act under: an extension of the hub.",
    "scope": "Scopes asked for; with a refresh token, fewer for the next access token.",
    "client_id": "The client's id, for a client without a secret or with `client_secret_post`.",
    "client_assertion_type": f"`{assertion.TYPE}`, for `private_key_jwt`.",
    "client_assertion": "A JWT that the client has signed for this one request (RFC 7523).",
    "response_type": "`code`.",
    "state": "Comes back with the answer.",
    "nonce": "Comes back in the ID token.",
    "code_challenge": "SHA-256 of the PKCE verifier, in base64url (RFC 7636).",
    "code_challenge_method": "`S256`.",
    "dpop_jkt": "The thumbprint of the key that the code is to be bound to (RFC 9449, 10).",
    "acr_values": "The levels of assurance that serve, best first.",
    "client_secret": "The client's secret, for `client_secret_post`.",
    "token": "The token that is meant.",
    "token_type_hint": "`access_token` or `refresh_token`; not needed, every token is recognised.",
}
_ERROR: Final = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {**_PRINTABLE, "maxLength": 64, "description": "The code of the error."},
        "error_description": {
            **_PRINTABLE,
            "maxLength": 256,
            "description": "What is wrong, in English.",
        },
    },
}
_ERRORS: Final[dict[int, dict[str, Any]]] = {
    status: {
        "description": said,
        "content": {
            "application/json": {"schema": _ERROR, "example": {"error": code, "error_description": said}}
        },
    }
    for status, code, said in (
        (
            HTTPStatus.BAD_REQUEST,
            "invalid_grant",
            "The request or the grant is not valid (RFC 6749, 5.2)",
        ),
        (HTTPStatus.UNAUTHORIZED, "invalid_client", "The client or the token is not valid"),
        (HTTPStatus.FORBIDDEN, "insufficient_scope", "The token lacks a scope"),
    )
}
ASKED: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED)
METADATA: Final = {
    "issuer": ("The `iss` of every token.", "https://hub.example.org"),
    "authorization_endpoint": ("Where the browser is sent.", "https://hub.example.org/oauth2/authorize"),
    "token_endpoint": (
        "Where codes and refresh tokens are exchanged.",
        "https://hub.example.org/oauth2/token",
    ),
}
OF_THE_CLIENT: Final = ("client_id", "client_secret", "client_assertion_type", "client_assertion")
ABOUT_A_TOKEN: Final = ("token", "token_type_hint", *OF_THE_CLIENT)
GRANT_TYPES: Final = (
    GrantType.CODE,
    GrantType.REFRESH,
    GrantType.CLIENT_CREDENTIALS,
    GrantType.DEVICE_CODE,
    GrantType.TOKEN_EXCHANGE,
)
"""The grant types of the token endpoint."""
INTROSPECTION: Final = "application/token-introspection+jwt"
PUSHED: Final = {
    "request_uri": (
        "What stands for the request in the browser's address, once.",
        "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c",
    ),
    "expires_in": ("Seconds until then.", 60),
}
KEYS: Final = {
    "keys": (
        "The keys, as JWK (RFC 7517).",
        [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "2026-1", "x": "…", "y": "…"}],
    )
}
TOKENS: Final = {
    "access_token": ("The opaque access token.", "hub_at_2YotnFZFEjr1zCsicMWpAA"),
    "token_type": ("`Bearer`, or `DPoP` when it is bound to a key (RFC 9449).", "Bearer"),
    "expires_in": ("Seconds that the access token is valid.", 600),
    "scope": ("The scopes of the access token.", "openid petitions:read"),
    "issued_token_type": (
        "What kind of token came out of an exchange (RFC 8693, 2.2.1).",
        "urn:ietf:params:oauth:token-type:access_token",
    ),
    "refresh_token": (
        "The next refresh token, with the scope `offline_access`.",
        "hub_rt_tGzv3JOkF0XG5Qx2TlKWIA",
    ),
    "id_token": ("The ID token (ES256), with the scope `openid`.", "eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl"),
}
DEVICE: Final = {
    "device_code": (
        "What the device polls the token endpoint with.",
        "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS",
    ),
    "user_code": ("What the device shows and the person types.", "WDJB-MJHT"),
    "verification_uri": ("Where the person types it.", "https://hub.example.org/account/device"),
    "verification_uri_complete": (
        "The same with the code filled in, for a QR code.",
        "https://hub.example.org/account/device?user_code=WDJB-MJHT",
    ),
    "expires_in": ("Seconds that both codes are valid.", 600),
    "interval": ("Seconds to wait between two polls.", 5),
}
INSPECTED: Final = {
    "active": ("Whether the token opens anything.", True),
    "sub": ("The person; under a mandate, its principal.", "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"),
    "act": (
        "Under a mandate: the `sub` of who acts (RFC 8693, 4.1).",
        {"sub": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"},
    ),
    "mandate_id": ("The mandate, if there is one.", "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"),
    "client_id": ("The client it was given to.", "demo-portal"),
    "scope": ("Its scopes.", "openid petitions:read"),
    "exp": ("When it ends, in seconds since 1970.", 1_795_000_000),
    "cnf": (
        "The thumbprint (`jkt`) of the key that the token is bound to.",
        {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},
    ),
    "acr": ("Level of assurance of the sign-in.", "substantial"),
}
PERSON: Final = {
    "sub": ("The person's identifier.", "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"),
    "name": ("The name for display, with the scope `profile`.", "Ana Popescu"),
    "locale": ("The person's language, with the scope `profile`.", "ro"),
    "email": ("The address, with the scope `email`.", "ana.popescu@example.org"),
}
