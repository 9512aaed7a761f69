"""Problems with institutions."""

from hub_core.problem import Problem


class InstitutionNotFound(Problem):
    """No institution has this id or code."""

    type, status = "institution-not-found", 404
    title = "The institution is not in the catalog"
    detail = "No institution has this identifier or code."
    remedy = "Look for the institution by name; former names are found too."


class InstitutionExists(Problem):
    """An institution has this code already, perhaps one that is no more."""

    type, status = "institution-exists", 409
    title = "The code of the institution is taken"
    detail = "An institution has this code already; a code stays with its institution for good."
    remedy = "Choose another code, or change the institution that has it."


class InstitutionStructureWrong(Problem):
    """The place in the structure or the days contradict themselves."""

    type, status = "institution-structure-wrong", 422
    title = "The structure does not hold"
    detail = "The institution's place in the structure or its days contradict themselves."
    remedy = "Correct the members that are named."


class InstitutionHasParts(Problem):
    """Institutions under it would go on after its end."""

    type, status = "institution-has-parts", 409
    title = "Institutions under it go on"
    detail = "An institution cannot end before those that are under it."
    remedy = "Put them under another institution first, or end them by the same day."
