"""The problems of who asks how a petition stands (texts: see `locale/`)."""

from hub_core.problem import Problem


class StatusNotFound(Problem):
    """No petition has this number and this code together; which of the two is wrong is not said."""

    type, status = "petition-status-not-found", 404
    title = "No petition has this number and code"
    detail = "The number, the year, the institution or the code is not right."
    remedy = "Copy number and code from the slip of registration, and choose the institution that gave it."
