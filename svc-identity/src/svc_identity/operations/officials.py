"""Officials: appointed by an act, approved where two must decide, ended at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.principal import Role
from hub_events import outbox
from hub_service import access
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.problems import InvalidRequest, NotFound, RoleRequired
from hub_service.purpose import Purpose, Stated

from ..domain import official as officials
from ..domain.official import Appointment, Institution, Wanted
from ..domain.session import EndReason
from ..errors.officials import AlreadyAppointed, AppointmentOver, UnknownInstitution, UnknownPerson
from ..events.access import RecordAccessed
from ..events.officials import AppointmentChanged
from ..storage import accounts, grants
from ..storage import officials as storage
from . import sessions


@dataclass(frozen=True, slots=True)
class Office:
    """What a person may do at an institution now; `until` is when that changes next by itself."""

    institution_id: UUID
    roles: frozenset[Role]
    until: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """An appointment, with the official's name."""

    appointment: Appointment
    name: str


async def roles_of(
    session: AsyncSession, person_id: UUID, institution_id: UUID, now: datetime
) -> frozenset[Role]:
    """The roles a person has at an institution now; empty when there is none. In the caller's transaction."""
    office = await office_of(session, person_id, institution_id, now)
    return office.roles if office else frozenset()


async def office_of(
    session: AsyncSession, person_id: UUID, institution_id: UUID, now: datetime
) -> Office | None:
    """The same with its end; none when the person has no role there. In the caller's transaction."""
    held = await storage.appointments_at(session, person_id, institution_id, clock.local_date(now))
    if not held:
        return None
    return Office(institution_id, officials.roles(held, now), min(one.ends_at for one in held))


async def offices_of(session: AsyncSession, person_id: UUID, now: datetime) -> list[Institution]:
    """The institutions a person may act for now, by code. In the caller's transaction."""
    return await storage.offices(session, person_id, clock.local_date(now))


async def copy_institution(session: AsyncSession, told: Institution) -> None:
    """Keep what the catalog tells of an institution; what is older than our copy changes nothing."""
    await storage.copy_institution(session, told)


async def list_at(
    session: AsyncSession, official: Official, institution_id: UUID, *, before: UUID | None, limit: int
) -> list[Named]:
    """The appointments at an institution, newest first; `NotFound` for another than the official's own.

    Administrators of the hub see those of every institution.
    """
    if not _answers_for(official, institution_id):
        raise NotFound
    async with session.begin():
        found = await storage.of_institution(session, institution_id, before=before, limit=limit)
        return await _named(session, found)


async def list_own(
    session: AsyncSession, person_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Appointment]:
    """A person's own appointments, newest first."""
    async with session.begin():
        return await storage.of_person(session, person_id, before=before, limit=limit)


async def read(session: AsyncSession, official: Official, appointment_id: UUID) -> Named:
    """One appointment; `NotFound` unless it is of the official's own institution."""
    async with session.begin():
        found = _visible(official, await storage.read(session, appointment_id))
        return (await _named(session, [found]))[0]


async def appoint(
    session: AsyncSession, official: Official, wanted: Wanted, institution_id: UUID, now: datetime
) -> Named:
    """Give a person a role; one that needs four eyes waits for a second administrator.

    Raises `NotFound` for an institution that is not the head's own, `RoleRequired`, `OwnCase`,
    `UnknownInstitution`, `UnknownPerson`, `AlreadyAppointed`, and `InvalidRequest` for days or places
    that do not fit.
    """
    if not _answers_for(official, institution_id):
        raise NotFound
    if not officials.may_grant(official.roles, wanted.role):
        raise RoleRequired(roles=Role.ADMIN)
    async with session.begin():
        institution = await storage.institution(session, institution_id)
        if institution is None or not institution.is_open(clock.local_date(now)):
            raise UnknownInstitution
        made = officials.grant(ids.new_id(), wanted, institution, official.person_id, now)
        flaws = officials.flaws(wanted, institution, now)
        if flaws:
            raise InvalidRequest(errors=flaws)
        if await accounts.read(session, wanted.person_id) is None:
            raise UnknownPerson
        if await storage.overlaps(session, made):
            raise AlreadyAppointed
        await storage.add(session, made)
        await _tell(session, official, made, Action.CREATE, now)
        return (await _named(session, [made]))[0]


async def approve(session: AsyncSession, official: Official, appointment_id: UUID, now: datetime) -> Named:
    """Approve what another administrator has proposed; raises `OwnCase`, `FourEyes`, `AppointmentOver`."""
    async with session.begin():
        held = _visible(official, await storage.lock(session, appointment_id))
        approved = officials.approve(held, official.person_id, now)
        if approved is not held:
            await storage.store(session, approved)
            await _tell(session, official, approved, Action.DECIDE, now)
        return (await _named(session, [approved]))[0]


async def end(
    session: AsyncSession, official: Official, appointment_id: UUID, reason: str, now: datetime
) -> Named:
    """End an appointment at once; what the official was given in this role is told to be forgotten.

    Who could have granted it may end it, whoever it is about: giving up one's own role harms nobody.
    Raises `RoleRequired`, `AppointmentOver`.
    """
    async with session.begin():
        held = _visible(official, await storage.lock(session, appointment_id))
        if not officials.may_grant(official.roles, held.role):
            raise RoleRequired(roles=Role.ADMIN)
        ended = officials.end(held, official.person_id, reason, now)
        if ended is held:
            raise AppointmentOver
        await storage.store(session, ended)
        await _tell(session, official, ended, Action.CHANGE, now)
        await _withdraw(session, ended, now)
        return (await _named(session, [ended]))[0]


async def _tell(
    session: AsyncSession, official: Official, appointment: Appointment, action: Action, now: datetime
) -> None:
    """Tell of an appointment, and leave the line that its person reads; the act is the file of both."""
    await outbox.record(session, AppointmentChanged.of(appointment), now)
    line = access.line(
        official.principal,
        action=action,
        resource_type="appointment",
        resource_id=appointment.id,
        subject_person_id=appointment.person_id,
        purpose=Stated(Purpose.LEGAL_OBLIGATION, appointment.act_number),
        legal_basis="GDPR art. 6(1)(e)",
    )
    await outbox.record(session, RecordAccessed.of(line), now)


async def _withdraw(session: AsyncSession, ended: Appointment, now: datetime) -> None:
    """End what the official got there, or, while other roles stay, have it asked for anew."""
    left = await roles_of(session, ended.person_id, ended.institution_id, now)
    for acting in await storage.lock_sessions(session, ended.person_id, ended.institution_id):
        if not left:
            await grants.end_at_institution(
                session, acting.id, ended.institution_id, EndReason.APPOINTMENT_ENDED, now
            )
        await sessions.tell_revoked(session, acting, EndReason.APPOINTMENT_ENDED, now)


def _answers_for(official: Official, institution_id: UUID) -> bool:
    return official.institution_id == institution_id or Role.ADMIN in official.roles


def _visible(official: Official, found: Appointment | None) -> Appointment:
    if found is None or not _answers_for(official, found.institution_id):
        raise NotFound
    return found


async def _named(session: AsyncSession, found: Sequence[Appointment]) -> list[Named]:
    names = await accounts.names(session, {one.person_id for one in found})
    return [Named(one, names.get(one.person_id, "")) for one in found]
