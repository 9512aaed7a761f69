"""Issued certificates: how they end."""

from enum import StrEnum


class Standing(StrEnum):
    """What anybody is told of a certificate who has its code, its file or its picture."""

    VALID = "VALID"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    SUPERSEDED = "SUPERSEDED"
    NOT_FOUND = "NOT_FOUND"


class RevocationReason(StrEnum):
    """Why a certificate was revoked; told to the holder, never to who verifies."""

    ISSUED_IN_ERROR = "ISSUED_IN_ERROR"
    HOLDER_DATA_WRONG = "HOLDER_DATA_WRONG"
    COURT_DECISION = "COURT_DECISION"
    KEY_COMPROMISE = "KEY_COMPROMISE"
