"""Problems of registering and reviewing client applications."""

from hub_core.problem import Problem


class TooManyApplications(Problem):
    """The person has registered as many applications as one may."""

    type, status = "too-many-applications", 409
    title = "You have too many applications"
    detail = "One person may register {most} applications."
    remedy = "Delete an application that is no longer needed."


class ReviewNeeded(Problem):
    """A client in production is changed by a review."""

    type, status = "review-needed", 409
    title = "This change has to be reviewed"
    detail = "The application serves everybody: only its keys and secrets change without a review."
    remedy = "Ask for a review with the changed data."


class ReviewOpen(Problem):
    """A review of the client waits for its decision."""

    type, status = "review-open", 409
    title = "A review is open"
    detail = "A review of this application waits for its decision."
    remedy = "Wait for the decision, or withdraw the request."


class WrongState(Problem):
    """The state forbids the transition."""

    type, status = "wrong-state", 409
    title = "This is not possible in the present state"
    detail = "The state is {state}. Possible next states: {open}."
    remedy = "Read the resource again and choose a transition that is open."


class NoSecret(Problem):
    """The client proves itself in another way than by a secret."""

    type, status = "no-secret", 409
    title = "The application uses no secret"
    detail = "Its authentication method needs none."
    remedy = "Choose the method client_secret_basic or client_secret_post first."
