"""The problems of documents that are made, sealed and kept."""

from hub_core.problem import Problem


class SealNotInForce(Problem):
    """The certificate of the seal was revoked: nothing is sealed until there is another."""

    type, status = "seal-not-in-force", 503
    title = "Nothing can be sealed for now"
    detail = "The electronic seal of this service is not in force. What you asked for has not been done."
    remedy = "Try again later. Nothing is lost: a number that was given stays with its answer."
