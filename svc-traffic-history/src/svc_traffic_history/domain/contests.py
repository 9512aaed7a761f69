"""A driver contests a report by a petition: what it says, and what is left of it here. No I/O.

A petition is no complaint in court: it stops no term (OG 2/2001 art. 31).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from hub_core.language import Language

from .proces_verbale import ProcesVerbal

GENERAL_INSPECTORATE: Final = "IGPR"
"""The institution, by its code in the catalog, that gets what no other one has found."""
WORDS_MAX: Final = 10_000
ASKS_MAX: Final = 2_000
_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=1)
_SUBJECTS: Final[Mapping[Language, str]] = MappingProxyType(
    {
        Language.RO: "Contestarea procesului-verbal de contravenție seria {series} nr. {number}",
        Language.HU: "A(z) {series} sorozatú, {number} számú szabálysértési jegyzőkönyv vitatása",
        Language.EN: "Contest of contravention report series {series} no. {number}",
    }
)
_ASKS: Final[Mapping[Language, str]] = MappingProxyType(
    {
        Language.RO: "Ce solicit:",
        Language.HU: "Amit kérek:",
        Language.EN: "What I ask for:",
    }
)


class ContestState(StrEnum):
    """How far the petition has come, as far as it is known here."""

    PENDING = "PENDING"
    """It is being registered; its number comes as soon as svc-petitions answers."""
    REGISTERED = "REGISTERED"
    ENDED = "ENDED"
    """It was answered, filed away or withdrawn."""


@dataclass(frozen=True, slots=True, repr=False)
class Words:
    """What a driver writes, and what they ask for."""

    words: str
    asks: str
    language: Language


@dataclass(frozen=True, slots=True)
class Registered:
    """The petition: number and date as they are quoted, and by when it is to be answered."""

    number: str
    at: datetime
    answer_due_on: date


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Contest:
    """A contest of one report; its petition has the same id.

    `words` are none once the petition has them; `digest` is a keyed hash by which the same is known again.
    """

    id: UUID
    driver_id: UUID
    person_id: UUID
    proces_verbal_id: UUID
    digest: bytes
    words: Words | None
    made_at: datetime
    tries: int = 0
    petition: Registered | None = None
    ended_at: datetime | None = None

    @property
    def state(self) -> ContestState:
        """How far it has come."""
        if self.ended_at is not None:
            return ContestState.ENDED
        return ContestState.PENDING if self.petition is None else ContestState.REGISTERED


def subject_of(report: ProcesVerbal, language: Language) -> str:
    """The subject of the petition."""
    return _SUBJECTS[language].format(series=report.series, number=report.number)


def text_of(words: Words) -> str:
    """The petition itself."""
    return f"{words.words}\n\n{_ASKS[words.language]}\n{words.asks}"


def next_try(tries: int, now: datetime) -> datetime:
    """When it is tried again after so many tries: later each time, and within the hour."""
    wait = min(_FIRST_WAIT.total_seconds() * 2.0 ** min(tries, 10), _LONGEST_WAIT.total_seconds())
    return now + timedelta(seconds=wait)
