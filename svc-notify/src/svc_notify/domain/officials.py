"""Officials as messages go to them: who has which role where."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from hub_core.principal import Role

WRITTEN_TO: Final = frozenset({Role.CATALOG_EDITOR, Role.CATALOG_PUBLISHER, Role.RECORDS_OFFICER, Role.HEAD})
"""The roles whose officials are written to."""


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
