"""Petitions that came out of others, each with a number and a clock of its own."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from .petitions import PetitionKind
from .states import PetitionState


class LinkKind(StrEnum):
    """How one petition came out of another."""

    SPLIT = "SPLIT"
    """It was written inside of it."""
    COMPLAINT = "COMPLAINT"
    """It complains of its refusal, or of silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One petition came out of another; `ground` and `learned_on` are those of a complaint."""

    petition_id: UUID
    origin_id: UUID
    kind: LinkKind
    linked_at: datetime
    ground: str | None = None
    learned_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A petition that is linked to another one, seen from there.

    `is_origin` says that the other one came out of it. Its number is the one under which its petitioner
    knows it, of the register of `institution_id`.
    """

    petition_id: UUID
    link: LinkKind
    is_origin: bool
    kind: PetitionKind
    institution_id: UUID
    number: int
    registered_on: date
    state: PetitionState
    answer_due_on: date
    ground: str | None

    @property
    def label(self) -> str:
        """Number and date of registration."""
        return f"{self.number}/{self.registered_on:%d.%m.%Y}"
