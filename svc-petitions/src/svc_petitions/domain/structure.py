"""An institution within: its compartments, who works there under whom, who signs for its head."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from ..errors.structure import NotADelegate

CODE_MAX: Final = 32
NAME_MAX: Final = 200
ACT_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Compartment:
    """A part of an institution that works on files; a closed one gets no more of them."""

    id: UUID
    institution_id: UUID
    code: str
    name: str
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Member:
    """Who works in a compartment, and under whom; the head of the institution has no superior."""

    institution_id: UUID
    person_id: UUID
    compartment_id: UUID
    superior_id: UUID | None


@dataclass(frozen=True, slots=True)
class Delegation:
    """The right to sign answers for the head, from one day to another, by an act of the head."""

    id: UUID
    institution_id: UUID
    delegate_id: UUID
    given_by: UUID
    given_at: datetime
    valid_from: date
    valid_to: date
    act: str
    revoked_at: datetime | None

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day: it ends with its last day, or at once when it is revoked."""
        return self.revoked_at is None and self.valid_from <= day <= self.valid_to


def in_force(delegations: list[Delegation], day: date) -> Delegation:
    """The one by which a delegate signs on a day. `NotADelegate` when none holds, or none any more."""
    held = next((one for one in delegations if one.holds_on(day)), None)
    if held is None:
        raise NotADelegate
    return held
