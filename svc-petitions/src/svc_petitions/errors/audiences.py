"""Problems of audiences."""

from collections.abc import Sequence

from hub_core.problem import FieldError, Problem


class AudienceNotFound(Problem):
    """No such request for an audience, or another institution's: the two look the same."""

    type, status = "audience-not-found", 404
    title = "The audience was not found"
    detail = "No request for an audience with this identifier is yours."
    remedy = "Check the identifier: it is that of the petition of the kind AUDIENCE."


class SittingNotFound(Problem):
    """No such sitting, or another institution's."""

    type, status = "sitting-not-found", 404
    title = "The sitting was not found"
    detail = "Your institution has no sitting with this identifier."
    remedy = "List the sittings of your institution."


class AudienceStateForbids(Problem):
    """The audience stands where this step is not possible."""

    type, status = "audience-state-forbids", 409
    title = "The audience stands where this is not possible"
    detail = "The audience is {state}; from there it does not go to {to}, but to: {open}."
    remedy = "Read the audience again, then do what is possible now."

    def __init__(self, state: str, to: str, is_open: Sequence[str]) -> None:
        super().__init__(state=state, to=to, open=", ".join(is_open) or "-")


class AudienceChanged(Problem):
    """Somebody else has taken a step since the audience was read."""

    type, status = "audience-changed", 409
    title = "The audience has changed in between"
    detail = "Somebody has taken a step on this audience since it was read."
    remedy = "Read the audience again, then do what is still to be done."


class AudiencePlaceTaken(Problem):
    """Somebody else is received then, or the sitting has no such place."""

    type, status = "audience-place-taken", 409
    title = "This place is not free"
    detail = "Somebody has the place already, or the sitting has no free place."
    remedy = "Choose another place, or another sitting."


class ReceivedInSitting(Problem):
    """The same person has a place in this sitting."""

    type, status = "received-in-sitting", 409
    title = "This person has a place in the sitting already"
    detail = "Nobody is received twice in one sitting."
    remedy = "Choose another sitting, or give up the other place first."


class SittingCancelled(Problem):
    """The sitting does not take place."""

    type, status = "sitting-cancelled", 409
    title = "The sitting was cancelled"
    detail = "Nobody is received in a sitting that was cancelled."
    remedy = "Choose another sitting."


class SittingNotToCome(Problem):
    """The hour has passed."""

    type, status = "sitting-not-to-come", 409
    title = "The hour has passed"
    detail = "The sitting, or this place of it, is not to come any more."
    remedy = "Choose a later hour."


class SittingTooSoon(Problem):
    """A sitting is published for an hour to come."""

    type, status = "sitting-too-soon", 422
    title = "The sitting would begin in the past"
    detail = "A sitting begins at an hour to come."
    remedy = "Give a later hour."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/starts_at", self.type, self.detail)])


class AudienceTooLong(Problem):
    """More minutes for each person than the rule gives."""

    type, status = "audience-too-long", 422
    title = "Too many minutes for each person"
    detail = "Each person is received for at most {most} minutes ({legal_basis})."
    remedy = "Give fewer minutes for each person."

    def __init__(self, most: int, legal_basis: str) -> None:
        wrong = FieldError("/minutes", self.type, self.detail, {"most": most, "legal_basis": legal_basis})
        super().__init__(errors=[wrong], most=most, legal_basis=legal_basis)


class AudienceNotYet(Problem):
    """The audience has not begun."""

    type, status = "audience-not-yet", 409
    title = "The audience has not begun"
    detail = "What is said of an audience is written when it has begun."
    remedy = "Wait until the hour of the audience."


class NotTheHost(Problem):
    """Somebody else receives."""

    type, status = "not-the-host", 403
    title = "Somebody else receives this person"
    detail = "Only who receives, and heads, prepare an audience and write its minutes."
    remedy = "Ask a head of your institution."


class FollowedUpAlready(Problem):
    """A petition came of it already."""

    type, status = "followed-up-already", 409
    title = "A petition was opened for this audience already"
    detail = "An audience is followed up by one petition."
    remedy = "Work on the petition that is linked to the audience."
