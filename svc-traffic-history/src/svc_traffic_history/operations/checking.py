"""Whether a report would be taken, asked before anything is filmed or sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.problem import Problem
from hub_core.rules import Rules
from hub_service import rules

from .. import clients
from ..domain import admissibility, event_times, plates
from ..domain.admissibility import Locality
from ..domain.driving_reports import DrivingReport, State
from ..domain.institutions import Institution
from ..domain.plates import Plate
from ..errors.driving_reports import NotByChance, ReporterIdentityNeeded
from ..storage import driving_reports as storage
from . import driving_reports
from .driving_reports import Place
from .means import Means

Result = TypeVar("Result")
_MOST_ALIKE: Final = 20


class Requirement(StrEnum):
    """What a report has to be."""

    IDENTITY = "IDENTITY"
    """Whoever reports is confirmed by the population register."""
    DAILY_LIMIT = "DAILY_LIMIT"
    TIME = "TIME"
    MANOEUVRES = "MANOEUVRES"
    SEEN_BY_CHANCE = "SEEN_BY_CHANCE"
    PLACE = "PLACE"
    PLATE = "PLATE"


class Outcome(StrEnum):
    """How a requirement came out."""

    MET = "MET"
    FAILED = "FAILED"
    NOT_TOLD = "NOT_TOLD"
    """The question says nothing about it."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Question:
    """What is known so far, as in a `Wish`; what is not is none."""

    happened_at: str | None
    place: Place | None
    plate: str | None
    plate_country: str
    manoeuvres: tuple[str, ...]
    seen_by_chance: bool | None


@dataclass(frozen=True, slots=True)
class Finding:
    """How a requirement came out, and the problem that a report would meet."""

    requirement: Requirement
    outcome: Outcome
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What was found. `alike` are the asker's own reports that may be of the same event.

    `last_day` is the last one for sending, `left_today` how many more may be sent today.
    """

    findings: Sequence[Finding]
    last_day: date | None
    left_today: int
    plate: Plate | None
    institution: Institution | None
    alike: Sequence[DrivingReport]

    @property
    def is_admissible(self) -> bool:
        """Whether nothing of what was told stands against it."""
        return all(finding.outcome is not Outcome.FAILED for finding in self.findings)


async def check(
    session: AsyncSession, means: Means, person_id: UUID, question: Question, now: datetime
) -> Answer:
    """Judge each requirement as `driving_reports.send` would; `ServiceUnavailable`."""
    known = await clients.person(means.identity, person_id)
    places = await driving_reports.gazetteer()
    async with session.begin():
        legal = await rules.read(session, *admissibility.RULES)
        sent = await driving_reports.sent_today(session, person_id, now)
        happened_at, time_problem = _tried(_read_time, question.happened_at)
        plate, plate_problem = _tried(_read_plate, question.plate, question.plate_country)
        if happened_at:
            _, time_problem = _tried(admissibility.must_be_in_time, happened_at, legal, now)
        _, place_problem = _tried(_find, question.place, places)
        unit = None
        if question.place and not place_problem:
            unit = await driving_reports.competent(session, question.place.county, now)
        alike = await _alike(session, means, person_id, plate, happened_at, legal, now)
    _, limit_problem = _tried(admissibility.must_be_under_limit, sent, legal, now)
    _, manoeuvre_problem = _tried(
        admissibility.must_be_aggressive, question.manoeuvres, legal, happened_at or now
    )
    is_confirmed = known is not None and known.cnp is not None
    findings = (
        _finding(Requirement.IDENTITY, None if is_confirmed else ReporterIdentityNeeded()),
        _finding(Requirement.DAILY_LIMIT, limit_problem),
        _finding(Requirement.TIME, time_problem, is_told=question.happened_at is not None),
        _finding(Requirement.MANOEUVRES, manoeuvre_problem, is_told=bool(question.manoeuvres)),
        _finding(
            Requirement.SEEN_BY_CHANCE,
            NotByChance() if question.seen_by_chance is False else None,
            is_told=question.seen_by_chance is not None,
        ),
        _finding(Requirement.PLACE, place_problem, is_told=question.place is not None),
        _finding(Requirement.PLATE, plate_problem, is_told=question.plate is not None),
    )
    today = local_date(now)
    return Answer(
        findings,
        admissibility.last_day(happened_at, legal, today) if happened_at else None,
        max(0, legal.on(admissibility.LIMIT_RULE, today).whole - sent),
        plate,
        unit,
        alike,
    )


async def _alike(
    session: AsyncSession,
    means: Means,
    person_id: UUID,
    plate: Plate | None,
    happened_at: datetime | None,
    legal: Rules,
    now: datetime,
) -> Sequence[DrivingReport]:
    if plate is None or happened_at is None:
        return ()
    window = admissibility.around(happened_at, legal, local_date(now))
    every = await storage.of_event(session, means.key, plate.text, *window)
    own = [each for each in every if each.reporter_id == person_id]
    now_are = await driving_reports.as_of(session, own, now)
    return [each for each in now_are if each.state is not State.CLOSED][:_MOST_ALIKE]


def _tried(judge: Callable[..., Result], *given: Any) -> tuple[Result | None, Problem | None]:
    try:
        return judge(*given), None
    except Problem as problem:
        return None, problem


def _read_time(written: str | None) -> datetime | None:
    return event_times.read(written) if written is not None else None


def _read_plate(written: str | None, country: str) -> Plate | None:
    return plates.read(written, country) if written is not None else None


def _find(place: Place | None, places: Mapping[str, Locality]) -> None:
    if place is not None:
        driving_reports.found(place, places)


def _finding(requirement: Requirement, problem: Problem | None, *, is_told: bool = True) -> Finding:
    if not is_told:
        return Finding(requirement, Outcome.NOT_TOLD)
    return Finding(requirement, Outcome.FAILED if problem else Outcome.MET, problem)
