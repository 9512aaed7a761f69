"""Problems of counselling."""

from hub_core.problem import FieldError, Problem


class ContactDayWrong(Problem):
    """A contact that has not been yet, or was too long ago."""

    type, status = "contact-day-wrong", 422
    title = "This contact cannot be recorded"
    detail = "A contact is recorded once it has been, and within {days} days."
    remedy = "Check the day and the hour."

    def __init__(self, days: int) -> None:
        super().__init__(errors=[FieldError("/at", self.type, self.detail, {"days": days})], days=days)


class CountedDaysWrong(Problem):
    """Days in the wrong order, or too many of them."""

    type, status = "counted-days-wrong", 422
    title = "These days cannot be counted at once"
    detail = "The last day is not before the first, and at most {days} days are counted at once."
    remedy = "Give other days, or ask several times."

    def __init__(self, days: int) -> None:
        super().__init__(errors=[FieldError("query/last", self.type, self.detail, {"days": days})], days=days)


class ContactPeriodOpen(Problem):
    """Contacts of the period may still be recorded."""

    type, status = "contact-period-open", 404
    title = "The figures of this period are not settled yet"
    detail = "A period is told once nothing of it can be recorded any more."
    remedy = "Ask for an earlier half-year or year."
