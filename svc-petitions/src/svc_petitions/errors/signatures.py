"""The problems of who signs a petition together with others (texts: see `locale/`)."""

from hub_core.problem import Problem


class SignaturesClosed(Problem):
    """It is answered or ended otherwise, has as many signatures as it can, or the signature was withdrawn."""

    type, status = "petition-signatures-closed", 409
    title = "The petition cannot be signed any more"
    detail = "It has come to its end, has too many signatures, or you have withdrawn yours."
    remedy = "File a petition of your own; the institution joins those on the same matter."


class OthersSigned(Problem):
    """Others stand behind the petition, so that one alone cannot withdraw it."""

    type, status = "petition-others-signed", 409
    title = "Others have signed this petition, too"
    detail = "One of several who signed a petition cannot withdraw it for all."
    remedy = "Withdraw your own signature; the petition goes on for the others."


class LastSignature(Problem):
    """Nobody would stand behind the petition any more."""

    type, status = "petition-last-signature", 409
    title = "Yours is the only signature left"
    detail = "Nobody would stand behind the petition any more."
    remedy = "Withdraw the petition itself."
