"""The problems of who files without an account, and of who tries too often (texts: see `locale/`)."""

from hub_core.problem import Problem


class TriedTooOften(Problem):
    """More tries in the period than the limit allows."""

    type, status = "petition-tried-too-often", 429
    title = "Tried too often"
    detail = "This was tried more often than the limit allows, about one petition or from one network."
    remedy = "Wait for the time that Retry-After gives. What was registered before stays as it is."


class ProofRefused(Problem):
    """Not the code that was sent to the address, or it was used."""

    type, status = "petition-proof-refused", 422
    title = "The code was not accepted"
    detail = "The code from the e-mail is wrong, out of date or was used already."
    remedy = "Ask for a new code and send the petition again; it is free. Who signs in needs none."
