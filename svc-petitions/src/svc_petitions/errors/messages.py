"""Problems of messages about petitions."""

from hub_core.problem import FieldError, Problem


class ThreadClosed(Problem):
    """Nobody acts on the petition any more."""

    type, status = "thread-closed", 409
    title = "Nothing can be written about this petition any more"
    detail = "Its answer was sent, or it has ended otherwise, or another petition stands for it."
    remedy = "File a new petition if you have something new to say."


class MessageNotFound(Problem):
    """No such message of this petition, or not one that was sent to who asks."""

    type, status = "petition-message-not-found", 404
    title = "The message was not found"
    detail = "No message with this identifier was sent to you about this petition."
    remedy = "List the messages of the petition: each names its identifier."


class DocumentNotAsked(Problem):
    """A document that nobody waits for."""

    type, status = "document-not-asked", 422
    title = "This document was not asked for"
    detail = "A document was named that was not asked for, or was sent already."
    remedy = "Name documents that stand open in the messages of the institution."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("/documents", self.type, self.detail)])


class DocumentDayPast(Problem):
    """The day for a document is no day to come."""

    type, status = "document-day-past", 422
    title = "There is no time left for this document"
    detail = "The last day for a document is a day after today."
    remedy = "Give a later day."

    def __init__(self, number: int) -> None:
        super().__init__(errors=[FieldError(f"/documents/{number}/due_on", self.type, self.detail)])


class DocumentTypeRefused(Problem):
    """A file of another type than the institution asked for."""

    type, status = "document-type-refused", 422
    title = "The document was asked for as a file of another type"
    detail = "By its content the file is of no type in which the institution accepts this document."
    remedy = "See in the message which types are accepted, and send the document as one of those."

    def __init__(self, number: int | None = None) -> None:
        pointer = "header/file-name" if number is None else f"/files/{number}"
        super().__init__(errors=[FieldError(pointer, self.type, self.detail)])
