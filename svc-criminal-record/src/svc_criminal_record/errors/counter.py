"""Problems of requests at the counter."""

from hub_core.problem import Problem


class NotAtYourCounter(Problem):
    """The certificate was asked for at another unit, or online."""

    type, status = "certificate-not-of-your-counter", 404
    title = "No certificate of your counter"
    detail = "There is no certificate here that was asked for at your unit and is issued."
    remedy = "The holder finds a certificate that was asked for online in the own account."
