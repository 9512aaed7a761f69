"""Problems of handling files."""

from hub_core.problem import Problem


class FileNotFound(Problem):
    """No such file, or one that stands in another institution's register: the two look the same."""

    type, status = "file-not-found", 404
    title = "The file was not found"
    detail = "Your institution has no file with this identifier."
    remedy = "Check the identifier, and that you are signed in for the institution that has the file."


class FileStateForbids(Problem):
    """The file stands where this step is not possible."""

    type, status = "file-state-forbids", 409
    title = "The file stands where this is not possible"
    detail = "The file is {state}; from there it does not go to {to}."
    remedy = "Read the file again: its open steps say what is possible now."

    def __init__(self, state: str, to: str) -> None:
        super().__init__(state=state, to=to)


class FileChanged(Problem):
    """Somebody else has taken a step on the file since it was read."""

    type, status = "file-changed", 409
    title = "The file has changed in between"
    detail = "Somebody has taken a step on this file since it was read."
    remedy = "Read the file again, then do what is still to be done."
