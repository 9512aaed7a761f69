"""What changed in the catalog, for those who keep a copy of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ChangeKind(StrEnum):
    """What sort of thing changed."""

    INSTITUTION = "INSTITUTION"
    SERVICE = "SERVICE"
    RULE = "RULE"
    FAQ = "FAQ"
    ADVICE = "ADVICE"
    FORM = "FORM"
    EVIDENCE_TYPE = "EVIDENCE_TYPE"
    OFFICE = "OFFICE"
    PLACES = "PLACES"
    """All localities together, for they change together: with an edition of the register."""


@dataclass(frozen=True, slots=True)
class Change:
    """The newest change of one thing. `gone`: it can be read no more."""

    position: int
    kind: ChangeKind
    code: str
    version: int
    changed_at: datetime
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Log:
    """The state of the log: its identity, its newest position, and up to where deletions are forgotten."""

    origin: UUID
    last: int
    forgotten: int


@dataclass(frozen=True, slots=True)
class Place:
    """How far a reader has come.

    `began` is the newest position at the time when the reader began with an empty copy: of what was
    gone by then it never heard, and need not hear.
    """

    origin: UUID
    position: int
    began: int
    kind: ChangeKind | None

    def is_good(self, log: Log) -> bool:
        """Whether a reader can go on from here without missing a deletion."""
        return self.origin == log.origin and log.forgotten <= max(self.position, self.began) <= log.last


@dataclass(frozen=True, slots=True)
class Stretch:
    """Changes after a place, in order; after the last one of the log the reader stands at `end`."""

    changes: tuple[Change, ...]
    start: Place
    end: Place


def beginning(log: Log, kind: ChangeKind | None) -> Place:
    """Where a reader stands whose copy is empty."""
    return Place(log.origin, 0, log.last, kind)
