"""A petition as the officials of the institution see it that has to answer: its file."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ..errors.files import FileStateForbids
from .petitions import Channel, PetitionKind
from .states import ENDED, PetitionState, may_go


class ActorKind(StrEnum):
    """What has taken a step: the petitioner, an official, or the hub itself."""

    PERSON = "PERSON"
    OFFICIAL = "OFFICIAL"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who has taken a step; the hub itself has no id."""

    kind: ActorKind
    id: UUID | None = None


SYSTEM = Actor(ActorKind.SYSTEM)


class Solution(StrEnum):
    """How a petition was solved, for its answer and for the half-yearly report (OG 27/2002 art. 14)."""

    FAVOURABLE = "FAVOURABLE"
    PARTLY_FAVOURABLE = "PARTLY_FAVOURABLE"
    UNFAVOURABLE = "UNFAVOURABLE"
    EXPLAINED = "EXPLAINED"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A petition at the institution that has it now, without its content.

    `number`, `year` and `registered_on` are those of this institution's register, from which its own
    clock runs; `forwarded_from` is the institution that sent it on. `answer_due_on` is the last day for the
    answer, extended from `extended_from` when `extended_until` is there. `leader_id` is the petition that
    this one is joined to. `complained_of` are officials against whom the petition is: neither they nor who
    is below them work on it (art. 11). `closed_on` is the day on which its clock ended. `runs_from` is the
    day on which it reached the institution inside of another petition, before it had a number of its own.
    """

    id: UUID
    institution_id: UUID
    person_id: UUID | None
    acting_person_id: UUID | None
    kind: PetitionKind
    year: int
    number: int
    registered_at: datetime
    registered_on: date
    answer_due_on: date
    answer_rule_id: str
    answer_legal_basis: str
    state: PetitionState
    version: int
    compartment_id: UUID | None = None
    handler_id: UUID | None = None
    forwarded_from: UUID | None = None
    leader_id: UUID | None = None
    extended_at: datetime | None = None
    extended_from: date | None = None
    extended_until: date | None = None
    extension_reason: str | None = None
    complained_of: Collection[UUID] = ()
    reports_crime: bool = False
    solution: Solution | None = None
    closed_on: date | None = None
    channel: Channel = Channel.ONLINE
    runs_from: date | None = None
    answer_wanted: bool = True

    @property
    def clock_from(self) -> date:
        """The day that the term runs from."""
        return self.runs_from or self.registered_on

    @property
    def label(self) -> str:
        """Number and date in the register of the institution that has it: `123/21.11.2026`."""
        return f"{self.number}/{self.registered_on:%d.%m.%Y}"

    @property
    def is_ended(self) -> bool:
        """Whether no clock runs any more."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class Step:
    """A step that a file has taken: never changed, never taken away. `note` is for officials alone."""

    version: int
    institution_id: UUID
    at: datetime
    came_from: PetitionState
    state: PetitionState
    actor: Actor
    reason: str | None
    note: str | None


def refuse_again(file: File, to: PetitionState) -> None:
    """`FileStateForbids` for a step that was taken: who takes it anew would write over it."""
    if file.state is to:
        raise FileStateForbids(file.state, to)


def refuse_step(state: PetitionState, to: PetitionState) -> None:
    """`FileStateForbids` unless a file in this state may go there."""
    if not may_go(state, to):
        raise FileStateForbids(state, to)
