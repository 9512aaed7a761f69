"""Institutions that may be let to ask for an extract: the few facts that are needed of them here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Institution:
    """An institution of the catalog; `valid_to` is its last day, `version` grows with each change."""

    id: UUID
    code: str
    names: Mapping[str, str]
    county: str | None
    valid_from: date
    valid_to: date | None
    version: int

    def is_there(self, on: date) -> bool:
        """Whether the institution exists on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
