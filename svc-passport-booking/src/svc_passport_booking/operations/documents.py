"""What to bring, by the catalog's table of decisions for the day of the appointment. Nothing is stored."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.cnp import Cnp
from hub_core.problem import FieldError
from hub_core.rules import Rules
from hub_service import rules
from hub_service.problems import InvalidRequest

from ..clients import Catalog, CatalogAway, FactsRefused
from ..domain import documents as domain
from ..domain.documents import Assessment, Birthday, Value
from ..domain.types import BookableType
from ..errors.appointments import NumberOfTheFuture, OutsideWindow, TooManyPersons
from ..reference.ages import age_rules, ages
from ..reference.types import types
from .appointments import Shown

_MOST_PERSONS: Final = "booking.max-persons"
_WINDOW: Final = "booking.window"


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """An appointment as far as documents go: what for, on which day, for whom, in which situation.

    Of somebody the CNP is known or the day of birth; neither, where a CNP does not tell it.
    """

    type: str
    day: date
    persons: Sequence[Cnp | date]
    situation: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Needed:
    """What one person brings, by their number; no `assessment` when the catalog did not answer."""

    number: int
    age: int | None
    birthdays: Sequence[Birthday]
    assessment: Assessment | None


@dataclass(frozen=True, slots=True)
class Documents:
    """What each person brings on a day."""

    day: date
    persons: Sequence[Needed]


async def ask(session: AsyncSession, catalog: Catalog, case: Case, now: datetime) -> Documents:
    """What to bring to an appointment that is still to be booked.

    Raises `InvalidRequest`, also for facts that the catalog does not know, `OutsideWindow`,
    `TooManyPersons` and `NumberOfTheFuture`.
    """
    today = local_date(now)
    if case.type not in types():
        raise InvalidRequest(errors=[FieldError("/type", "unknown", "This type is not known")])
    if case.day < today:
        raise InvalidRequest(errors=[FieldError("/day", "past", "This day is over")])
    async with session.begin():
        legal = await rules.read(session, _WINDOW, _MOST_PERSONS, *age_rules())
    window = legal.on(_WINDOW, today).whole
    if case.day > today + timedelta(days=window):
        raise OutsideWindow(days=window)
    most = legal.on(_MOST_PERSONS, today).whole
    if len(case.persons) > most:
        raise TooManyPersons(most=most)
    for number, person in enumerate(case.persons):
        born = _born(person)
        if born is not None and born > today:
            raise NumberOfTheFuture(number, "cnp" if isinstance(person, Cnp) else "birth_date")
    try:
        return await _assess(catalog, case, today, legal)
    except FactsRefused as refused:
        pointers = [f"/situation/{fact}" if fact in case.situation else "/persons" for fact in refused.facts]
        detail = "This fact or its answer is not known"
        raise InvalidRequest(errors=[FieldError(each, "fact", detail) for each in pointers]) from refused


async def of_appointment(session: AsyncSession, catalog: Catalog, shown: Shown) -> Documents:
    """What the persons of an appointment bring, by what was said of their situation when they booked.

    What the catalog does not know of it (any more) is passed over.
    """
    appointment = shown.appointment
    async with session.begin():
        legal = await rules.read(session, *age_rules())
    case = Case(
        appointment.type,
        local_date(appointment.starts_at),
        [person.participant.cnp for person in shown.persons],
        appointment.situation,
    )
    booked_on = local_date(appointment.created_at)
    try:
        return await _assess(catalog, case, booked_on, legal)
    except FactsRefused as refused:
        return await _assess(catalog, case, booked_on, legal, without=refused.facts)


async def _assess(
    catalog: Catalog, case: Case, booked_on: date, legal: Rules, without: Sequence[str] = ()
) -> Documents:
    bookable = types()[case.type]
    concerned = [age for age in ages() if age.topic == bookable.topic]
    shift = legal.on(domain.LEAP_RULE, case.day).whole
    full_age = legal.on(domain.FULL_AGE_RULE, case.day).whole
    born = [_born(person) for person in case.persons]
    old = [None if day is None else domain.age_on(day, case.day, shift) for day in born]
    known = [
        {fact: value for fact, value in each.items() if fact not in without}
        for each in (domain.facts(bookable, case.situation, age, full_age) for age in old)
    ]
    told = await _ask_once(catalog, bookable, known, case.day)
    return Documents(
        case.day,
        [
            Needed(
                number,
                age,
                () if day is None else domain.birthdays(day, concerned, booked_on, case.day, legal),
                assessment,
            )
            for number, (day, age, assessment) in enumerate(zip(born, old, told, strict=True))
        ],
    )


async def _ask_once(
    catalog: Catalog, bookable: BookableType, known: Sequence[Mapping[str, Value]], day: date
) -> Sequence[Assessment | None]:
    """The catalog's answer for each, the same one for the same facts; none while it is away."""
    cases = [tuple(sorted(facts.items())) for facts in known]
    asked = [*dict.fromkeys(cases)]
    try:
        told = await asyncio.gather(*(catalog.assess(bookable.service, dict(case), day) for case in asked))
    except CatalogAway:
        return [None] * len(cases)
    answers = dict(zip(asked, told, strict=True))
    return [answers[case] for case in cases]


def _born(person: Cnp | date) -> date | None:
    return person.birth_date if isinstance(person, Cnp) else person
