"""Problems of offences."""

from hub_core.problem import Problem


class OffenceUnknown(Problem):
    """No offence has this code on that day."""

    type, status = "offence-unknown", 422
    title = "The offence is not in the list"
    detail = "The list of offences of {day} does not have {code}."
    remedy = "Choose one of the listed offences of the day on which it was committed."


class DayNotCovered(Problem):
    """The record does not reach back to that day, or its law is not known yet."""

    type, status = "offences-day-not-covered", 422
    title = "The law of that day is not held here"
    detail = "No list of offences holds on {day}."
    remedy = "Ask about a day from 2024 on."
