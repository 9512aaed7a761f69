"""What the pages call the subjects of questions, as English message ids."""

from typing import Final

from ..domain.guidance import FaqCategory

CATEGORIES: Final = {
    FaqCategory.CRIMINAL_RECORD: "Criminal record",
    FaqCategory.PASSPORTS: "Passports",
    FaqCategory.TRAFFIC: "Traffic",
    FaqCategory.PETITIONS: "Petitions and information",
    FaqCategory.ACCOUNT: "Account and identity",
    FaqCategory.DOCUMENTS_AND_VEHICLES: "Documents and vehicles",
    FaqCategory.GENERAL: "General",
}
