"""Problems with places and offices."""

from hub_core.problem import Problem


class PlaceNotFound(Problem):
    """No place has this SIRUTA code."""

    type, status = "place-not-found", 404
    title = "The place is not in the catalog"
    detail = "No place has this SIRUTA code."
    remedy = "Look for the place by name; a county narrows the list."


class OfficeNotFound(Problem):
    """No office has this id or code."""

    type, status = "office-not-found", 404
    title = "The office is not in the catalog"
    detail = "No office has this identifier or code."
    remedy = "Look for the offices of the institution or of the county."
