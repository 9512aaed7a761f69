"""The problems that who fetches a status list can meet."""

from hub_core.problem import Problem


class StatusListNotFound(Problem):
    """No certificate was given a place in a list of this number."""

    type, status = "status-list-not-found", 404
    title = "There is no such status list"
    detail = "No certificate names a status list with this number."
    remedy = "Take the address of the list from the certificate's QR code or from the wallet's credential."
