"""Whether a report of aggressive driving can be taken (OUG 195/2002 art. 109^1, OUG 84/2024)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from hub_core.clock import BUCHAREST, local_date
from hub_core.county import BY_CODE
from hub_core.rules import NoRule, Option, Rules
from hub_terms import terms

from ..errors.driving_reports import (
    DeclarationNeeded,
    DeclarationOutdated,
    DrivingReportLimit,
    EventInFuture,
    EventTooLongAgo,
    ManoeuvreUnknown,
    NotByChance,
    PlaceNeeded,
    PlaceNotHere,
)

WITHIN_RULE: Final = "aggressive-driving.report-within"
LIMIT_RULE: Final = "aggressive-driving.reports-a-day"
UPLOAD_RULE: Final = "aggressive-driving.upload-within"
MANOEUVRES_RULE: Final = "aggressive-driving.manoeuvres"
SAME_EVENT_RULE: Final = "aggressive-driving.same-event"
BARRED_RULE: Final = "traffic.prescription"
RULES: Final = (WITHIN_RULE, LIMIT_RULE, UPLOAD_RULE, MANOEUVRES_RULE, SAME_EVENT_RULE, BARRED_RULE)
"""The rules that the functions here read."""

DECLARATION: Final = "2026-11-23"
"""The version of the declaration that reporters agree to now."""

_NORTH, _SOUTH = Decimal("48.30"), Decimal("43.60")
_WEST, _EAST = Decimal("20.20"), Decimal("29.80")  # the frame of the country, the coast included


@dataclass(frozen=True, slots=True)
class Locality:
    """A place by its SIRUTA code, and the county that it lies in."""

    siruta: str
    name: str
    county: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """What can be reported on a day, and how often and how fast."""

    manoeuvres: tuple[Option, ...]
    report_within_days: int
    upload_within_hours: int
    reports_a_day: int


def conditions(legal: Rules, on: date) -> Conditions:
    """The conditions of a day."""
    return Conditions(
        manoeuvres(legal, on),
        legal.on(WITHIN_RULE, on).whole,
        legal.on(UPLOAD_RULE, on).whole,
        legal.on(LIMIT_RULE, on).whole,
    )


def last_day(happened_at: datetime, legal: Rules, today: date) -> date:
    """The last day on which an event can be reported: its own day is not counted, the last is."""
    return terms.end_civil(local_date(happened_at), legal.on(WITHIN_RULE, today).whole)


def must_be_in_time(happened_at: datetime, legal: Rules, now: datetime) -> None:
    """Raise `EventInFuture` or `EventTooLongAgo` for an event that cannot be reported now."""
    if happened_at > now:
        raise EventInFuture
    today = local_date(now)
    if last_day(happened_at, legal, today) < today:
        raise EventTooLongAgo(days=legal.on(WITHIN_RULE, today).whole)


def barred_after(happened_at: datetime, legal: Rules) -> date:
    """The last day on which a fine can be applied (OG 2/2001 art. 13)."""
    happened_on = local_date(happened_at)
    return terms.end_months(happened_on, legal.on(BARRED_RULE, happened_on).whole)


def upload_by(sent_at: datetime, legal: Rules) -> datetime:
    """When the upload of the recording has to be finished."""
    return terms.end_hours(sent_at, legal.on(UPLOAD_RULE, local_date(sent_at)).whole)


def manoeuvres(legal: Rules, on: date) -> tuple[Option, ...]:
    """What is aggressive driving on a day (art. 54^1 (2)); nothing on a day before the law."""
    try:
        return legal.on(MANOEUVRES_RULE, on).options
    except NoRule:
        return ()


def must_be_aggressive(codes: Collection[str], legal: Rules, happened_at: datetime) -> None:
    """Raise `ManoeuvreUnknown` for a manoeuvre that the law of the day does not name."""
    known = {option.code for option in manoeuvres(legal, local_date(happened_at))}
    if not known.issuperset(codes):
        raise ManoeuvreUnknown


def must_be_seen_by_chance(*, by_chance: bool) -> None:
    """Raise `NotByChance` for who was no participant in traffic, or waited for it."""
    if not by_chance:
        raise NotByChance


def must_be_declared(version: str, *, agreed: bool) -> None:
    """Raise `DeclarationNeeded` without the tick, `DeclarationOutdated` for words of before."""
    if not agreed:
        raise DeclarationNeeded
    if version != DECLARATION:
        raise DeclarationOutdated


def must_be_found(
    county: str,
    locality: Locality | None,
    place: str,
    latitude: Decimal | None,
    longitude: Decimal | None,
) -> None:
    """Raise `PlaceNeeded` where nothing locates the event, `PlaceNotHere` for what contradicts itself."""
    if not place and latitude is None:
        raise PlaceNeeded
    if county not in BY_CODE:
        raise PlaceNotHere(pointer="/place/county")
    if locality is not None and locality.county != county:
        raise PlaceNotHere(pointer="/place/siruta")
    if latitude is None or longitude is None:
        return
    if not (_SOUTH <= latitude <= _NORTH and _WEST <= longitude <= _EAST):
        raise PlaceNotHere(pointer="/place/coordinates")


def must_be_under_limit(sent: int, legal: Rules, now: datetime) -> None:
    """Raise `DrivingReportLimit` for who has sent as many today as one may in a day."""
    most = legal.on(LIMIT_RULE, local_date(now)).whole
    if sent >= most:
        raise DrivingReportLimit(most=most)


def day_of(now: datetime) -> tuple[datetime, datetime]:
    """When the legal day of an instant begins, and when the next one does."""
    today = local_date(now)
    begins, ends = (datetime.combine(day, time(), BUCHAREST) for day in (today, today + timedelta(days=1)))
    return begins, ends


def around(happened_at: datetime, legal: Rules, on: date) -> tuple[datetime, datetime]:
    """Between which instants another report of the same vehicle may be of the same event."""
    window = timedelta(minutes=legal.on(SAME_EVENT_RULE, on).whole)
    return happened_at - window, happened_at + window
