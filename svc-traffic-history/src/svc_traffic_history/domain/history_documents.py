"""History documents (istoric de sancțiuni, OUG 195/2002 art. 22^2): who gets one, for what, of which days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.language import Language
from hub_core.rules import Option, Rules
from hub_terms.terms import birthday

from ..errors.history_documents import HistoryAgeNeeded, HistoryMotiveUnknown, HistoryPeriodWrong

AGE_RULE: Final = "traffic.history.age"
LEAP_DAY_RULE: Final = "capacity.birthday-of-leap-day"
MOTIVES_RULE: Final = "traffic.history.motives"
A_DAY_RULE: Final = "traffic.history.a-day"
RULES: Final = (AGE_RULE, LEAP_DAY_RULE, MOTIVES_RULE, A_DAY_RULE)
"""The rules that the functions here read."""

SERIES: Final = "IS"
CODE_LETTER: Final = "T"
"""What verification codes begin with, so that the one page for all documents knows whose they are."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days of finding that a document is about; none for open at that end."""

    first: date | None = None
    last: date | None = None

    def covers(self, day: date) -> bool:
        """Whether a day is one of them."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class HistoryDocument:
    """A document that was issued, without what it says. `code` is what it is verified by."""

    id: UUID
    number: int
    person_id: UUID
    driver_id: UUID
    motive: str
    span: Span
    code: str
    issued_at: datetime
    file_key: str
    file_sha256: bytes
    file_bytes: int
    seal_level: str

    @property
    def label(self) -> str:
        """Series and number, as they stand on every page."""
        return labelled(self.number)


class FileSeal(StrEnum):
    """What the seal of a file says."""

    INTACT = "INTACT"
    ALTERED = "ALTERED"
    UNTRUSTED = "UNTRUSTED"
    REVOKED_SEAL = "REVOKED_SEAL"
    NOT_SEALED = "NOT_SEALED"
    NOT_A_PDF = "NOT_A_PDF"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What anybody is told who has the code or the file: no name, and nothing of what it says."""

    label: str
    issued_at: datetime
    span: Span
    sha256: bytes


def labelled(number: int) -> str:
    """A number with its series: `IS 0000123`."""
    return f"{SERIES} {number:07d}"


def must_be_of_age(born: date, on: date, legal: Rules) -> None:
    """Raise `HistoryAgeNeeded` for who may not ask online."""
    age = legal.on(AGE_RULE, on).whole
    if on < birthday(born, age, legal.on(LEAP_DAY_RULE, on).whole):
        raise HistoryAgeNeeded(age=age)


def must_be_possible(span: Span, on: date) -> None:
    """Raise `HistoryPeriodWrong` for a period that ends before it begins, or after today."""
    first, last = span.first or date.min, span.last or on
    if not first <= last <= on:
        raise HistoryPeriodWrong


def motives(legal: Rules, on: date) -> tuple[Option, ...]:
    """What a document may be asked for on a day, in the order of the list."""
    return legal.on(MOTIVES_RULE, on).options


def motive_of(legal: Rules, code: str, on: date) -> Mapping[Language, str]:
    """What a motive is called on a day; `HistoryMotiveUnknown`."""
    for option in motives(legal, on):
        if option.code == code:
            return option.texts
    raise HistoryMotiveUnknown
