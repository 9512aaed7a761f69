"""The problems that who verifies can meet; texts are English message ids (see `locale/`)."""

from hub_core.problem import Problem


class VerifiedTooOften(Problem):
    """One code or file was tried too often; the limit holds for what does not exist as well."""

    type, status = "verified-too-often", 429
    title = "This certificate was verified too often"
    detail = "The same code or file was tried more often than the limit allows."
    remedy = "Wait for the time that Retry-After gives. The verification you made before still holds."


class FileNotPdf(Problem):
    """The body is declared as something else than a PDF."""

    type, status = "file-not-pdf", 415
    title = "Only PDF files can be verified"
    detail = "This operation takes the file of a certificate as application/pdf."
    remedy = "Send the file as it was issued, with the header Content-Type: application/pdf."
