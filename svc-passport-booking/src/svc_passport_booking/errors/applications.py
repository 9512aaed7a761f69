"""What stands against a step of an application; texts are English message ids (see `locale/`)."""

from collections.abc import Collection

from hub_core.problem import Problem


class ApplicationNotFound(Problem):
    """No such application, or the digits are not those of its person: the two look the same on purpose."""

    type, status = "application-not-found", 404
    title = "The application was not found"
    detail = "There is no application with this number and these digits."
    remedy = "Check the number on your receipt and the last nine digits of the personal number."


class ApplicationState(Problem):
    """The application is in a state from which there is no way there."""

    type, status = "application-state", 409
    title = "The application is elsewhere by now"
    detail = "It is {state}; from there it can become: {possible}."
    remedy = "Read the application again."

    def __init__(self, state: str, possible: Collection[str]) -> None:
        super().__init__(state=state, possible=", ".join(sorted(possible)) or "-")


class NoPickUpMessages(Problem):
    """Messages that something can be fetched go to Romanian mobile numbers only."""

    type, status = "pick-up-number", 422
    title = "No message can be sent to this number"
    detail = "Messages that a document can be fetched go to Romanian mobile numbers only."
    remedy = "Give a Romanian mobile number, or look the state up by the number of the application."
