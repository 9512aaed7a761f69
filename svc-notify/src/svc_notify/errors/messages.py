"""The problems a caller of svc-notify can meet."""

from hub_core.problem import Problem


class MessageNotFound(Problem):
    """No such message, or somebody else's: the two look the same on purpose."""

    type, status = "message-not-found", 404
    title = "There is no such message"
    detail = "No message with this identifier was sent to you."
    remedy = "Check the identifier, and the account you are signed in with."
