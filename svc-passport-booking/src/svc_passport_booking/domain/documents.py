"""What to bring to an appointment: what is told to the catalog of a person, and what it answers.

The law's conditions are the catalog's; here is only how old somebody will be. Days are legal dates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from hub_core.language import Language
from hub_core.rules import Rules
from hub_terms.terms import birthday

from .types import BookableType

LEAP_RULE: Final = "capacity.birthday-of-leap-day"
FULL_AGE_RULE: Final = "capacity.full-age"
_PERSON: Final = "person"
_AGE: Final = "age"
_SELF: Final = "SELF"
_MINOR: Final = "MINOR_CHILD"

Texts = Mapping[str, str | None]
"""A text by language, as the catalog tells it."""
Value = str | int


@dataclass(frozen=True, slots=True)
class Age:
    """An age of the law that changes what a person brings or gets, for a topic.

    It counts on the day of the appointment, or, with `until`, that term after it. Both are codes of rules.
    """

    topic: str
    rule: str
    text: Mapping[Language, str]
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Birthday:
    """An age that somebody reaches after booking, and what that changes."""

    age: int
    on: date
    text: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Document:
    """Something to bring; not `certain` while it depends on what is not known."""

    evidence: str
    title: Texts
    note: Texts | None
    mandatory: bool
    certain: bool


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must hold, and what to do otherwise."""

    code: str
    text: Texts
    otherwise: Texts


@dataclass(frozen=True, slots=True)
class Option:
    """A possible answer."""

    code: str
    text: Texts


@dataclass(frozen=True, slots=True)
class Question:
    """What would have to be known to say more; `highest` is the greatest number, for a number."""

    fact: str
    question: Texts
    help: Texts | None
    answers: Sequence[Option]
    highest: int | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the catalog says of a case: ELIGIBLE, NOT_ELIGIBLE or MORE_NEEDED, and what to bring."""

    outcome: str
    evidence: Sequence[Document]
    unmet: Sequence[Requirement]
    told: Sequence[Requirement]
    questions: Sequence[Question]


def age_on(born: date, day: date, leap_shift: int) -> int:
    """Full years on a day."""
    years = day.year - born.year
    return years if birthday(born, years, leap_shift) <= day else years - 1


def birthdays(
    born: date, ages: Sequence[Age], booked_on: date, day: date, legal: Rules
) -> Sequence[Birthday]:
    """The ages that are reached after the day of booking, until the appointment or what follows it."""
    shift = legal.on(LEAP_RULE, day).whole
    reached = []
    for age in ages:
        years = legal.on(age.rule, day).whole
        on = birthday(born, years, shift)
        last = day + timedelta(days=legal.on(age.until, day).whole) if age.until else day
        if booked_on < on <= last:
            reached.append(Birthday(years, on, age.text))
    return sorted(reached, key=lambda each: each.on)


def facts(
    bookable: BookableType, situation: Mapping[str, str], age: int | None, full_age: int
) -> Mapping[str, Value]:
    """What the catalog is told of somebody: what the type means, their age, and what they say themselves.

    Who is under age is somebody's child, unless another relation was said.
    """
    known: dict[str, Value] = {fact: value for fact, value in situation.items() if fact != _AGE}
    if age is not None:
        known[_AGE] = age
        if known.get(_PERSON) in {None, _SELF, _MINOR}:
            known[_PERSON] = _SELF if age >= full_age else _MINOR
    return known | dict(bookable.facts)
