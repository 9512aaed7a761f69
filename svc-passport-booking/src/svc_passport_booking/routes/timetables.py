"""When counters are open: HTTP and nothing else."""

from typing import Annotated, Final

from fastapi import Path, Response

from hub_service import policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.problems import PreconditionFailed, PreconditionRequired
from hub_service.routing import Router

from ..dependencies import Base, etag, managing
from ..domain.offices import Pool
from ..domain.schedules import Timetable
from ..errors.offices import BookingOfficeNotFound, DayIsOver, ExceptionNotFound, HoursOverlap, PoolNotFound
from ..operations import timetables as operations
from ..schemas.timetables import ChangeWeek, ExceptDay, TimetableView

router = Router(prefix="/passport-booking/v1/pools/{pool_id}", tags=["timetables"])

PoolId = Annotated[schemas.Id, Path(description="The counters.")]
Day = Annotated[schemas.LegalDate, Path(description="The day.")]
_CHANGE: Final = (PoolNotFound, BookingOfficeNotFound, PreconditionFailed, PreconditionRequired, DayIsOver)


@router.get("/timetable", summary="Read when counters are open", **policy.public(raises=[PoolNotFound]))
async def read_pool_timetable(
    pool_id: PoolId, response: Response, session: Session, now: Now
) -> TimetableView:
    """The hours of each weekday and the days with others, from today on."""
    return _shown(response, *await operations.read(session, pool_id, now))


@router.put("/week", summary="Change the hours from a day on", **managing((*_CHANGE, HoursOverlap)))
async def change_pool_week(
    body: ChangeWeek,
    pool_id: PoolId,
    base: Base,
    official: policy.Acting,
    response: Response,
    session: Session,
    now: Now,
) -> TimetableView:
    """The head of the office sets the hours of every weekday. What is booked stays, what is free follows."""
    week = [(each.weekday, each.value()) for each in body.week]
    changed = await operations.change_week(session, official, pool_id, base, body.valid_from, week, now)
    return _shown(response, *changed)


@router.put(
    "/exceptions/{day}", summary="Let other hours hold on a day", **managing((*_CHANGE, HoursOverlap))
)
async def except_pool_day(
    body: ExceptDay,
    pool_id: PoolId,
    day: Day,
    base: Base,
    official: policy.Acting,
    response: Response,
    session: Session,
    now: Now,
) -> TimetableView:
    """Other hours on one day, also on a holiday; without any, who had booked is moved with priority."""
    changed = await operations.except_day(session, official, pool_id, base, body.value(day), now)
    return _shown(response, *changed)


@router.delete(
    "/exceptions/{day}",
    summary="Let the week's hours hold on a day again",
    **managing((*_CHANGE, ExceptionNotFound)),
)
async def restore_pool_day(
    pool_id: PoolId,
    day: Day,
    base: Base,
    official: policy.Acting,
    response: Response,
    session: Session,
    now: Now,
) -> TimetableView:
    """Take back what was special on a day; who was moved stays where they are."""
    return _shown(response, *await operations.restore_day(session, official, pool_id, base, day, now))


def _shown(response: Response, pool: Pool, timetable: Timetable) -> TimetableView:
    response.headers["etag"] = etag(pool.version)
    return TimetableView.of(pool, timetable)
