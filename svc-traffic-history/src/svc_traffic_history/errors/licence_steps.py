"""Problems of licences that are taken away or given back."""

from collections.abc import Iterable

from hub_core.problem import Problem


class LicenceStands(Problem):
    """The licence stands where this step is not possible."""

    type, status = "licence-state", 409
    title = "The licence does not allow this step"
    detail = "The licence is {state}. What can follow: {steps}."
    remedy = "Read the record again; a colleague may have recorded it already."

    def __init__(self, state: str, steps: Iterable[str]) -> None:
        super().__init__(state=state, steps=", ".join(steps))


class LicenceDayWrong(Problem):
    """The day lies before the last step, or in the future."""

    type, status = "licence-day", 422
    title = "The day does not fit the licence"
    detail = "The day lies before the last step of the licence, or in the future."
    remedy = "Compare the day with the steps of the licence."
