"""Problems that a person meets on a page."""

from hub_core.problem import Problem


class UnknownApplication(Problem):
    """An authorization or logout request names no client that is known."""

    type, status = "unknown-application", 400
    title = "The application is not known"
    detail = "The application that sent you here is not registered."
    remedy = "Go back to the application, or tell its owner."


class UnregisteredRedirect(Problem):
    """An authorization or logout request names an address that its client has not registered."""

    type, status = "unregistered-redirect", 400
    title = "The return address is not registered"
    detail = "The application that sent you here gave an address that is not its own."
    remedy = "Go back to the application, or tell its owner."


class RequestEnded(Problem):
    """An authorization request was answered before, or has run out."""

    type, status = "request-ended", 410
    title = "This request has ended"
    detail = "It was answered before, or it was open for too long."
    remedy = "Go back to the application you came from and start again."


class FormOutdated(Problem):
    """A form came without the secret of the browser that it was made for."""

    type, status = "form-outdated", 403
    title = "The page was open for too long"
    detail = "The form could not be matched to your browser. Nothing was changed."
    remedy = "Open the page again. If it stays so, allow cookies for this site."
