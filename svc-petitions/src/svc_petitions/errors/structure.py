"""Problems of an institution's structure."""

from hub_core.problem import FieldError, Problem


class CompartmentNotFound(Problem):
    """No such compartment, or another institution's."""

    type, status = "compartment-not-found", 404
    title = "The compartment was not found"
    detail = "Your institution has no compartment with this identifier."
    remedy = "Choose one from the list of compartments."


class CompartmentCodeTaken(Problem):
    """Another compartment of the institution has the code."""

    type, status = "compartment-code-taken", 409
    title = "Another compartment has this code"
    detail = "Each compartment of an institution has a code of its own."
    remedy = "Choose another code."


class CompartmentClosed(Problem):
    """A closed compartment gets no files and no members."""

    type, status = "compartment-closed", 409
    title = "The compartment is closed"
    detail = "A compartment that is closed gets no files and no members any more."
    remedy = "Choose another compartment."


class SuperiorUnknown(Problem):
    """The superior is not a member of the institution, or works below the member."""

    type, status = "superior-unknown", 422
    title = "The superior does not fit"
    detail = "A superior works at the institution and not below the one whose superior they are."
    remedy = "Enter the superior first, or name another one."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/superior_id", self.type, self.detail)])


class MemberNotFound(Problem):
    """Nobody with this identifier works at the institution."""

    type, status = "member-not-found", 404
    title = "The member was not found"
    detail = "Nobody with this identifier is entered as working at your institution."
    remedy = "Check the identifier; heads enter who works where."


class DelegationNotFound(Problem):
    """No such delegation, or another institution's."""

    type, status = "delegation-not-found", 404
    title = "The delegation was not found"
    detail = "Your institution has no delegation of signature with this identifier."
    remedy = "Choose one from the list of delegations."


class NotADelegate(Problem):
    """The signatory has no delegation of the head on this day."""

    type, status = "not-a-delegate", 403
    title = "You may not sign today"
    detail = "Answers are signed by the head, or by whom the head has delegated, on the days of the act."
    remedy = "Ask the head of the institution to sign, or for a delegation that holds today."
