"""Problems of acting for others."""

from collections.abc import Iterable

from hub_core.problem import FieldError, Problem


class MandateState(Problem):
    """The mandate stands where this is not possible; the problem names what is."""

    type, status = "mandate-state", 409
    title = "The mandate does not allow this now"
    detail = "The mandate is {state}; from there it can become: {open}."
    remedy = "Read the mandate again and choose what is possible."

    def __init__(self, state: str, open_transitions: Iterable[str]) -> None:
        super().__init__(state=state, open=", ".join(open_transitions) or "-")


class MandateServices(Problem):
    """A service that may not be used under this type of mandate, or none where they must be named."""

    type, status = "mandate-services", 422
    title = "The services of the mandate are not valid"
    detail = "Name at least one service, and only those that this type of mandate allows."
    remedy = "Correct the services and send the request again."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/services", self.type, self.detail)])


class MandateDates(Problem):
    """The first day is past, or the last one is before it."""

    type, status = "mandate-dates", 422
    title = "The days of the mandate are not valid"
    detail = "A mandate begins today or later, and its last day is not before its first."
    remedy = "Correct the days and send the request again."

    def __init__(self, pointer: str) -> None:
        super().__init__(errors=[FieldError(pointer, self.type, self.detail)])


class IdentityNotEstablished(Problem):
    """Nobody has established who the person is: registers cannot be asked about them."""

    type, status = "identity-not-established", 403
    title = "Your identity is not established"
    detail = "Acting for others needs an account whose identity was checked against a register."
    remedy = "Have your account validated, then try again."


class NotARepresentative(Problem):
    """The register does not name the person as one who may act there."""

    type, status = "not-a-representative", 403
    title = "The register does not name you"
    detail = "The register does not say that you may act for this organisation today."
    remedy = "Have the entry in the register corrected, or ask a legal representative to delegate to you."


class WrongOfferCode(Problem):
    """Not the code of an offer that is open: unknown, used, or past, which of them is not told."""

    type, status = "wrong-offer-code", 422
    title = "The code opens no offer"
    detail = "There is no open offer with this code."
    remedy = "Check the code with the one who gives you the mandate, or ask for a new one."


class NotYourOwnMandate(Problem):
    """Nobody acts for themselves by a mandate."""

    type, status = "not-your-own-mandate", 409
    title = "This is you"
    detail = "The principal and the representative of a mandate are two."
    remedy = "Act in your own name: that needs no mandate."


class WithoutFullCapacity(Problem):
    """Only a person of full capacity acts for another (Civil Code art. 37-43)."""

    type, status = "without-full-capacity", 403
    title = "This person may not act for another"
    detail = "Acting for another needs full age, and no guardianship."
    remedy = "Let somebody of full capacity act."


class OrganisationUnknown(Problem):
    """The trade register knows no such fiscal number."""

    type, status = "organisation-unknown", 422
    title = "The organisation is not known"
    detail = "The trade register has no organisation with this fiscal number."
    remedy = "Check the number; it stands on the certificate of registration."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/cui", self.type, self.detail)])


class RepresentationByLaw(Problem):
    """The law or a register says who represents the principal: the principal cannot dismiss them."""

    type, status = "representation-by-law", 409
    title = "This representation follows from the law"
    detail = "Parents, guardians and legal representatives are not dismissed here."
    remedy = "Bring the decision of the court, or the change in the register, to an office of the hub."


class PrincipalNotThere(Problem):
    """The register names nobody alive with the number that the request gives for the principal."""

    type, status = "principal-not-there", 409
    title = "The principal is not in the register"
    detail = "The population register names nobody alive with the number that was given."
    remedy = "Compare the number with the act; refuse the request with the reason if it is wrong."
