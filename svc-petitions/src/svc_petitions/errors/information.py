"""The problems that who asked for public information can meet when they complain."""

from datetime import date

from hub_core.problem import FieldError, Problem


class NotARequestForInformation(Problem):
    """The petition is no request for public information."""

    type, status = "no-request-for-information", 409
    title = "This is no request for public information"
    detail = "An administrative complaint of Legea 544/2001 is about a request for public information."
    remedy = "File a petition, or a prior complaint."


class NothingToComplainOf(Problem):
    """The information was given, or the term of the answer runs."""

    type, status = "nothing-to-complain-of", 409
    title = "There is no refusal and no silence"
    detail = "The information was given, or the term of the answer is not over."
    remedy = "The term of the request says until when it is to be answered."


class ComplainedTooLate(Problem):
    """The term of the complaint is over."""

    type, status = "complaint-too-late", 409
    title = "The term of the complaint is over"
    detail = "The complaint could be made until {last}."
    remedy = "Ask for the information again, or go to court while its own term runs."

    def __init__(self, last: date) -> None:
        super().__init__(last=f"{last:%d.%m.%Y}")


class ComplainedAlready(Problem):
    """The same was complained of before."""

    type, status = "complained-already", 409
    title = "You have complained of this already"
    detail = "A refusal, or a silence, is complained of once."
    remedy = "Read how your complaint stands."


class LearnedOnWrong(Problem):
    """Nobody could have learned of it on that day."""

    type, status = "complaint-learned-on-wrong", 422
    title = "You cannot have learned of it on this day"
    detail = "The day lies before the refusal, before the end of the term, or after today."
    remedy = "Give the day on which you learned of it, or leave it out."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/learned_on", self.type, self.detail)])
