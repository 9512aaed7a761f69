"""The problems of petitions that come out of others."""

from hub_core.problem import Problem


class NothingToSplit(Problem):
    """What would be taken out has the same term as the petition."""

    type, status = "nothing-to-split", 409
    title = "This needs no number of its own"
    detail = "What is asked for besides has the same term as the petition, and is answered with it."
    remedy = "Answer both together, or choose the kind that it is."
