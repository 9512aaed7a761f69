"""Problems of hand-overs between compartments."""

from hub_core.problem import Problem


class FileNotToHandOver(Problem):
    """Only a file that nobody works on is handed over, and only to another compartment."""

    type, status = "file-not-to-hand-over", 409
    title = "The file cannot be handed over"
    detail = "It has ended, somebody works on it, or the compartment has it already."
    remedy = "Let the head assign the file anew, or choose another compartment."


class TransferWaiting(Problem):
    """A file is handed over once at a time."""

    type, status = "transfer-waiting", 409
    title = "The file is being handed over already"
    detail = "A hand-over of this file waits for the compartment that receives it."
    remedy = "Wait until it is accepted or refused."


class TransferNotFound(Problem):
    """No such hand-over, or another institution's."""

    type, status = "transfer-not-found", 404
    title = "The hand-over was not found"
    detail = "Your institution has no hand-over with this identifier."
    remedy = "Choose one from the list of hand-overs that wait for your compartment."


class TransferDecided(Problem):
    """A hand-over is decided once."""

    type, status = "transfer-decided", 409
    title = "The hand-over is decided already"
    detail = "Somebody has accepted or refused it before."
    remedy = "Read the hand-overs of the file."


class NotYourCompartment(Problem):
    """Who receives decides: a member of that compartment, and not who handed the file over."""

    type, status = "not-your-compartment", 403
    title = "This hand-over is not for you to decide"
    detail = "Only a member of the compartment that receives decides, and never who handed the file over."
    remedy = "Let somebody of the receiving compartment accept or refuse it."
