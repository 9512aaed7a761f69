"""Counselling by telephone and face to face, in numbers alone. No I/O; `now` is an argument.

Nobody's name or number is kept, nor a word of what was said: there is no place for it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.masking import mask

from ..errors.counselling import ContactDayWrong, CountedDaysWrong
from .statistics import Period

RECORD_RULE: Final = "counselling.record-within"
"""Within how many days a contact is recorded; after them the figures of a day do not change."""
MINUTES_MOST: Final = 480
DAYS_MOST: Final = 31
"""Days that are counted at once for an institution."""


class ContactChannel(StrEnum):
    """How somebody was counselled."""

    PHONE = "PHONE"
    FACE_TO_FACE = "FACE_TO_FACE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """That somebody was counselled: when, how, what about, for how long."""

    id: UUID
    institution_id: UUID
    at: datetime
    channel: ContactChannel
    topic: str
    minutes: int
    petition_id: UUID | None
    recorded_by: UUID

    @property
    def on_day(self) -> date:
        """The legal date of it."""
        return local_date(self.at)


@dataclass(frozen=True, slots=True)
class DayCount:
    """The contacts of a day that have topic and channel in common."""

    on_day: date
    topic: str
    channel: ContactChannel
    contacts: int
    minutes: int


@dataclass(frozen=True, slots=True)
class ContactFigure:
    """The contacts of a period that have institution, topic and channel in common."""

    institution_id: UUID
    topic: str
    channel: ContactChannel
    contacts: int
    minutes: int


@dataclass(frozen=True, slots=True)
class ContactPart:
    """Contacts of a period and their average length in minutes; what is not told is none."""

    contacts: int | None
    minutes: float | None


@dataclass(frozen=True, slots=True)
class ContactReport:
    """A period in figures: the whole, and its parts by code. Structures go by id."""

    period: Period
    whole: ContactPart
    by_channel: Mapping[str, ContactPart]
    by_topic: Mapping[str, ContactPart]
    by_structure: Mapping[UUID, ContactPart]


def refuse_day(at: datetime, within: int, now: datetime) -> None:
    """`ContactDayWrong` for what is still to come, or was before so many days."""
    if at > now or local_date(at) < local_date(now) - timedelta(days=within):
        raise ContactDayWrong(within)


def refuse_days(first: date, last: date) -> None:
    """`CountedDaysWrong` for days in the wrong order, or for too many of them."""
    if not timedelta() <= last - first < timedelta(days=DAYS_MOST):
        raise CountedDaysWrong(DAYS_MOST)


def settled(period: Period, within: int, today: date) -> bool:
    """Whether nothing is recorded of this period any more."""
    return period.last + timedelta(days=within) < today


def last_settled(within: int, today: date) -> Period:
    """The last half-year of which nothing is recorded any more."""
    halves = [f"{year}-H{half}" for year in (today.year, today.year - 1) for half in (2, 1)]
    return next(one for one in map(Period.read, halves) if settled(one, within, today))


def report(period: Period, figures: Iterable[ContactFigure], least: int) -> ContactReport:
    """The figures of a period; no count under `least` is told, nor what would give one away."""
    every = list(figures)
    structures = _parts(every, lambda one: str(one.institution_id), least)
    total = sum(one.contacts for one in every)
    return ContactReport(
        period=period,
        whole=_part(every, total if total >= least or not total else None),
        by_channel=_parts(every, lambda one: one.channel, least),
        by_topic=_parts(every, lambda one: one.topic, least),
        by_structure={UUID(code): part for code, part in structures.items()},
    )


def _parts(
    figures: Iterable[ContactFigure], code: Callable[[ContactFigure], str], least: int
) -> dict[str, ContactPart]:
    split: dict[str, list[ContactFigure]] = {}
    for figure in figures:
        split.setdefault(code(figure), []).append(figure)
    _, told = mask({each: sum(one.contacts for one in part) for each, part in split.items()}, least)
    return {each: _part(part, told.get(each)) for each, part in sorted(split.items())}


def _part(figures: Collection[ContactFigure], told: int | None) -> ContactPart:
    if not told:
        return ContactPart(told, None)
    return ContactPart(told, round(sum(one.minutes for one in figures) / told, 1))
