"""Problems with services."""

from hub_core.problem import Problem


class ServiceNotFound(Problem):
    """No published service has this code."""

    type, status = "service-not-found", 404
    title = "The service is not in the catalog"
    detail = "No published service has this code."
    remedy = "Look for the service by name or by what you want to do."
