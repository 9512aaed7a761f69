"""Problems of telephone numbers and of the codes that confirm them."""

from hub_core.problem import Problem


class WrongPhoneCode(Problem):
    """Not the code that was sent, or no such confirmation."""

    type, status = "wrong-phone-code", 422
    title = "The code of the text message is wrong"
    detail = "This is not the code of the last text message that was sent."
    remedy = "Type the 6 digits of the newest text message."


class PhoneCodeExpired(Problem):
    """The code was right once: it has run out, or had too many tries."""

    type, status = "phone-code-expired", 409
    title = "The code of the text message is no longer valid"
    detail = "A code by text message is valid for 10 minutes and for 5 tries."
    remedy = "Ask for a new code, or give the number again."


class NoMorePhoneCodes(Problem):
    """The confirmation has used up its codes, or is finished."""

    type, status = "no-more-phone-codes", 409
    title = "No further text message can be sent"
    detail = "This number is confirmed already, or all the codes for it were used."
    remedy = "Give the number again."


class PhoneHeld(Problem):
    """The number is the account's own already."""

    type, status = "phone-held", 409
    title = "This is your number already"
    detail = "The account has this telephone number, and it is confirmed."
    remedy = "Nothing needs to be done. To change it, give another number."


class PhoneTaken(Problem):
    """As many accounts as may share one number have it; only told to who has shown to hold it."""

    type, status = "phone-taken", 409
    title = "Too many accounts have this number"
    detail = "This telephone number is confirmed in as many accounts as may share one."
    remedy = "Use another number, or remove it from an account that no longer needs it."
