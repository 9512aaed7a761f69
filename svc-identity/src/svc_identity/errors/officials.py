"""Problems of appointing officials."""

from hub_core.problem import Problem


class UnknownInstitution(Problem):
    """The institution is not in the catalog, or exists no more."""

    type, status = "unknown-institution", 422
    title = "The institution is not known"
    detail = "The catalog has no institution with this identifier that exists today."
    remedy = "Look the institution up in the catalog."


class UnknownPerson(Problem):
    """No account has this identifier."""

    type, status = "unknown-person", 422
    title = "The person is not known"
    detail = "Nobody with this identifier has an account."
    remedy = "Ask the person for the identifier that their account shows."


class AlreadyAppointed(Problem):
    """The person has the role at the institution on some of these days already."""

    type, status = "already-appointed", 409
    title = "The person has this role already"
    detail = "An appointment to the same role runs on some of these days."
    remedy = "Begin the new appointment after the last day of the other, or end that first."


class AppointmentOver(Problem):
    """The appointment has ended; no transition is open."""

    type, status = "appointment-over", 409
    title = "The appointment has ended"
    detail = "The appointment is in the state ENDED, which is final."
    remedy = "Grant a new appointment."
