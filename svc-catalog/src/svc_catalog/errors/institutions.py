"""Problems with institutions."""

from hub_core.problem import Problem


class InstitutionNotFound(Problem):
    """No institution has this id or code."""

    type, status = "institution-not-found", 404
    title = "The institution is not in the catalog"
    detail = "No institution has this identifier or code."
    remedy = "Look for the institution by name; former names are found too."
