"""The problems of who books without an account, and of who tries too often (texts: see `locale/`)."""

from hub_core.problem import Problem


class TriedTooOften(Problem):
    """More tries in the period than the limit allows."""

    type, status = "booking-tried-too-often", 429
    title = "Tried too often"
    detail = "This was tried more often than the limit allows, by one person or from one network."
    remedy = "Wait for the time that Retry-After gives. What was booked before stays as it is."


class ProofRefused(Problem):
    """Neither a solved challenge nor the right code by e-mail."""

    type, status = "booking-proof-refused", 422
    title = "The proof was not accepted"
    detail = "The solved challenge or the code from the e-mail is wrong, out of date or was used already."
    remedy = "Ask for a new challenge or a new code and try again; both are free. Who signs in needs neither."


class EmailProofRequired(Problem):
    """A challenge was solved where an address has to be confirmed."""

    type, status = "email-proof-required", 422
    title = "Your e-mail address has to be confirmed first"
    detail = "A place is offered to you by e-mail, so the address must be yours."
    remedy = "Ask for a code by e-mail and send it with your request."
