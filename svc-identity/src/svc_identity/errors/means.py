"""Problems of means of sign-in: of proving them, and of changing them."""

from collections.abc import Mapping

from hub_core.problem import Problem


class SignInAgain(Problem):
    """The sign-in is too old, or weaker than the account can give, for changing its means (RFC 9470)."""

    type, status = "sign-in-again", 403
    title = "Please sign in again"
    detail = "Means of sign-in may be changed for 10 minutes after a sign-in with the strongest of them."
    remedy = "Sign in again, with the second factor if the account has one, then repeat the request."

    def __init__(self, seconds: int = 600, headers: Mapping[str, str] | None = None) -> None:
        challenge = f'Bearer error="insufficient_user_authentication", max_age="{seconds}"'
        super().__init__(headers={"www-authenticate": challenge, **(headers or {})})


class WrongPassword(Problem):
    """Not the password of the account."""

    type, status = "wrong-password", 422
    title = "The password is wrong"
    detail = "This is not the present password of the account."
    remedy = "Type the present password, or have it reset."


class PasswordRefused(Problem):
    """The new password is the person's own name or address, or one that is tried first."""

    type, status = "password-refused", 422
    title = "This password cannot be used"
    detail = "It is your name or e-mail address, or among the passwords that are tried first."
    remedy = "Choose several words that only you would put together."


class WrongOneTimeCode(Problem):
    """Not the code that the app shows now, or one that was used before."""

    type, status = "wrong-one-time-code", 422
    title = "The one-time code is wrong"
    detail = "This is not the code that the app shows now, or it was used before."
    remedy = (
        "Wait for the next code of the app and type that one. Check that the clock of the device is right."
    )


class NotSetUp(Problem):
    """There is nothing that could be confirmed."""

    type, status = "not-set-up", 409
    title = "Nothing was set up"
    detail = "There is no app that waits to be confirmed."
    remedy = "Begin to set up the app, then confirm it with a code."


class AlreadySetUp(Problem):
    """The account has such a means already."""

    type, status = "already-set-up", 409
    title = "This is set up already"
    detail = "The account has an app for one-time codes already."
    remedy = "Remove it first, then set up the new one."


class SecondFactorNeeded(Problem):
    """Recovery codes stand in for a second factor that the account does not have."""

    type, status = "second-factor-needed", 409
    title = "There is no second factor yet"
    detail = "Recovery codes stand in for an app or a passkey, and the account has neither."
    remedy = "Set up an app for one-time codes or a passkey first."


class LastMeans(Problem):
    """Without it nobody could sign in to the account any more."""

    type, status = "last-means", 409
    title = "This is the only way to sign in"
    detail = "Without it nobody could sign in to the account any more."
    remedy = "Add another way to sign in first."


class PasskeyRefused(Problem):
    """The passkey's answer does not fit, or was given before."""

    type, status = "passkey-refused", 422
    title = "The passkey was not accepted"
    detail = "The answer of the passkey did not fit to this page, or was used before."
    remedy = "Open the page again and try once more, or sign in another way."


class OutsideRefused(Problem):
    """The outside provider did not sign the person in, or its answer cannot be trusted."""

    type, status = "outside-sign-in-refused", 422
    title = "The other service did not sign you in"
    detail = "You did not agree there, or its answer could not be trusted."
    remedy = "Start again from the sign-in page, or sign in another way."


class IdentityTaken(Problem):
    """The identity belongs to another account, or the account to another identity."""

    type, status = "identity-taken", 409
    title = "This identity cannot be linked"
    detail = "It belongs to another account, or this account belongs to another person."
    remedy = "Sign in with the account that the identity belongs to."


class LinkRemoved(Problem):
    """The person no longer wants to be signed in by this provider."""

    type, status = "link-removed", 403
    title = "You no longer sign in this way"
    detail = "You have removed this way of signing in from your account."
    remedy = "Sign in another way, then link it again in your account."
