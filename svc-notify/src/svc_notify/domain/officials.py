"""Officials as messages go to them: who has which role where."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """The roles whose officials are written to."""

    CATALOG_EDITOR = "CATALOG_EDITOR"
    CATALOG_PUBLISHER = "CATALOG_PUBLISHER"
    RECORDS_OFFICER = "RECORDS_OFFICER"
    HEAD = "HEAD"


@dataclass(frozen=True, slots=True)
class Official:
    """Our copy of an appointment to such a role."""

    appointment_id: UUID
    person_id: UUID
    institution_id: UUID
    role: Role
    valid_from: date
    valid_to: date
    is_granted: bool
    version: int
