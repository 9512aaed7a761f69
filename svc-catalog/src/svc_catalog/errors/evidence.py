"""Problems with types of evidence."""

from hub_core.problem import Problem


class EvidenceTypeNotFound(Problem):
    """No type of evidence has this code."""

    type, status = "evidence-type-not-found", 404
    title = "The type of evidence is not in the catalog"
    detail = "No type of evidence has this code."
    remedy = "List the types of evidence, or read the service that names one."
