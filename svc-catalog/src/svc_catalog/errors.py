"""The problems a caller can meet."""

from hub_core.problem import Problem


class InstitutionNotFound(Problem):
    """No institution has this id or code."""

    type, status = "institution-not-found", 404
    title = "The institution is not in the catalog"
    detail = "No institution has this identifier or code."
    remedy = "Look for the institution by name; former names are found too."


class ServiceNotFound(Problem):
    """No published service has this code."""

    type, status = "service-not-found", 404
    title = "The service is not in the catalog"
    detail = "No published service has this code."
    remedy = "Look for the service by name or by what you want to do."
