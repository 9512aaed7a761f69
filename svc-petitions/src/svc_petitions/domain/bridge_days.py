"""Days off that the government grants (zile libere prin hotărâre), as petitions know them."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

EVERYWHERE: Final = UUID(int=0)
"""The institution of a day that is granted to all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeDay:
    """A day off of an institution, or of all; one that was taken back is not granted."""

    institution_id: UUID
    day: date
    legal_basis: str
    is_granted: bool
    version: int
