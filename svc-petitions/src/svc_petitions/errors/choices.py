"""Problems of choosing the structure to which a file goes."""

from hub_core.problem import FieldError, Problem


class StructureNotSuggested(Problem):
    """The structure is none of those that are suggested for the file."""

    type, status = "structure-not-suggested", 422
    title = "This structure is not suggested for the file"
    detail = "Only one of the structures that are suggested is chosen."
    remedy = "Read the suggestions again, or name the institution when you send the file on."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/structure_id", self.type, self.detail)])


class NoAddressee(Problem):
    """The file is to be sent on, and it is not known to whom."""

    type, status = "no-addressee", 409
    title = "It is not known to whom the file goes"
    detail = "Nobody is named, and the registry has chosen no structure that could be addressed."
    remedy = "Name an institution of the hub or another addressee, or choose a structure that is suggested."
