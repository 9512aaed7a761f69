"""Problems of revoking and correcting certificates."""

from hub_core.problem import Problem


class CertificateEnded(Problem):
    """The certificate has been revoked or superseded already, or its last day is over."""

    type, status = "certificate-ended", 409
    title = "The certificate is no longer good"
    detail = "The certificate has ended: {standing}."
    remedy = "Read its history; where a newer certificate took its place, change that one."


class ChangeProposed(Problem):
    """There is a proposal for the certificate that is not decided yet."""

    type, status = "certificate-change-open", 409
    title = "A change of this certificate waits for its decision"
    detail = "One change at a time can be proposed for a certificate."
    remedy = "Wait until the head of the unit has decided on it."


class ChangeDecided(Problem):
    """The proposal has been decided."""

    type, status = "certificate-change-decided", 409
    title = "The change has been decided"
    detail = "A decision on a change of a certificate is made once."
    remedy = "Propose a new change, if one is needed."
