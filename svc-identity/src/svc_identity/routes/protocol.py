"""What the contract says of the OAuth endpoints, whose rules are a standard's and not the API's."""

from http import HTTPStatus
from typing import Any, Final

from hub_service import policy

from ..domain import assertion, scopes
from ..domain.client import GrantType


def described(
    shown: dict[str, str],
    *fields: str,
    required: tuple[str, ...] = (),
    errors: tuple[HTTPStatus, ...] = (),
    secured: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> dict[str, Any]:
    """What the contract says of an endpoint whose rules are a standard's, not the API's.

    `shown` are members of the answer with their descriptions, `fields` those of the form.
    """
    kept = policy.operation(scopes.OPENID) if secured else policy.public()
    extra = kept["openapi_extra"] | {"x-protocol": True}
    if fields:
        members = {
            name: {"type": "string", "maxLength": 4096, "description": _FIELDS[name]} for name in fields
        }
        body = {"type": "object", "properties": members, "required": list(required)}
        extra["requestBody"] = {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": body}},
        }
    answer = {"type": "object", "properties": {name: {"description": said} for name, said in shown.items()}}
    given = {"description": "As the standard says", "content": {"application/json": {"schema": answer}}}
    return {
        "responses": {status.value: given, **kept["responses"]}
        | {error.value: _ERRORS[error] for error in errors},
        "openapi_extra": extra,
    }


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
        "error": {"type": "string", "maxLength": 64, "description": "The code of the error."},
        "error_description": {
            "type": "string",
            "maxLength": 256,
            "description": "What is wrong, in English.",
        },
    },
}
_ERRORS: Final[dict[int, dict[str, Any]]] = {
    status: {"description": said, "content": {"application/json": {"schema": _ERROR}}}
    for status, said in (
        (HTTPStatus.BAD_REQUEST, "The request or the grant is not valid (RFC 6749, 5.2)"),
        (HTTPStatus.UNAUTHORIZED, "The client or the token is not valid"),
        (HTTPStatus.FORBIDDEN, "The token lacks a scope"),
    )
}
ASKED: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED)
METADATA: Final = {
    "issuer": "The `iss` of every token.",
    "authorization_endpoint": "Where the browser is sent.",
    "token_endpoint": "Where codes and refresh tokens are exchanged.",
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
    "request_uri": "What stands for the request in the browser's address, once.",
    "expires_in": "Seconds until then.",
}
KEYS: Final = {"keys": "The keys, as JWK (RFC 7517)."}
TOKENS: Final = {
    "access_token": "The opaque access token.",
    "token_type": "`Bearer`, or `DPoP` when it is bound to a key (RFC 9449).",
    "expires_in": "Seconds that the access token is valid.",
    "scope": "The scopes of the access token.",
    "issued_token_type": "What kind of token came out of an exchange (RFC 8693, 2.2.1).",
    "refresh_token": "The next refresh token, with the scope `offline_access`.",
    "id_token": "The ID token (ES256), with the scope `openid`.",
}
DEVICE: Final = {
    "device_code": "What the device polls the token endpoint with.",
    "user_code": "What the device shows and the person types.",
    "verification_uri": "Where the person types it.",
    "verification_uri_complete": "The same with the code filled in, for a QR code.",
    "expires_in": "Seconds that both codes are valid.",
    "interval": "Seconds to wait between two polls.",
}
INSPECTED: Final = {
    "active": "Whether the token opens anything.",
    "sub": "The person; under a mandate, its principal.",
    "act": "Under a mandate: the `sub` of who acts (RFC 8693, 4.1).",
    "mandate_id": "The mandate, if there is one.",
    "client_id": "The client it was given to.",
    "scope": "Its scopes.",
    "exp": "When it ends, in seconds since 1970.",
    "cnf": "The thumbprint (`jkt`) of the key that the token is bound to.",
    "acr": "Level of assurance of the sign-in.",
}
PERSON: Final = {
    "sub": "The person's identifier.",
    "name": "The name for display, with the scope `profile`.",
    "locale": "The person's language, with the scope `profile`.",
    "email": "The address, with the scope `email`.",
}
