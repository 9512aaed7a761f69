"""Closures of offices and bridge days: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path

from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.paging import Page
from hub_service.routing import Router

from ..dependencies import managing
from ..errors.offices import (
    BookingOfficeNotFound,
    BridgeDayNotFound,
    BridgeDaysElsewhere,
    ClosureEnded,
    ClosureNotFound,
    ClosurePeriod,
    DayIsOver,
)
from ..operations import bridge_days, offices
from ..operations import closures as operations
from ..schemas.changes import ChangeView
from ..schemas.timetables import (
    BridgeDaysView,
    BridgeDayView,
    CloseOffice,
    ClosuresView,
    ClosureView,
    DeclareBridgeDay,
)
from .offices import OfficeId

router = Router(prefix="/passport-booking/v1", tags=["timetables"])

Day = Annotated[schemas.LegalDate, Path(description="The day.")]
ClosureId = Annotated[schemas.Id, Path(description="The closure.")]


@router.get("/bridge-days", summary="List the bridge days", **policy.public())
async def list_bridge_days(session: Session, now: Now) -> BridgeDaysView:
    """The days off that the government grants besides the legal holidays, from today on."""
    found = await bridge_days.find(session, now)
    return BridgeDaysView(items=[BridgeDayView.of(each) for each in found])


@router.put(
    "/bridge-days/{day}",
    summary="Declare a bridge day",
    **managing((BridgeDaysElsewhere, DayIsOver)),
)
async def declare_bridge_day(
    body: DeclareBridgeDay, day: Day, official: policy.Acting, session: Session, now: Now
) -> BridgeDayView:
    """The head of the directorate declares a day off for all offices; who had booked is moved."""
    return BridgeDayView.of(await bridge_days.declare(session, official, day, body.legal_basis, now))


@router.delete(
    "/bridge-days/{day}",
    status_code=204,
    summary="Take a bridge day back",
    **managing((BridgeDaysElsewhere, DayIsOver, BridgeDayNotFound)),
)
async def withdraw_bridge_day(day: Day, official: policy.Acting, session: Session, now: Now) -> None:
    """The counters open again; who was moved stays where they are."""
    await bridge_days.withdraw(session, official, day, now)


@router.get(
    "/offices/{office_id}/closures",
    summary="List the closures of an office",
    **policy.public(raises=[BookingOfficeNotFound]),
)
async def list_office_closures(office_id: OfficeId, session: Session, now: Now) -> ClosuresView:
    """When nobody is received there because something happened: now and to come."""
    found = await operations.find(session, office_id, now)
    return ClosuresView(items=[ClosureView.of(each) for each in found])


@router.post(
    "/offices/{office_id}/closures",
    status_code=201,
    summary="Close an office",
    **managing((BookingOfficeNotFound, ClosurePeriod)),
)
async def close_office(
    body: CloseOffice, office_id: OfficeId, official: policy.Acting, session: Session, now: Now
) -> ClosureView:
    """The head closes the office for a time: nobody books there, who had booked is moved with priority."""
    closed = await operations.close(
        *(session, official, office_id, body.starts_at or now, body.ends_at, body.reason, body.note, now)
    )
    return ClosureView.of(closed)


@router.post(
    "/offices/{office_id}/closures/{closure_id}/reopen",
    summary="Open an office again",
    **managing((BookingOfficeNotFound, ClosureNotFound, ClosureEnded)),
)
async def reopen_office(
    office_id: OfficeId, closure_id: ClosureId, official: policy.Acting, session: Session, now: Now
) -> ClosureView:
    """The counters open again before the end of the closure; who was moved stays where they are."""
    return ClosureView.of(await operations.reopen(session, official, office_id, closure_id, now))


@router.get(
    "/offices/{office_id}/changes",
    summary="List who changed what of an office",
    **managing((BookingOfficeNotFound,), auditing=True),
)
async def list_office_changes(
    asked: paging.Asked, office_id: OfficeId, official: policy.Acting, session: Session
) -> Page[ChangeView]:
    """Hours, exceptions, closures and bridge days, the newest first; nothing is ever changed here."""
    found = await offices.history(session, official, office_id, asked.after(int), asked.rows)
    return asked.page(found, position=lambda change: (change.seq,), view=ChangeView.of)
