"""Issued certificates: what is known of one, and how they end."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import local_date

from .products import Product

SERIES: Final = {Product.CRIMINAL_RECORD: "CJ", Product.INTEGRITY: "CI"}
"""The series of each product's numbers."""


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


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Certificate:
    """One certificate, without what it says.

    `request_id` is none for a correction, `extract_id` is there for what went to an institution.
    `code_key` is the keyed hash of its verification code, `valid_until` its last day, `status_list` and
    `status_index` its place among those that are told as revoked.
    """

    id: UUID
    request_id: UUID | None
    extract_id: UUID | None
    product: Product
    series: str
    number: int
    holder_key: bytes
    holder_id: UUID | None
    motive: str
    code_key: bytes
    issued_at: datetime
    issued_on: date
    valid_until: date
    file_key: str
    file_sha256: bytes
    file_bytes: int
    seal_level: str
    status_list: int
    status_index: int
    version: int = 1
    revoked_at: datetime | None = None
    revocation_reason: RevocationReason | None = None
    superseded_by: UUID | None = None

    @property
    def label(self) -> str:
        """The series and the number, as they stand on every page: `CJ 0048213`."""
        return f"{self.series} {self.number:07d}"

    def standing(self, now: datetime) -> Standing:
        """How it stands."""
        if self.superseded_by is not None:
            return Standing.SUPERSEDED
        return standing_of(self.valid_until, self.revoked_at, now)


def standing_of(valid_until: date, revoked_at: datetime | None, now: datetime) -> Standing:
    """How a document stands that none has taken the place of; its last day ends at midnight in Bucharest."""
    if revoked_at is not None:
        return Standing.REVOKED
    return Standing.VALID if local_date(now) <= valid_until else Standing.EXPIRED
