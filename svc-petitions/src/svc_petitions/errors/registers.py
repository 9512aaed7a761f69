"""Problems of registers."""

from hub_core.problem import Problem


class EntryNotFound(Problem):
    """No such number in the register of the caller's institution."""

    type, status = "entry-not-found", 404
    title = "The number was not found"
    detail = "The register of your institution has no such number in this year."
    remedy = "Check the number and the year."


class EntryStruckAlready(Problem):
    """A line is struck once."""

    type, status = "entry-struck-already", 409
    title = "The number is struck already"
    detail = "A line of the register has struck this number before."
    remedy = "Read the register: it names the line that has struck it."


class EntryStands(Problem):
    """Struck is only what came in, and only when no term of it runs: nothing disappears by being struck."""

    type, status = "entry-stands", 409
    title = "The number cannot be struck"
    detail = "Only the number of a petition that came in can be struck, and only when its file has ended."
    remedy = "Let the head class, join or forward the petition first, with its reason."


class ExtractEmpty(Problem):
    """There are no lines between the numbers that were asked for."""

    type, status = "register-extract-empty", 404
    title = "There is nothing in this part of the register"
    detail = "The register of your institution has no line between these numbers."
    remedy = "Choose numbers that were given in this year."
