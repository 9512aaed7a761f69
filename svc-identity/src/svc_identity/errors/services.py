"""Problems between services."""

from hub_core.problem import Problem


class InvalidServiceCredentials(Problem):
    """The service named in the Basic credentials is unknown, or the secret is wrong (RFC 7617)."""

    type, status = "invalid-service-credentials", 401
    title = "The service could not be recognised"
    detail = "The service name or its secret is wrong."
    remedy = "Check HUB_SERVICE_SECRET of the calling service."

    def __init__(self) -> None:
        super().__init__(headers={"www-authenticate": 'Basic realm="hub", charset="UTF-8"'})
