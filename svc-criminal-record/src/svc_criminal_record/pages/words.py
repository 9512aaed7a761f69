"""What the page calls documents, as English message ids."""

from typing import Final

from ..domain.verification import DocumentType

DOCUMENTS: Final = {
    DocumentType.CRIMINAL_RECORD: "Criminal-record certificate",
    DocumentType.INTEGRITY: "Certificate of integrity",
    DocumentType.EXTRACT: "Extract of the criminal record",
}
