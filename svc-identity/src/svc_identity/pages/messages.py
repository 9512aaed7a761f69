"""Texts of the pages that no template holds, as English message ids."""

from typing import Final

from hub_core.principal import Assurance

from ..domain.means import Change
from . import mandate_words, privacy_words, registration_words

NOTICES: Final = {
    "account-created": "Your account is ready. You can sign in now.",
    "account-exists": "You already have an account with this e-mail address. Sign in with its password.",
    "code-sent": "A new code is on its way. The one before is no longer valid.",
    "application-disconnected": "The application was disconnected.",
    "session-ended": "The sign-in was ended.",
    "dispute-sent": "Your dispute was sent to the institution. You will find the answer here.",
    "copy-asked": "Your copy is being made. Come back in a few minutes.",
    "request-sent": "Your request was received. You will find the answer here.",
    "request-withdrawn": "You have taken the request back.",
    "account-deleted": "Your account is deleted.",
    "registration-sent": "Your request was sent to the institution. You will find the answer here.",
    "registration-completed": "Your request is with the institution again.",
    "mandate-ended": "The mandate has ended, with everything that was open under it.",
    "mandate-accepted": "You have accepted the mandate.",
    "children-registered": "You may act for your children now.",
    "no-children": "The population register names no minor child of yours.",
    "password-changed": "Your password is changed.",
    "password-reset": "Your password is changed. You can sign in with it now.",
    "app-added": "The app is set up. From now on you are asked for its code.",
    "app-removed": "The app was removed.",
    "passkey-added": "The passkey is added.",
    "phone-code-sent": "A text message with a code is on its way.",
    "phone-code-renewed": "A new text message is on its way. The code before is no longer valid.",
    "phone-confirmed": "Your telephone number is confirmed.",
    "phone-removed": "Your telephone number was removed.",
    "passkey-renamed": "The passkey has its new name.",
    "passkey-removed": "The passkey was removed.",
    "identity-linked": "You can sign in this way from now on.",
    "identity-removed": "You no longer sign in this way.",
    "sign-in-again": "Please sign in again: what you want to change concerns how you sign in.",
    "step-over": "That took too long, or there were too many tries. Start again with your password.",
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

WRONG_ONE_TIME_CODE: Final = "This code is wrong, or was used before."
WRONG_PHONE_CODE: Final = "This is not the code of the newest text message."
PHONE_CODE_EXPIRED: Final = "This code is no longer valid. Ask for a new one, or give the number again."
PHONE_TAKEN: Final = "As many accounts as may share one number have this one already."
WRONG_PASSWORD: Final = "This is not your present password."
CHANGES: Final = {
    Change.PASSWORD_CHANGED: "Your password was changed",
    Change.PASSWORD_RESET: "Your password was reset by e-mail",
    Change.AUTHENTICATOR_ADDED: "An app for one-time codes was set up",
    Change.AUTHENTICATOR_REMOVED: "The app for one-time codes was removed",
    Change.PASSKEY_ADDED: "A passkey was added",
    Change.PASSKEY_REMOVED: "A passkey was removed",
    Change.RECOVERY_CODES_MADE: "New recovery codes were made",
    Change.RECOVERY_CODE_USED: "A recovery code was used",
    Change.IDENTITY_LINKED: "Signing in by another service was linked",
    Change.IDENTITY_REMOVED: "Signing in by another service was removed",
    Change.NEW_DEVICE: "A sign-in on a device not seen before",
    Change.PHONE_ADDED: "A telephone number was added",
    Change.PHONE_CHANGED: "The telephone number was changed",
    Change.PHONE_REMOVED: "The telephone number was removed",
}
"""What changed about how a person signs in, as the account page says it."""

_BY_FIELD: Final = {
    "email": "Enter an e-mail address, such as name@example.org.",
    "given_name": "Enter your given name, at most 100 characters.",
    "family_name": "Enter your family name, at most 100 characters.",
    "language": "Choose a language.",
    "reason": privacy_words.WRONG_WORDS,
    "details": privacy_words.WRONG_WORDS,
    "kind": "Choose what you ask.",
    "code": "Enter the 8 digits of the code.",
    "phone": "Enter a mobile number, such as 0745 123 456 or +36 30 123 4567.",
    "name": "Enter a name, at most 64 characters.",
    "institution_id": "Choose an institution.",
    "cnp": "Enter the 13 digits of your CNP, without a mistake.",
    "birth_date": "Enter your date of birth.",
    "citizenship": "Choose a country.",
    "services": mandate_words.NO_SERVICE,
    "purpose": "Use at most 200 characters.",
    "valid_to": mandate_words.WRONG_LAST_DAY,
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
    *mandate_words.TEXTS,
    *privacy_words.TEXTS,
    *registration_words.TEXTS,
    WRONG_CREDENTIALS,
    WRONG_CODE,
    CODE_EXPIRED,
    WRONG_USER_CODE,
    WRONG_ONE_TIME_CODE,
    WRONG_PHONE_CODE,
    PHONE_CODE_EXPIRED,
    PHONE_TAKEN,
    WRONG_PASSWORD,
    *CHANGES.values(),
    *_BY_FIELD.values(),
    *_PASSWORD.values(),
    _PASSWORD_SHORT,
)


def of_field(field: str, error_type: str) -> str:
    """What is wrong with a field of a form."""
    if field == "password":
        return _PASSWORD.get(error_type, _PASSWORD_SHORT)
    return _BY_FIELD[field]
