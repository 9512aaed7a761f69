"""Problems of suspensions of the right to drive."""

from collections.abc import Iterable

from hub_core.problem import Problem


class SuspensionNotFound(Problem):
    """There is no such suspension."""

    type, status = "suspension-not-found", 404
    title = "The suspension was not found"
    detail = "No suspension has this identifier."
    remedy = "Read the record of the driver again."


class SuspensionStands(Problem):
    """The suspension stands where this step is not possible."""

    type, status = "suspension-state", 409
    title = "The suspension does not allow this step"
    detail = "The suspension is {state}. It can become: {states}."
    remedy = "Read the suspension again; a colleague may have gone on with it."

    def __init__(self, state: str, states: Iterable[str]) -> None:
        super().__init__(state=state, states=", ".join(states) or "-")


class SuspensionDateWrong(Problem):
    """The day lies before what has to come first."""

    type, status = "suspension-date", 422
    title = "The day does not fit"
    detail = "The day lies before the step that it follows, or in the future."
    remedy = "Compare the day with the steps of the suspension."


class NotReducible(Problem):
    """The conditions of the reduction by a third are not met."""

    type, status = "suspension-not-reducible", 409
    title = "The suspension is not reduced"
    detail = "A condition of the law is not met: {reason}."
    remedy = "OUG 195/2002 art. 104 and 106 say for whom a suspension is reduced by a third."
