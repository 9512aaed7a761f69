"""The problems of registrars (texts: see `locale/`)."""

from hub_core.problem import FieldError, Problem


class ReceivedOnWrong(Problem):
    """It cannot have come in after the day on which it is registered."""

    type, status = "petition-received-on-wrong", 422
    title = "The day of receipt lies in the future"
    detail = "A petition is registered on the day it was received, or after."
    remedy = "Correct the day on which the petition came to the institution."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/received_on", self.type, self.detail)])


class ParentNeeded(Problem):
    """A child signs through a parent or guardian."""

    type, status = "petition-parent-needed", 422
    title = "A parent or guardian signs for this child"
    detail = "Who is under {age} makes a petition through a parent or guardian."
    remedy = "Name the parent or guardian who signs for the child."

    def __init__(self, age: int) -> None:
        super().__init__(age=age, errors=[FieldError("/petitioners", self.type, self.title)])
