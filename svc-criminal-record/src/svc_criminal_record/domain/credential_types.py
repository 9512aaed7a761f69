"""The types of what a wallet keeps, and what their claims are called (SD-JWT VC Type Metadata)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from .products import Product


class CredentialType(StrEnum):
    """The last part of a type's address (`vct`)."""

    CRIMINAL_RECORD = "criminal-record"
    INTEGRITY = "integrity"


OF_PRODUCT: Final[Mapping[Product, CredentialType]] = {
    Product.CRIMINAL_RECORD: CredentialType.CRIMINAL_RECORD,
    Product.INTEGRITY: CredentialType.INTEGRITY,
}

NAMES: Final[Mapping[CredentialType, Mapping[str, str]]] = {
    CredentialType.CRIMINAL_RECORD: {
        "ro": "Certificat de cazier judiciar",
        "hu": "Erkölcsi bizonyítvány",
        "en": "Criminal-record certificate",
    },
    CredentialType.INTEGRITY: {
        "ro": "Certificat de integritate comportamentală",
        "hu": "Magatartási feddhetetlenségi igazolás",
        "en": "Certificate of behavioural integrity",
    },
}

LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "family_name": {"ro": "Nume", "hu": "Családi név", "en": "Family name"},
    "given_name": {"ro": "Prenume", "hu": "Utónév", "en": "Given names"},
    "birthdate": {"ro": "Data nașterii", "hu": "Születési idő", "en": "Date of birth"},
    "personal_administrative_number": {
        "ro": "Cod numeric personal",
        "hu": "Személyi szám (CNP)",
        "en": "Personal number (CNP)",
    },
    "legal_name": {"ro": "Denumire", "hu": "Megnevezés", "en": "Name of the organisation"},
    "registration_number": {
        "ro": "Cod unic de înregistrare",
        "hu": "Bejegyzési szám (CUI)",
        "en": "Registration number (CUI)",
    },
    "document_number": {"ro": "Seria și numărul", "hu": "Sorozat és szám", "en": "Series and number"},
    "verification_code": {"ro": "Cod de verificare", "hu": "Ellenőrző kód", "en": "Verification code"},
    "purpose": {"ro": "Scop", "hu": "Cél", "en": "Purpose"},
    "issuance_date": {"ro": "Data emiterii", "hu": "Kiállítás napja", "en": "Date of issue"},
    "expiry_date": {
        "ro": "Ultima zi de valabilitate",
        "hu": "Utolsó érvényes nap",
        "en": "Last day of validity",
    },
    "has_entries": {
        "ro": "Cu înscrieri în evidență",
        "hu": "Van bejegyzés a nyilvántartásban",
        "en": "With entries in the register",
    },
}
"""Every claim of `facts.Credential`, by language."""

MANDATORY: Final = frozenset(
    {"document_number", "verification_code", "purpose", "issuance_date", "expiry_date", "has_entries"}
)
"""What every credential has, a person's and an organisation's."""
