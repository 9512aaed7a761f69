"""The problems a caller of petitions can meet; texts are English message ids (see `locale/`)."""

from hub_core.problem import FieldError, Problem


class PetitionNotFound(Problem):
    """No such petition, or another person's: the two look the same on purpose."""

    type, status = "petition-not-found", 404
    title = "The petition was not found"
    detail = "You have no petition with this identifier."
    remedy = "Check the identifier, and that you are signed in with the account that filed the petition."


class InstitutionUnknown(Problem):
    """The addressee is not in the directory of institutions."""

    type, status = "institution-unknown", 422
    title = "The institution is not known"
    detail = "There is no institution with the given identifier."
    remedy = "Choose an institution from the catalog of institutions."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/institution_id", self.type, self.detail)])


class InstitutionAcceptsNoPetitions(Problem):
    """The addressee is closed, not open yet, or receives no petitions here."""

    type, status = "institution-accepts-no-petitions", 422
    title = "The institution accepts no petitions"
    detail = "The institution is closed or does not receive petitions through the hub."
    remedy = "Choose another institution from the catalog, one that accepts petitions."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/institution_id", self.type, self.detail)])
