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


class TooManyAppointments(Problem):
    """As many active appointments as one account may have."""

    type, status = "too-many-appointments", 409
    title = "There are too many appointments already"
    detail = "One account can have {most} appointments to come."
    remedy = "Cancel one that nobody needs, or book again after one of them."


class TooLateToChange(Problem):
    """So little is left until the appointment that the place would go to nobody."""

    type, status = "too-late-to-change", 409
    title = "It is too late for that"
    detail = "An appointment can be cancelled or moved until {minutes} minutes before it begins."
    remedy = "If you cannot come, the appointment ends by itself."


class OutsideWindow(Problem):
    """The interval is beyond the days for which appointments are given today."""

    type, status = "outside-booking-window", 422
    title = "This day cannot be booked yet"
    detail = "Appointments are given for today and the {days} days after."
    remedy = "Choose an earlier day, or come back when the day has come nearer."


class TypeNotServed(Problem):
    """The counters of the interval do not serve what it is to be booked for."""

    type, status = "type-not-served", 422
    title = "This is not done at these counters"
    detail = "The counters of the interval do not serve what you want to book for."
    remedy = "Choose an interval that availability shows for it."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/type", self.type, self.detail)])


class TooManyPersons(Problem):
    """More persons than one appointment takes."""

    type, status = "too-many-persons", 422
    title = "Too many persons for one appointment"
    detail = "One appointment takes {most} persons at most."
    remedy = "Book a second appointment for the others."


class PersonNamedTwice(Problem):
    """The same CNP stands twice in one appointment."""

    type, status = "person-named-twice", 422
    title = "A person is named twice"
    detail = "Each person can be named once."
    remedy = "Take the second entry away."

    def __init__(self, number: int) -> None:
        super().__init__(errors=[FieldError(f"/persons/{number}", self.type, self.detail)])


class NumberOfTheFuture(Problem):
    """The CNP tells of a birth that is still to come."""

    type, status = "birth-to-come", 422
    title = "The personal number is not right"
    detail = "The date of birth is still to come."
    remedy = "Check the digits of the personal number."

    def __init__(self, number: int, member: str = "cnp") -> None:
        super().__init__(errors=[FieldError(f"/persons/{number}/{member}", self.type, self.detail)])


class AccountUnknown(Problem):
    """No register vouches for the person who signed in."""

    type, status = "account-unknown", 403
    title = "Your identity is not known well enough"
    detail = "The population register has not confirmed who you are, so nothing can be filled in for you."
    remedy = "Name the person with personal number and names instead."


class DidNotCome(Problem):
    """Who did not come to an appointment waits before booking again."""

    type, status = "did-not-come", 409
    title = "Booking is not possible yet"
    detail = "Who did not come to an appointment can book again after {days} days."
    remedy = "Come back later; cancelling in time avoids this."

    def __init__(self, numbers: Collection[int], days: int) -> None:
        errors = [
            FieldError(f"/persons/{number}", self.type, self.detail, {"days": days})
            for number in sorted(numbers)
        ]
        super().__init__(errors=errors, days=days)


class ConfirmationWrong(Problem):
    """The secret of the link or the code of the message is not right; for what does not exist as well."""

    type, status = "confirmation-wrong", 422
    title = "This does not confirm an appointment"
    detail = "The link or the code is not the one of the message that was sent."
    remedy = "Open the link of the newest message again, or type its six digits."
