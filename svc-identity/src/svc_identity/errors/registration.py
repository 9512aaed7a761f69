"""Problems of registration requests."""

from collections.abc import Iterable

from hub_core.problem import Problem


class TransitionRefused(Problem):
    """The request stands where this step is not possible."""

    type, status = "registration-state", 409
    title = "The request does not stand where this is possible"
    detail = "The request is {state}. Open steps: {steps}."
    remedy = "Read the request again, then take one of the open steps."

    def __init__(self, state: str, steps: Iterable[str]) -> None:
        super().__init__(state=state, steps=", ".join(steps) or "-")


class NotYourReview(Problem):
    """Another official of the institution has taken the request in hand."""

    type, status = "registration-claimed", 409
    title = "A colleague works on this request"
    detail = "Only the official who has claimed a request, or a head, decides on it."
    remedy = "Leave it to your colleague, or ask a head."


class RegistrationOpen(Problem):
    """The person has an open request at this institution."""

    type, status = "registration-open", 409
    title = "There is an open request already"
    detail = "You have a request at this institution that is not decided yet."
    remedy = "Wait for the decision, or complete that request."


class AlreadyRecognised(Problem):
    """The person is known well enough there already."""

    type, status = "already-recognised", 409
    title = "You are known already"
    detail = "Your account was validated, or this institution has approved you before."
    remedy = "No further request is needed."


class EvidenceNotNeeded(Problem):
    """A document is sent where the register answers (Law 9/2023: nobody asks for what an authority holds)."""

    type, status = "evidence-not-needed", 409
    title = "No document is needed"
    detail = "Your data is checked in the population register; a copy of a document may not be asked for."
    remedy = "Send the request without documents."


class EvidenceMissing(Problem):
    """Nobody can be approved by a document that was not sent."""

    type, status = "evidence-missing", 409
    title = "A document is missing"
    detail = "Your data cannot be checked in a register, so a copy of a document is needed."
    remedy = "Send a copy of the document as JPEG, PNG or PDF."


class TooMuchEvidence(Problem):
    """More documents than a request holds."""

    type, status = "too-much-evidence", 409
    title = "The request holds enough documents"
    detail = "A request holds at most {most} documents."
    remedy = "Send one legible copy of each page that matters."


class UnreadableFile(Problem):
    """The file is not what its type says."""

    type, status = "unreadable-file", 422
    title = "The file cannot be read"
    detail = "Only JPEG, PNG and PDF files are taken, and the file is none of these."
    remedy = "Send the copy as JPEG, PNG or PDF."
