"""Terms: explained to who waits for them and to who has to keep them, and watched."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.principal import Principal
from hub_events import outbox
from hub_service import rules
from hub_terms.calendar import Calendar

from ..domain import information
from ..domain import terms as domain
from ..domain.files import File
from ..domain.petitions import Petition
from ..domain.terms import Clock, Course, Reach
from ..events.terms import TermWarned
from ..storage import bridge_days, files
from ..storage import terms as storage
from . import petitions

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, repr=False)
class Timed:
    """A petition, and its term explained."""

    petition: Petition
    clock: Clock


async def read_term(session: AsyncSession, petition_id: UUID, caller: Principal, now: datetime) -> Timed:
    """The term of a petition, for the one in whose name it was made. Raises `PetitionNotFound`."""
    petition = await petitions.read_petition(session, petition_id, caller, now)
    async with session.begin():
        if petition.is_sandbox:
            course, institution_id = Course.begun(petition.registration), petition.institution.id
        else:
            course, institution_id = await storage.course_of(session, petition.id)
        return Timed(petition, await _clock(session, petition.id, institution_id, course, now))


async def read_file_term(
    session: AsyncSession, petition_id: UUID, institution_id: UUID, now: datetime
) -> tuple[File, Clock]:
    """The term of a file, for an official of the institution that has it. Raises `FileNotFound`."""
    async with session.begin():
        file = await files.read(session, petition_id, institution_id)
        return file, await _clock(session, file.id, institution_id, Course.of(file), now)


async def _clock(
    session: AsyncSession, petition_id: UUID, institution_id: UUID, course: Course, now: datetime
) -> Clock:
    legal = await rules.read(session, *domain.rules_of(course.answer_rule_id))
    granted = await bridge_days.granted(session, institution_id)
    clock = domain.clock(course, await storage.earlier(session, petition_id), legal, granted)
    of = information.grievance(course, clock.deadline, local_date(now))
    if of is None:
        return clock
    return replace(clock, complain_by=information.complain_by(of, None, legal, Calendar(legal, granted)))


async def list_overdue(
    session: AsyncSession,
    institution_id: UUID,
    now: datetime,
    *,
    after: tuple[date, UUID] | None,
    limit: int,
) -> Sequence[File]:
    """The open files of an institution whose last day has passed, the longest overdue first."""
    async with session.begin():
        return await storage.overdue(session, institution_id, local_date(now), after=after, limit=limit)


async def warn(session: AsyncSession, now: datetime) -> int:
    """Tell of every term that has come further than was told, each warning once; how many were told."""
    told = 0
    while some := await _warn_some(session, now):
        told += some
    return told


async def _warn_some(session: AsyncSession, now: datetime) -> int:
    today = local_date(now)
    async with session.begin():
        reach = Reach.on(today, await rules.read(session, *domain.WARNING_RULES))
        found = await storage.warn(session, reach, _AT_ONCE)
        places = await storage.places(session, {file.institution_id for file, _ in found})
        events = [
            TermWarned.of(
                file, warning, domain.warned(file.handler_id, places.get(file.institution_id, ())), today
            )
            for file, warning in found
        ]
        if events:
            await outbox.record_all(session, events, now)
    return len(found)
