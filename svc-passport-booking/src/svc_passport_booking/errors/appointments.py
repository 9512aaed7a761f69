"""What stands against an appointment; texts are English message ids (see `locale/`)."""

from collections.abc import Collection

from hub_core.problem import FieldError, Problem


class AppointmentNotFound(Problem):
    """No such appointment, or another person's: the two look the same on purpose."""

    type, status = "appointment-not-found", 404
    title = "The appointment was not found"
    detail = "There is no appointment of yours like this."
    remedy = "Check the code and the four digits, or the account you are signed in with."


class AppointmentState(Problem):
    """The appointment is in a state from which there is no way there."""

    type, status = "appointment-state", 409
    title = "The appointment has gone on"
    detail = "It is {state}; from there it can become: {possible}."
    remedy = "Read the appointment again."

    def __init__(self, state: str, possible: Collection[str]) -> None:
        super().__init__(state=state, possible=", ".join(sorted(possible)) or "-")


class AlreadyBooked(Problem):
    """One active appointment of a person for each family of types; `numbers` are those who have one."""

    type, status = "already-booked", 409
    title = "There is an appointment already"
    detail = "A person can have one appointment for the same thing at a time."
    remedy = "Use the appointment there is, move it, or cancel it first."

    def __init__(self, numbers: Collection[int] = ()) -> None:
        super().__init__(
            errors=[FieldError(f"/persons/{number}", self.type, self.detail) for number in sorted(numbers)]
        )
