"""Errors of OAuth (RFC 6749), for client applications."""

from collections.abc import Mapping


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
    """The client is unknown or did not prove itself; which of the two is not told."""

    def __init__(self) -> None:
        super().__init__(
            "invalid_client",
            "client authentication failed",
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
    """The access token does not open this resource (RFC 6750, 3.1)."""

    def __init__(self) -> None:
        super().__init__(
            "invalid_token",
            "the access token is missing, has ended, or is not valid here",
            status=401,
            headers={"www-authenticate": 'Bearer realm="hub", error="invalid_token"'},
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


class AuthorizationRefused(Exception):
    """An authorization request that goes back to its client with an error (RFC 6749, 4.1.2.1)."""

    def __init__(self, redirect_uri: str, state: str | None, error: OAuthError) -> None:
        super().__init__(error.error)
        self.redirect_uri = redirect_uri
        self.state = state
        self.error = error
