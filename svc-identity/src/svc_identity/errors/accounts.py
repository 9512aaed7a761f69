"""Problems of making an account and of signing in."""

from datetime import timedelta
from math import ceil

from hub_core.problem import Problem


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
