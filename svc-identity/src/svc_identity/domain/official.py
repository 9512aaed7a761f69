"""Officials: who acts for which institution, in which role, from when to when, by which act."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core import clock, cnp
from hub_core.decisions import FourEyes, OwnCase
from hub_core.language import Language
from hub_core.principal import Role
from hub_core.problem import FieldError

from ..errors.officials import AppointmentOver
from . import rules
from .rules import RuleId

OPERATOR: Final = "DGCTI"
"""Code of the institution that runs the hub: only it has administrators and publishers of the catalog."""
AT_OPERATOR: Final = frozenset({Role.ADMIN, Role.CATALOG_PUBLISHER})
FOUR_EYES: Final = frozenset({Role.ADMIN, Role.ALERT_APPROVER, Role.CATALOG_PUBLISHER})
"""Roles that two administrators give: one grants, another approves."""
BY_HEAD: Final = frozenset(
    {
        *(Role.CLERK, Role.REGISTRAR, Role.HANDLER, Role.CATALOG_EDITOR),
        *(Role.TRAFFIC_OFFICER, Role.RECORDS_OFFICER, Role.ALERT_OPERATOR),
    }
)
"""Roles a head gives in the own institution. Not their equals, not who signs, not who watches over them."""

NO_END: Final = "The last day is before the first."
TOO_LONG: Final = "An appointment is for four years at most; then it is granted anew."
PAST: Final = "The last day has passed."
ACT_LATER: Final = "The act is of a day that has not come."
NUMBER: Final = "A personal number does not belong here."
NOT_HERE: Final = "Only the institution that runs the hub has this role."
TEXTS: Final = (NO_END, TOO_LONG, PAST, ACT_LATER, NUMBER, NOT_HERE)


class State(StrEnum):
    """PROPOSED waits for a second administrator; GRANTED holds in its days; ENDED before its last day."""

    PROPOSED = "PROPOSED"
    GRANTED = "GRANTED"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True)
class Institution:
    """Our copy of an institution of the catalog."""

    id: UUID
    code: str
    names: dict[Language, str]
    valid_from: date
    valid_to: date | None
    version: int

    def is_open(self, on: date) -> bool:
        """Whether it exists on this day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Appointment:
    """One role of one person at one institution, on the days from `valid_from` to `valid_to`.

    `act_number` and `act_date` name the administrative act that grants it.
    """

    id: UUID
    person_id: UUID
    institution_id: UUID
    role: Role
    valid_from: date
    valid_to: date
    act_number: str
    act_date: date
    granted_by: UUID
    granted_at: datetime
    state: State
    version: int
    approved_by: UUID | None = None
    approved_at: datetime | None = None
    ended_by: UUID | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None

    @property
    def ends_at(self) -> datetime:
        """The instant at which its last day is over: midnight in Bucharest."""
        return datetime.combine(self.valid_to + timedelta(days=1), time(), clock.BUCHAREST)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An appointment that is asked for."""

    person_id: UUID
    role: Role
    valid_from: date
    valid_to: date
    act_number: str
    act_date: date


def may_grant(roles: Collection[Role], role: Role) -> bool:
    """Whether an official with these roles may give `role`; a head in the own institution only."""
    return Role.ADMIN in roles or (Role.HEAD in roles and role in BY_HEAD)


def flaws(wanted: Wanted, institution: Institution, now: datetime) -> list[FieldError]:
    """What is wrong with an appointment, by JSON pointer."""
    today = clock.local_date(now)
    longest = rules.duration(RuleId.APPOINTMENT_LONGEST, now)
    found = []
    if wanted.valid_to < wanted.valid_from:
        found.append(FieldError("/valid_to", "order", NO_END))
    elif wanted.valid_to < today:
        found.append(FieldError("/valid_to", "past", PAST))
    elif wanted.valid_to - wanted.valid_from > longest:
        found.append(FieldError("/valid_to", "too-long", TOO_LONG))
    if wanted.act_date > today:
        found.append(FieldError("/act_date", "future", ACT_LATER))
    if any(cnp.find(wanted.act_number)):
        found.append(FieldError("/act_number", "personal-number", NUMBER))
    if wanted.role in AT_OPERATOR and institution.code != OPERATOR:
        found.append(FieldError("/role", "not-here", NOT_HERE))
    return found


def grant(
    appointment_id: UUID, wanted: Wanted, institution: Institution, granted_by: UUID, now: datetime
) -> Appointment:
    """The appointment; one that needs four eyes waits for the second pair. `OwnCase`: not to oneself."""
    if wanted.person_id == granted_by:
        raise OwnCase
    return Appointment(
        id=appointment_id,
        person_id=wanted.person_id,
        institution_id=institution.id,
        role=wanted.role,
        valid_from=wanted.valid_from,
        valid_to=wanted.valid_to,
        act_number=wanted.act_number,
        act_date=wanted.act_date,
        granted_by=granted_by,
        granted_at=now,
        state=State.PROPOSED if wanted.role in FOUR_EYES else State.GRANTED,
        version=1,
    )


def approve(appointment: Appointment, approved_by: UUID, now: datetime) -> Appointment:
    """The appointment after a second administrator has approved it; repeating it changes nothing.

    `OwnCase` for one's own, `FourEyes` for who proposed it, `AppointmentOver` for one that has ended.
    """
    if approved_by == appointment.person_id:
        raise OwnCase
    if approved_by == appointment.granted_by:
        raise FourEyes
    if appointment.state is State.ENDED:
        raise AppointmentOver
    if appointment.state is State.GRANTED:
        return appointment
    return replace(
        appointment,
        state=State.GRANTED,
        approved_by=approved_by,
        approved_at=now,
        version=appointment.version + 1,
    )


def end(appointment: Appointment, ended_by: UUID, reason: str, now: datetime) -> Appointment:
    """The appointment, ended now; one that has ended stays as it is."""
    if appointment.state is State.ENDED:
        return appointment
    return replace(
        appointment,
        state=State.ENDED,
        ended_by=ended_by,
        ended_at=now,
        end_reason=reason,
        version=appointment.version + 1,
    )


def in_force(appointment: Appointment, now: datetime) -> bool:
    """Whether the role may be used at this instant."""
    on = clock.local_date(now)
    return appointment.state is State.GRANTED and appointment.valid_from <= on <= appointment.valid_to


def roles(appointments: Iterable[Appointment], now: datetime) -> frozenset[Role]:
    """The roles that hold at this instant."""
    return frozenset(one.role for one in appointments if in_force(one, now))
