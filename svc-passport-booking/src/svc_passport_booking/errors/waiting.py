"""What stands against waiting for a place; texts are English message ids (see `locale/`)."""

from collections.abc import Collection

from hub_core.problem import FieldError, Problem


class WaitingEntryNotFound(Problem):
    """No such entry, or another person's: the two look the same on purpose."""

    type, status = "waiting-entry-not-found", 404
    title = "The entry in the waiting list was not found"
    detail = "There is no entry of yours like this."
    remedy = "Check the code and the four digits, or the account you are signed in with."


class WaitingState(Problem):
    """The entry is in a state in which this cannot be done."""

    type, status = "waiting-state", 409
    title = "The entry in the waiting list has gone on"
    detail = "It is {state}."
    remedy = "Read the entry again."

    def __init__(self, state: str) -> None:
        super().__init__(state=state)


class AlreadyWaiting(Problem):
    """One active entry of a person for each family of types; `numbers` are those who have one."""

    type, status = "already-waiting", 409
    title = "There is an entry in the waiting list already"
    detail = "A person can wait for the same thing once at a time."
    remedy = "Use the entry there is, or leave the list with it first."

    def __init__(self, numbers: Collection[int] = ()) -> None:
        super().__init__(
            errors=[FieldError(f"/persons/{number}", self.type, self.detail) for number in sorted(numbers)]
        )


class DaysNotBookable(Problem):
    """No day of those that were named can be booked now."""

    type, status = "days-not-bookable", 422
    title = "There is nothing to wait for on these days"
    detail = "The days are over, too far ahead, or the last one is before the first."
    remedy = "Choose days from today to the end of the window for booking."


class NotServedThere(Problem):
    """The office or the county does not serve what was named."""

    type, status = "not-served-there", 422
    title = "This is not served there"
    detail = "No office that was named serves this."
    remedy = "Choose an office from the list of offices that serve it."
