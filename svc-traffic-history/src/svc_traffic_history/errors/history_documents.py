"""What stands against a history document; texts are English message ids (see `locale/`)."""

from hub_core.problem import FieldError, Problem


class RomanianLicenceNeeded(Problem):
    """The history is for holders of a Romanian driving licence (OUG 195/2002 art. 22^2)."""

    type, status = "romanian-licence-needed", 403
    title = "You hold no Romanian driving licence"
    detail = "The history of sanctions is issued to holders of a driving licence that Romania has issued."
    remedy = "With a licence of another state, ask the authority that issued it; your record here stays open."


class HistoryAgeNeeded(Problem):
    """Too young for the history online."""

    type, status = "history-age-needed", 403
    title = "You are too young to ask for it online"
    detail = "The history of sanctions is issued online from the age of {age}."
    remedy = "Ask for it at any structure of the traffic police."


class HistoryMotiveUnknown(Problem):
    """The list of the day has no such motive."""

    type, status = "history-motive-unknown", 422
    title = "This motive is not in the list"
    detail = "Today's list of motives has no such code."
    remedy = "Read the list of motives and choose one of it."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/motive", self.type, self.detail)])


class HistoryPeriodWrong(Problem):
    """The period ends before it begins, or in the future."""

    type, status = "history-period-wrong", 422
    title = "The period is not possible"
    detail = "The period ends before it begins, or lies in the future."
    remedy = "Give a first and a last day up to today, or leave both out for everything."


class TooManyHistories(Problem):
    """So many documents were issued today."""

    type, status = "too-many-histories", 429
    title = "Too many documents were issued today"
    detail = "At most {most} history documents are issued to one driver in a day."
    remedy = "Use one that you have, or ask again tomorrow."


class HistoryUnprintable(Problem):
    """What the register tells has letters that no font of ours has."""

    type, status = "history-unprintable", 409
    title = "The document cannot be printed"
    detail = "Your record has letters that cannot be printed."
    remedy = "Ask for the history at any structure of the traffic police."


class HistoryDocumentNotFound(Problem):
    """No such document, or another person's: the two look the same on purpose."""

    type, status = "history-document-not-found", 404
    title = "The document was not found"
    detail = "You have no history document with this identifier."
    remedy = "Check the identifier, and that you are signed in with the account it was issued to."


class HistoryFileNotPdf(Problem):
    """The body is declared as something else than a PDF."""

    type, status = "history-file-not-pdf", 415
    title = "Only PDF files can be verified here"
    detail = "This operation takes the file of a history document as application/pdf."
    remedy = "Send the file as it was received, with the header Content-Type: application/pdf."
