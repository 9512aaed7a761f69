"""The counters of an office: HTTP and nothing else."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query, Response

from hub_core.decisions import OwnCase
from hub_service import paging, policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Keys, at_desk
from ..domain.appointments import Appointment
from ..domain.states import State
from ..errors.applications import NoPickUpMessages
from ..errors.appointments import (
    AlreadyBooked,
    AppointmentNotFound,
    AppointmentState,
    NumberOfTheFuture,
    PersonNamedTwice,
    TooManyPersons,
    TypeNotServed,
)
from ..errors.desk import ApplicationNumberUsed, ArrivedEarly, DayIsOver, NotWhoIsBooked, StillExpected
from ..errors.slots import SlotTaken
from ..operations import desk as operations
from ..schemas.desk import (
    CalledView,
    CallNext,
    CheckIn,
    DeskAppointmentView,
    EndVisit,
    FindAtDesk,
    OpenedAppointmentView,
    OverviewView,
    TakeWalkIn,
    WalkInView,
)

_STEP: Final = (AppointmentNotFound, AppointmentState)
_OPENED: Final = (AppointmentNotFound, purpose.PurposeRequired)

router = Router(prefix="/passport-booking/v1/desks/{office_id}", tags=["desk"])

OfficeId = Annotated[schemas.Id, Path(description="The office where the official works.")]
AppointmentId = Annotated[schemas.Id, Path(description="The appointment's identifier.")]


@router.get("", summary="See how the day stands", **at_desk())
async def get_desk_overview(
    office_id: OfficeId, official: policy.Acting, session: Session, now: Now
) -> OverviewView:
    """How many are expected, wait, are at the counters, were served, refused or have not come."""
    return OverviewView.of(await operations.overview(session, official, office_id, now))


@router.get("/appointments", summary="List the appointments of the day", **at_desk())
async def list_desk_appointments(
    office_id: OfficeId,
    asked: paging.Asked,
    official: policy.Acting,
    session: Session,
    keys: Keys,
    now: Now,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
) -> paging.Page[DeskAppointmentView]:
    """The appointments of today, by time, without names: opening one says whose it is."""
    position = asked.position((datetime, UUID))
    found = await operations.list_day(
        session,
        keys,
        official,
        office_id,
        now,
        state=state,
        after=(position[0], position[1]) if position else None,
        limit=asked.rows,
    )
    return asked.page(found, position=_position, view=DeskAppointmentView.of)


@router.post(
    "/find",
    summary="Find who has come",
    **at_desk(*_OPENED, asks=True),
)
async def find_desk_appointment(
    body: FindAtDesk,
    office_id: OfficeId,
    official: policy.Acting,
    stated: purpose.Given,
    session: Session,
    keys: Keys,
    now: Now,
    response: Response,
) -> OpenedAppointmentView:
    """Today's appointment of somebody, by their personal number or by its code.

    Whose account it is sees that it was opened, and why.
    """
    response.headers["cache-control"] = "no-store"
    return OpenedAppointmentView.of(
        await operations.find(session, keys, official, office_id, body.shown(), stated, now)
    )


@router.get("/appointments/{appointment_id}", summary="Open an appointment", **at_desk(*_OPENED))
async def open_desk_appointment(
    office_id: OfficeId,
    appointment_id: AppointmentId,
    official: policy.Acting,
    stated: purpose.Given,
    session: Session,
    keys: Keys,
    now: Now,
) -> OpenedAppointmentView:
    """Who comes. Whose account it is sees that it was opened, and why."""
    return OpenedAppointmentView.of(
        await operations.open_appointment(session, keys, official, office_id, appointment_id, stated, now)
    )


@router.post(
    "/appointments/{appointment_id}/check-in",
    summary="Check people in",
    **at_desk(*_STEP, ArrivedEarly, DayIsOver, NotWhoIsBooked, AlreadyBooked),
)
async def check_in_appointment(
    body: CheckIn,
    office_id: OfficeId,
    appointment_id: AppointmentId,
    official: policy.Acting,
    session: Session,
    keys: Keys,
    now: Now,
) -> DeskAppointmentView:
    """Note that the people of an appointment have come, by the documents that they show.

    Who is later than is tolerated has missed it (NO_SHOW), unless `is_desk_free` says that they are
    received all the same.
    """
    return DeskAppointmentView.of(
        await operations.check_in(
            session,
            keys,
            official,
            office_id,
            appointment_id,
            body.cnps,
            is_desk_free=body.is_desk_free,
            now=now,
        )
    )


@router.post("/calls", summary="Call the next person", **at_desk())
async def call_next_person(
    body: CallNext, office_id: OfficeId, official: policy.Acting, session: Session, keys: Keys, now: Now
) -> CalledView:
    """Call who is next to a counter: by the hour of the appointment; who came after it, by when they came.

    Two counters never call the same people.
    """
    return CalledView.of(
        await operations.call_next(session, keys, official, office_id, body.desk, body.types, now)
    )


@router.post(
    "/appointments/{appointment_id}/end",
    summary="Note how a visit ended",
    **at_desk(*_STEP, OwnCase, ApplicationNumberUsed, NoPickUpMessages),
)
async def end_visit(
    body: EndVisit,
    office_id: OfficeId,
    appointment_id: AppointmentId,
    official: policy.Acting,
    session: Session,
    keys: Keys,
    now: Now,
) -> DeskAppointmentView:
    """Who was served, with the number of the application, and who was refused, with the reason.

    The appointment is SERVED when at least one person was. Each application can be followed from then on.
    """
    return DeskAppointmentView.of(
        await operations.end(session, keys, official, office_id, appointment_id, body.values(), now)
    )


@router.post(
    "/appointments/{appointment_id}/no-show",
    summary="Note that nobody has come",
    **at_desk(*_STEP, StillExpected),
)
async def note_no_show(
    office_id: OfficeId,
    appointment_id: AppointmentId,
    official: policy.Acting,
    session: Session,
    keys: Keys,
    now: Now,
) -> DeskAppointmentView:
    """Note that nobody came in time, so that the place can go to a walk-in."""
    return DeskAppointmentView.of(
        await operations.note_missed(session, keys, official, office_id, appointment_id, now)
    )


@router.post(
    "/walk-ins",
    status_code=201,
    summary="Take a walk-in",
    **at_desk(TypeNotServed, SlotTaken, TooManyPersons, PersonNamedTwice, NumberOfTheFuture, AlreadyBooked),
)
async def take_walk_in(
    body: TakeWalkIn, office_id: OfficeId, official: policy.Acting, session: Session, keys: Keys, now: Now
) -> WalkInView:
    """Take in people without an appointment, where the running slot or the next one has places.

    Free places first, then those that were given up, then those of people who have not come today. They are
    checked in, and wait to be called.
    """
    return WalkInView.of(await operations.walk_in(session, keys, official, office_id, body.value(), now))


def _position(one: Appointment) -> tuple[datetime, UUID]:
    return one.starts_at, one.id
