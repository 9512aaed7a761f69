"""Texts of the pages that no template holds, as English message ids."""

from typing import Final

from hub_core.principal import Assurance

NOTICES: Final = {
    "account-created": "Your account is ready. You can sign in now.",
    "account-exists": "You already have an account with this e-mail address. Sign in with its password.",
    "code-sent": "A new code is on its way. The one before is no longer valid.",
    "application-disconnected": "The application was disconnected.",
    "session-ended": "The sign-in was ended.",
}
"""What a page says of the step before it, by the word in its address."""

LEVELS: Final = {
    Assurance.LOW: "low",
    Assurance.SUBSTANTIAL: "substantial",
    Assurance.HIGH: "high",
}
"""Levels of assurance (Regulation (EU) 910/2014, art. 8), as words."""

WRONG_CREDENTIALS: Final = "The e-mail address or the password is wrong."
WRONG_CODE: Final = "This is not the code of the newest e-mail."
CODE_EXPIRED: Final = "This code is no longer valid. Ask for a new one."
WRONG_USER_CODE: Final = "No device waits with this code. Codes are valid for 10 minutes."

_BY_FIELD: Final = {
    "email": "Enter an e-mail address, such as name@example.org.",
    "given_name": "Enter your given name, at most 100 characters.",
    "family_name": "Enter your family name, at most 100 characters.",
    "language": "Choose a language.",
    "code": "Enter the 8 digits of the code.",
}
_PASSWORD: Final = {
    "string_too_long": "Use at most 256 characters.",
    "control_characters": "The password may not contain control characters.",
    "password_breached": "This password is among those that are tried first. Choose one that only you know.",
    "password_own": "The password may not be your name or your e-mail address.",
}
_PASSWORD_SHORT: Final = "Use at least 12 characters. Several words are good."
TEXTS: Final = (
    *LEVELS.values(),
    *NOTICES.values(),
    WRONG_CREDENTIALS,
    WRONG_CODE,
    CODE_EXPIRED,
    WRONG_USER_CODE,
    *_BY_FIELD.values(),
    *_PASSWORD.values(),
    _PASSWORD_SHORT,
)


def of_field(field: str, error_type: str) -> str:
    """What is wrong with a field of a form."""
    if field == "password":
        return _PASSWORD.get(error_type, _PASSWORD_SHORT)
    return _BY_FIELD[field]
