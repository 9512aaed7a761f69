"""What a caller can meet: problems (RFC 9457) of the JSON operations, errors of OAuth (RFC 6749)."""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil

from hub_core.problem import Problem


class InvalidServiceCredentials(Problem):
    """The service named in the Basic credentials is unknown, or the secret is wrong (RFC 7617)."""

    type, status = "invalid-service-credentials", 401
    title = "The service could not be recognised"
    detail = "The service name or its secret is wrong."
    remedy = "Check HUB_SERVICE_SECRET of the calling service."

    def __init__(self) -> None:
        super().__init__(headers={"www-authenticate": 'Basic realm="hub", charset="UTF-8"'})


class TooManyTries(Problem):
    """Too many wrong or repeated tries for one login name, device or address."""

    type, status = "too-many-tries", 429
    title = "Too many tries"
    detail = "Too many tries were made in a short time. The next one is possible in {seconds} s."
    remedy = "Wait for that time, then try again."

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(ceil(wait.total_seconds()), 1)
        super().__init__(headers={"retry-after": str(self.seconds)}, seconds=self.seconds)


class WrongCode(Problem):
    """Not the code that was sent, or no such confirmation."""

    type, status = "wrong-code", 422
    title = "The code is wrong"
    detail = "This is not the code of the last e-mail that was sent."
    remedy = "Type the 8 digits of the newest e-mail."


class CodeExpired(Problem):
    """The code was right once: it has run out, or had too many tries."""

    type, status = "code-expired", 409
    title = "The code is no longer valid"
    detail = "A code is valid for 15 minutes and for 5 tries."
    remedy = "Ask for a new code."


class NoMoreCodes(Problem):
    """The sign-up has used up its codes, or is finished."""

    type, status = "no-more-codes", 409
    title = "No further code can be sent"
    detail = "This sign-up is finished, or all its codes were used."
    remedy = "Sign in, or create the account again."


class AccountExists(Problem):
    """The address has an account already; only told to somebody who has shown to own the address."""

    type, status = "account-exists", 409
    title = "There is an account already"
    detail = "This e-mail address already has an account."
    remedy = "Sign in with the password of that account."


class UnknownApplication(Problem):
    """An authorization or logout request names no client that is known."""

    type, status = "unknown-application", 400
    title = "The application is not known"
    detail = "The application that sent you here is not registered."
    remedy = "Go back to the application, or tell its owner."


class UnregisteredRedirect(Problem):
    """An authorization or logout request names an address that its client has not registered."""

    type, status = "unregistered-redirect", 400
    title = "The return address is not registered"
    detail = "The application that sent you here gave an address that is not its own."
    remedy = "Go back to the application, or tell its owner."


class RequestEnded(Problem):
    """An authorization request was answered before, or has run out."""

    type, status = "request-ended", 410
    title = "This request has ended"
    detail = "It was answered before, or it was open for too long."
    remedy = "Go back to the application you came from and start again."


class FormOutdated(Problem):
    """A form came without the secret of the browser that it was made for."""

    type, status = "form-outdated", 403
    title = "The page was open for too long"
    detail = "The form could not be matched to your browser. Nothing was changed."
    remedy = "Open the page again. If it stays so, allow cookies for this site."


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
