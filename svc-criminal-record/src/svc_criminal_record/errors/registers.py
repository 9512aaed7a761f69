"""When a register outside does not answer."""

from hub_core.problem import Problem


class RecordsUnavailable(Problem):
    """The national register did not answer in time."""

    type, status = "records-unavailable", 503
    title = "The criminal record does not answer"
    detail = "The national register cannot be asked for the moment."
    remedy = "Try again after the time that Retry-After gives."

    def __init__(self) -> None:
        super().__init__(headers={"retry-after": "30"})
