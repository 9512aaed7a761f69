"""Problems of deciding, which every service meets that has two people decide."""

from .problem import Problem


class FourEyes(Problem):
    """The same person would take both steps of a decision that takes two people."""

    type, status = "four-eyes", 403
    title = "A second person is needed"
    detail = "Who took the first step of this decision may not take the second one."
    remedy = "Ask a colleague to take the next step."
