"""Problems with questions and advice."""

from hub_core.problem import Problem


class FaqNotFound(Problem):
    """No question has this id or code."""

    type, status = "faq-not-found", 404
    title = "The question is not in the catalog"
    detail = "No question has this identifier or code."
    remedy = "Look for the question by its words or by its subject."


class AdviceNotFound(Problem):
    """No advice has this code."""

    type, status = "advice-not-found", 404
    title = "The advice is not in the catalog"
    detail = "No advice has this code."
    remedy = "Look for the advice by its subject."
