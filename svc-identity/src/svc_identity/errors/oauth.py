"""Errors of OAuth (RFC 6749), for client applications."""

from collections.abc import Mapping
from typing import Final

DPOP: Final = "DPoP"
"""The scheme of tokens that are bound to a key (RFC 9449, 7.1)."""
_ALGS: Final = ', algs="ES256 PS256 EdDSA"'


class OAuthError(Exception):
    """An error of the OAuth endpoints: `error` and `error_description` (ASCII, RFC 6749, 5.2)."""

    def __init__(
        self,
        error: str,
        description: str,
        *,
        status: int = 400,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status
        self.headers = dict(headers or {})


class InvalidClient(OAuthError):
    """The client is unknown or did not prove itself; which of the two is not told.

    `reason` is what its owner can mend in an assertion that it made.
    """

    def __init__(self, reason: str = "client authentication failed") -> None:
        super().__init__(
            "invalid_client",
            reason,
            status=401,
            headers={"www-authenticate": 'Basic realm="oauth2", charset="UTF-8"'},
        )


class InvalidGrant(OAuthError):
    """The code or refresh token is unknown, spent, past, or belongs to another client."""

    def __init__(self) -> None:
        super().__init__("invalid_grant", "the grant is not valid, has ended, or belongs to another client")


class UnsupportedGrantType(OAuthError):
    """The token endpoint does not know this way to get tokens (RFC 6749, 5.2)."""

    def __init__(self) -> None:
        super().__init__("unsupported_grant_type", "the grant types are in the provider's metadata")


class InvalidBearer(OAuthError):
    """The access token does not open this resource (RFC 6750, 3.1).

    The scheme is DPoP for one that comes without the key it is bound to (RFC 9449, 7.1).
    """

    def __init__(self, scheme: str = "Bearer") -> None:
        challenge = f'{scheme} realm="hub", error="invalid_token"'
        super().__init__(
            "invalid_token",
            "the access token is missing, has ended, or is not valid here",
            status=401,
            headers={"www-authenticate": challenge + (_ALGS if scheme == DPOP else "")},
        )


class InsufficientBearer(OAuthError):
    """The access token lacks the scope of this resource (RFC 6750, 3.1)."""

    def __init__(self) -> None:
        super().__init__(
            "insufficient_scope",
            "the access token lacks the scope openid",
            status=403,
            headers={"www-authenticate": 'Bearer realm="hub", error="insufficient_scope", scope="openid"'},
        )


class InvalidProof(OAuthError):
    """The DPoP proof is missing or not good for this request (RFC 9449, 5, 7.1).

    A resource answers 401 with a challenge; the provider's endpoints 400.
    """

    def __init__(self, reason: str, *, at_resource: bool = False) -> None:
        challenge = f'DPoP realm="hub", error="invalid_dpop_proof"{_ALGS}'
        super().__init__(
            "invalid_dpop_proof",
            reason,
            status=401 if at_resource else 400,
            headers={"www-authenticate": challenge} if at_resource else {},
        )


class AuthorizationRefused(Exception):
    """An authorization request that goes back to its client with an error (RFC 6749, 4.1.2.1)."""

    def __init__(self, redirect_uri: str, state: str | None, error: OAuthError) -> None:
        super().__init__(error.error)
        self.redirect_uri = redirect_uri
        self.state = state
        self.error = error
