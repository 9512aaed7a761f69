"""Problems of the invented people of applications in the sandbox."""

from hub_core.problem import Problem


class NotInSandbox(Problem):
    """Only an application in the sandbox has people of its own."""

    type, status = "not-in-sandbox", 409
    title = "The application is not in the sandbox"
    detail = "It serves everybody, so it has no test people."
    remedy = "Register another application for your tests; it begins in the sandbox."


class OnlyInItsApplication(Problem):
    """Somebody invented has come to a page where people look after their own account."""

    type, status = "only-in-its-application", 403
    title = "This is a test person"
    detail = "Test people sign in to the application that they were made for, and nowhere else."
    remedy = "Sign out, and begin at that application."
