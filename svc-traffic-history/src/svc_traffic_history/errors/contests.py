"""Problems of reports that are contested by a petition."""

from hub_core.problem import Problem


class ContestLineNotFound(Problem):
    """There is no such report in the record, or it is somebody else's."""

    type, status = "record-line-not-found", 404
    title = "Your record has no such report"
    detail = "No report in your record has this identifier."
    remedy = "List the reports in your record; each has its identifier there."


class LineContested(Problem):
    """The report is contested by a petition that has not ended yet."""

    type, status = "record-line-contested", 409
    title = "You contest this report already"
    detail = "A petition about this report waits for its answer. Its number: {number}."
    remedy = "Add to that petition what is missing; when it has ended, you may write again."
