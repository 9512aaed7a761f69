"""The problems of providers of text messages that report what became of them."""

from hub_core.problem import Problem


class ReceiptRefused(Problem):
    """There is no such provider, or it is not proved that this comes from it: both look the same."""

    type, status = "sms-receipt-refused", 401
    title = "The report is refused"
    detail = "It is not proved that this report comes from a provider of text messages of the hub."
    remedy = "Send the credentials, or sign the form together with its address, as agreed."


class ReceiptUnreadable(Problem):
    """It comes from the provider, but is no report by its protocol."""

    type, status = "sms-receipt-unreadable", 422
    title = "The report cannot be read"
    detail = "The body is not a report by the protocol of this provider."
    remedy = "Compare it with the protocol that was agreed."
