"""The problems of letting browsers listen."""

from hub_core.problem import Problem


class EndpointRefused(Problem):
    """No address of a push service that would be called."""

    type, status = "push-endpoint-refused", 422
    title = "The address of the push service is not one that is called"
    detail = "It has to begin with https, have the name of a server and no port of its own."
    remedy = "Send the endpoint as the browser gave it."


class PushSubscriptionNotFound(Problem):
    """No such subscription, or somebody else's: the two look the same on purpose."""

    type, status = "push-subscription-not-found", 404
    title = "There is no such subscription"
    detail = "No browser with this identifier listens for you."
    remedy = "Check the identifier, and the account you are signed in with."
