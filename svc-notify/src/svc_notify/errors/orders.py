"""The problems of institutions that order messages."""

from hub_core.problem import Problem


class OnlyInstitutionsSend(Problem):
    """Who calls is no client that stands for an institution of the catalog."""

    type, status = "only-institutions-send", 403
    title = "Only institutions send messages"
    detail = "Messages are ordered by public institutions, each through a client of its own."
    remedy = "Ask the hub to connect your institution; a person's or another application's token does not do."


class OrderUnsound(Problem):
    """What was ordered cannot be sent as it is; `errors` says what to change."""

    type, status = "order-unsound", 422
    title = "This cannot be sent"
    detail = "Nothing was accepted. Each member that has to be changed is named."
    remedy = "Correct the members that are named, and send the whole request again with another key."


class OrderNotFound(Problem):
    """No such order, or another institution's: the two look the same on purpose."""

    type, status = "order-not-found", 404
    title = "The order was not found"
    detail = "Your institution has ordered nothing with this identifier."
    remedy = "Check the identifier; an order answers to clients of the institution that sent it."


class BatchNotFound(Problem):
    """No such batch, or another institution's: the two look the same on purpose."""

    type, status = "batch-not-found", 404
    title = "The batch was not found"
    detail = "Your institution has sent no batch with this identifier."
    remedy = "Check the identifier; a batch answers to clients of the institution that sent it."


class OrderNotWaiting(Problem):
    """An order that has gone, or has ended, cannot be cancelled."""

    type, status = "order-not-waiting", 409
    title = "The order waits no longer"
    detail = "It is {state}; only what still waits can be cancelled."
    remedy = "Read the order: its state says what became of it."


class ReferenceUsed(Problem):
    """The reference, said to be used once, was used for another order."""

    type, status = "order-reference-used", 409
    title = "This reference stands for another order"
    detail = "Something else was ordered with this reference, which was said to be used once."
    remedy = "Find that order by the reference; use a reference of its own for another message."


class SendingLimitReached(Problem):
    """The institution has ordered as much as it may for now."""

    type, status = "sending-limit-reached", 429
    title = "The institution has ordered as many messages as it may"
    detail = "Nothing of this request was accepted or counted."
    remedy = "Wait for the time that Retry-After gives; ask the hub for a higher limit if you need one."


class OrderEventsForgotten(Problem):
    """A cursor from before the oldest state that is kept."""

    type, status = "order-events-forgotten", 410
    title = "What happened after this cursor is no longer kept"
    detail = "Read on without a cursor: that begins with the oldest state that is kept."
    remedy = "Read the orders themselves for where they stand now."
