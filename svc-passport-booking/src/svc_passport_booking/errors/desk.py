"""What stands against a step at a counter; texts are English message ids (see `locale/`)."""

from collections.abc import Collection

from hub_core.problem import FieldError, Problem


class ArrivedEarly(Problem):
    """Check-in has not begun yet: who comes early is not received before others."""

    type, status = "arrived-early", 409
    title = "It is too early to check in"
    detail = "Check-in begins {minutes} minutes before the appointment."
    remedy = "Come back at that time; coming early gives no priority."


class DayIsOver(Problem):
    """The appointment was on another day."""

    type, status = "appointment-day-over", 409
    title = "The day of the appointment is over"
    detail = "The appointment was on a day that has passed."
    remedy = "Book a new appointment, or take a free place of today as a walk-in."


class NotWhoIsBooked(Problem):
    """Somebody else has come: appointments cannot be handed on. `shown` are places in what was sent."""

    type, status = "not-who-is-booked", 409
    title = "The appointment is for somebody else"
    detail = "The identity document is not that of a person for whom the appointment was booked."
    remedy = "Look at the document and the code again. An appointment cannot be handed on to others."

    def __init__(self, shown: Collection[int] = ()) -> None:
        super().__init__(errors=[FieldError(f"/cnps/{place}", self.type, self.detail) for place in shown])


class StillExpected(Problem):
    """The people of the appointment would still be in time."""

    type, status = "still-expected", 409
    title = "They may still come in time"
    detail = "A delay of {minutes} minutes is tolerated."
    remedy = "Wait until that time has passed."


class ApplicationNumberUsed(Problem):
    """The number was given to another application before."""

    type, status = "application-number-used", 409
    title = "The number of the application is in use"
    detail = "Another application has this number."
    remedy = "Check the number in the system that gave it."
