"""The problems of documents that are made, sealed and kept."""

from hub_core.problem import Problem


class SealNotInForce(Problem):
    """The certificate of the seal was revoked: nothing is sealed until there is another."""

    type, status = "seal-not-in-force", 503
    title = "Nothing can be sealed for now"
    detail = "The electronic seal of this service is not in force. What you asked for has not been done."
    remedy = "Try again later. Nothing is lost: a number that was given stays with its answer."


class AnswerDocumentMissing(Problem):
    """There is no answer yet, so it has no document."""

    type, status = "answer-document-missing", 404
    title = "There is no answer yet"
    detail = "No answer to this petition was sent yet."
    remedy = "Read the petition: it says by which day it is to be answered."


class AnswerNotVerified(Problem):
    """No answer has this code."""

    type, status = "answer-not-verified", 404
    title = "No answer has this code"
    detail = "The hub has sealed no answer with this code."
    remedy = "Check the code, which is P and sixteen letters and digits, or scan the QR code of the document."


class AnswerFileNotPdf(Problem):
    """What was sent is no PDF."""

    type, status = "answer-file-not-pdf", 415
    title = "Only PDF files can be verified here"
    detail = "This operation takes the file of an answer as application/pdf."
    remedy = "Send the file as it was received, with the header Content-Type: application/pdf."


class DocumentStoreAway(Problem):
    """The store of documents does not answer."""

    type, status = "document-store-away", 503
    title = "Documents cannot be read for now"
    detail = "The store of documents does not answer."
    remedy = "Try again in a few minutes."
