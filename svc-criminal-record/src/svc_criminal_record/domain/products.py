"""What is issued, to whom, where."""

from enum import StrEnum


class Product(StrEnum):
    """The certificates of one engine.

    CRIMINAL_RECORD is the *certificat de cazier judiciar* (Law 290/2004); INTEGRITY the *certificat de
    integritate comportamentală* (Law 118/2019), which has no rule for asking online: counter only.
    """

    CRIMINAL_RECORD = "CRIMINAL_RECORD"
    INTEGRITY = "INTEGRITY"


class HolderKind(StrEnum):
    """Whose record it is."""

    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"


class Channel(StrEnum):
    """The way by which it was asked for."""

    ONLINE = "ONLINE"
    COUNTER = "COUNTER"
    INSTITUTION = "INSTITUTION"
