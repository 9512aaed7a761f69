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
