"""The problems of mail servers that hand over what came back."""

from hub_core.problem import Problem


class BounceRefused(Problem):
    """It is not proved that this comes from a mail server of the hub, or none is agreed on."""

    type, status = "bounce-refused", 401
    title = "The message is refused"
    detail = "It is not proved that this message comes from a mail server of the hub."
    remedy = "Send the secret that was agreed, by HTTP Basic with the name bounces."


class BounceTypeRefused(Problem):
    """The body is not sent as a mail."""

    type, status = "bounce-type-refused", 415
    title = "The content type is not supported"
    detail = "This operation takes message/rfc822."
    remedy = "Send the message as it came, with the header Content-Type: message/rfc822."
