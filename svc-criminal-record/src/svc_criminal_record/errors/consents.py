"""Problems of letting institutions ask; texts are English message ids (see `locale/`)."""

from hub_core.problem import FieldError, Problem


class ConsentNotFound(Problem):
    """No such consent, or another person's: the two look the same on purpose."""

    type, status = "extract-consent-not-found", 404
    title = "The consent was not found"
    detail = "You have given no consent with this identifier."
    remedy = "Check the identifier, and that you are signed in with the account that gave the consent."


class ConsentInstitutionUnknown(Problem):
    """The catalog has no such institution today."""

    type, status = "consent-institution-unknown", 422
    title = "The institution is not known"
    detail = "The catalog has no institution with this identifier today."
    remedy = "Look the institution up in the catalog."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/institution_id", self.type, self.detail)])


class ConsentTermUnfit(Problem):
    """The last day is over, or further away than a consent may be given for."""

    type, status = "consent-term-unfit", 422
    title = "A consent cannot last until this day"
    detail = "Its last day is today at the earliest and at most {months} months away."
    remedy = "Choose a day in between; the consent can be given again before it ends."

    def __init__(self, months: int) -> None:
        told = {"months": str(months)}
        super().__init__(errors=[FieldError("/valid_until", self.type, self.detail, told)], months=months)
