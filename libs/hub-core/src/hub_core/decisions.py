"""Problems of deciding, which every service meets whose officials decide about people."""

from .problem import Problem


class FourEyes(Problem):
    """The same person would take both steps of a decision that takes two people."""

    type, status = "four-eyes", 403
    title = "A second person is needed"
    detail = "Who took the first step of this decision may not take the second one."
    remedy = "Ask a colleague to take the next step."


class OwnCase(Problem):
    """The official would decide on themselves, their spouse or a relative."""

    type, status = "own-case", 403
    title = "You may not decide in this case"
    detail = "Nobody decides about themselves, their spouse or their relatives."
    remedy = "Leave the case to a colleague."
