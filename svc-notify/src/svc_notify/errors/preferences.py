"""The problems that somebody can meet who says how messages reach them."""

from hub_core.problem import Problem


class QuietHoursRefused(Problem):
    """Hours of one's own are at least everybody's, and no longer than a rule says."""

    type, status = "quiet-hours-refused", 422
    title = "These quiet hours cannot be set"
    detail = "Quiet hours of your own include those from {begin} to {end} and last {longest} hours at most."
    remedy = "Choose other hours, or leave them out to keep everybody's."


class NotSuppressed(Problem):
    """The address takes messages as far as is known, or there is none."""

    type, status = "address-not-suppressed", 404
    title = "This address is not left alone"
    detail = "None of your addresses has sent messages of the hub back by this channel."
    remedy = "Nothing has to be done: messages go there."


class LiftedLately(Problem):
    """The address was tried again a short time ago, and sent a message back since."""

    type, status = "address-tried-lately", 429
    title = "This address was tried again a short time ago"
    detail = "It has sent a message back since then."
    remedy = "Check the address and the mailbox, and ask again later."


class UnsubscriptionNotFound(Problem):
    """No link of a message, or one that was cut off."""

    type, status = "unsubscription-not-found", 404
    title = "This link does not work"
    detail = "It is not a link from a message of the hub, or a part of it is missing."
    remedy = "Open the link from the message again, or set in your account what you want to be told."
