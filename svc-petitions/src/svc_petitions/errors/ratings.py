"""The problems of who rates an answer (texts: see `locale/`)."""

from hub_core.problem import Problem


class RatingClosed(Problem):
    """The days in which the answer could be rated are over."""

    type, status = "petition-rating-closed", 409
    title = "The answer cannot be rated any more"
    detail = "An answer can be rated for some days after it was sent."
    remedy = "Write to the institution if something is still open, or file a new petition."


class AlreadyRated(Problem):
    """It was rated before: what was told of a period never changes."""

    type, status = "petition-already-rated", 409
    title = "You have rated this answer already"
    detail = "A rating is given once, because it is counted as it was given."
    remedy = "There is nothing to do."
