"""Problems of reviewing requests."""

from collections.abc import Iterable

from hub_core.problem import Problem


class NoRecordsUnit(Problem):
    """The official's institution issues no certificates."""

    type, status = "no-records-unit", 403
    title = "Your institution issues no criminal-record certificates"
    detail = "Only officers of the police units that keep the criminal record work on these requests."
    remedy = "Sign in for such a unit, if you are an officer there."


class NotInReview(Problem):
    """The request stands where this step is not possible."""

    type, status = "certificate-request-not-in-review", 409
    title = "The request does not wait for an officer"
    detail = "The request is {state}. Open steps: {steps}."
    remedy = "Read the queue again; somebody may have decided, or the person has given up the request."

    def __init__(self, state: str, steps: Iterable[str]) -> None:
        super().__init__(state=state, steps=", ".join(steps) or "-")


class ClaimedByColleague(Problem):
    """Another officer has the request in hand."""

    type, status = "certificate-request-claimed", 409
    title = "A colleague has this request in hand"
    detail = "One officer at a time works on a request. It comes back to the queue when the claim is over."
    remedy = "Take another request from the queue."


class NotClaimed(Problem):
    """The officer has not claimed the request, or the claim is over."""

    type, status = "certificate-request-not-claimed", 409
    title = "You do not have this request in hand"
    detail = "A request is opened and decided by the officer who has claimed it, while the claim holds."
    remedy = "Claim the request, then do the step again."


class ChangedSince(Problem):
    """The holder has died or bears another name, or the mandate has ended, since the claim."""

    type, status = "certificate-request-changed-since", 409
    title = "Something has come in between"
    detail = "The registers say something else of the holder or of the mandate than when you claimed it."
    remedy = "Claim the request again and open it: its reasons for review say what it is."


class MatchNotFound(Problem):
    """The register no longer says what the officer chose."""

    type, status = "register-match-not-found", 409
    title = "The register does not hold what you chose"
    detail = "What the register answers now has no record with this reference; it may have changed."
    remedy = "Open the request again and choose among the records that it shows."
