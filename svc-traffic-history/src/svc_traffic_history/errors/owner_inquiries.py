"""Problems of asking owners who drove."""

from hub_core.problem import Problem


class InquiryNotFound(Problem):
    """The report has no such inquiry."""

    type, status = "owner-inquiry-not-found", 404
    title = "The inquiry was not found"
    detail = "This report has no inquiry with this identifier."
    remedy = "Open the report again; it lists its inquiries."


class InquiryOpen(Problem):
    """Somebody was asked and has not answered yet."""

    type, status = "owner-inquiry-open", 409
    title = "An inquiry is open"
    detail = "Who was asked last has not answered yet."
    remedy = "Record the answer, or that none came in time; then ask the next."


class InquiryAnswered(Problem):
    """An inquiry has one answer."""

    type, status = "owner-inquiry-answered", 409
    title = "The answer is recorded already"
    detail = "An inquiry has one answer, and this one is recorded."
    remedy = "Open the report again to see it."


class AnswerDayWrong(Problem):
    """The day of an answer is not possible."""

    type, status = "owner-answer-day", 422
    title = "The day of the answer is not possible"
    detail = "An answer comes after the question and not in the future; silence is recorded after the term."
    remedy = "Compare the day with those of the inquiry."
