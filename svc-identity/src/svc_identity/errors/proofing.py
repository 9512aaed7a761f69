"""Problems of validating an account."""

from hub_core.problem import Problem


class WrongActivationCode(Problem):
    """No such activation code, or not any more."""

    type, status = "wrong-activation-code", 422
    title = "The activation code is wrong"
    detail = "There is no such code, it was replaced by a newer one, or its time or its tries are over."
    remedy = "Ask the person for the code that their account shows now."


class IdentityNotConfirmed(Problem):
    """Number, names, birth date and register do not fit; which of them is told to nobody."""

    type, status = "identity-not-confirmed", 409
    title = "The identity could not be confirmed"
    detail = "The number, the names of the account and the date of birth do not fit what the register says."
    remedy = "Compare the document with what was entered; the person can correct the names in their account."


class DocumentExpired(Problem):
    """The document that was seen is no longer valid."""

    type, status = "document-expired", 409
    title = "The document is no longer valid"
    detail = "An identity is established by a valid document only."
    remedy = "Ask for another document."


class NumberTaken(Problem):
    """The personal number belongs to a person who has another account."""

    type, status = "number-linked-elsewhere", 409
    title = "The personal number belongs to another account"
    detail = "A person has one validated account, and this number is that of another one."
    remedy = "Let the person sign in with that account, or turn to the hub's administrator."


class AlreadyVerified(Problem):
    """The account was validated before; once is enough, for ever."""

    type, status = "already-verified", 409
    title = "The account is validated already"
    detail = "An account is validated once."
    remedy = "Nothing has to be done. Who has another personal number turns to the hub's administrator."


class NamesFromRegister(Problem):
    """The names of a validated account are those of the register."""

    type, status = "names-from-register", 409
    title = "The names cannot be changed here"
    detail = "The names of a validated account are those that the population register holds."
    remedy = "If your name has changed, ask at a counter to have your account checked again."
