"""Problems of asking for extracts; texts are English message ids (see `locale/`)."""

from hub_core.problem import FieldError, Problem


class InstitutionClientRequired(Problem):
    """Who calls is no client that stands for an institution of the catalog."""

    type, status = "institution-client-required", 403
    title = "For institutions only"
    detail = "Extracts are given to public institutions, each through a client of its own."
    remedy = "Private employers ask the person for the certificate. An institution is connected by the hub."


class ExtractBatchNotFound(Problem):
    """No such batch, or another institution's: the two look the same on purpose."""

    type, status = "extract-batch-not-found", 404
    title = "The batch was not found"
    detail = "Your institution has asked for nothing with this identifier."
    remedy = "Check the identifier; a batch answers to clients of the institution that sent it."


class ExtractNotFound(Problem):
    """No such item in the batch, or nothing was issued for it, or it is not valid any more."""

    type, status = "extract-not-found", 404
    title = "There is no extract"
    detail = "No valid extract was issued for this item."
    remedy = "Read the item: its state says what came of it."


class ReferenceRepeated(Problem):
    """Two items of a batch have the same reference."""

    type, status = "extract-reference-repeated", 422
    title = "A reference stands twice"
    detail = "Each item of a batch has a reference of its own."
    remedy = "Give each person another reference."

    def __init__(self, place: int) -> None:
        super().__init__(errors=[FieldError(f"/items/{place}/reference", self.type, self.detail)])
