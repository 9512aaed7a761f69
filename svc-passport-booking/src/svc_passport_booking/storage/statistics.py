"""Daily figures: counted from the rows of a day that is over, read by month or by office."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, Select, String, cast, func, literal, or_, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import BUCHAREST, local_date

from ..domain.states import Channel, PersonState, State
from ..domain.statistics import LONGEST_MINUTES, NO_PLACE, Figure, Measure
from ..tables.appointments import APPOINTMENTS, PERSONS
from ..tables.offices import OFFICES, POOL_TYPES, POOLS
from ..tables.slots import SLOTS
from ..tables.statistics import DAILY_FIGURES

_NO_POOL: Final = UUID(int=0)
"""Under which stands that a day was counted."""
_CAME: Final = (State.CHECKED_IN, State.SERVED, State.REFUSED_AT_DESK)
_SECONDS: Final = 60


async def counted_until(session: AsyncSession) -> date | None:
    """The last day that was counted; none before the first."""
    counted = DAILY_FIGURES.c.measure == Measure.COUNTED
    day: date | None = await session.scalar(select(func.max(DAILY_FIGURES.c.day)).where(counted))
    return day


async def first_day(session: AsyncSession) -> date | None:
    """The local day of the first slot or appointment."""
    instants = [
        await session.scalar(select(func.min(SLOTS.c.starts_at))),
        await session.scalar(select(func.min(APPOINTMENTS.c.created_at))),
    ]
    return min((local_date(instant) for instant in instants if instant), default=None)


async def count(session: AsyncSession, first: date, last: date) -> None:
    """Count these days, both included; what was counted before stays as it is."""
    start, end = _midnight(first), _midnight(last + timedelta(days=1))
    for counted in _counts(start, end):
        await session.execute(_into(counted))
    mark = {"day": last, "pool_id": _NO_POOL, "measure": Measure.COUNTED, "amount": 0}
    await session.execute(postgresql.insert(DAILY_FIGURES).values(mark).on_conflict_do_nothing())


async def note_first_places(session: AsyncSession, day: date, now: datetime, window: int) -> None:
    """Note under a day how many days each pool's first free place is away now, within the window."""
    end = _midnight(local_date(now) + timedelta(days=window + 1))
    is_free = (
        SLOTS.c.is_free
        & (SLOTS.c.starts_at > now)
        & (SLOTS.c.starts_at < end)
        & or_(SLOTS.c.opens_at.is_(None), SLOTS.c.opens_at <= now)
    )
    soonest = (
        select(SLOTS.c.starts_at)
        .where(SLOTS.c.pool_id == POOLS.c.id, is_free)
        .order_by(SLOTS.c.starts_at)
        .limit(1)
        .scalar_subquery()
    )
    away = cast(_day(soonest) - local_date(now), String)
    kind = func.concat(f"{Measure.FIRST_PLACE}:", func.coalesce(away, NO_PLACE))
    noted = select(literal(day), POOLS.c.id, cast(kind, String), literal(1)).select_from(POOLS)
    await session.execute(_into(noted))


async def by_month(session: AsyncSession, type_code: str, first: date, until: date) -> Sequence[Figure]:
    """The figures of the counters that serve a type, of the months from `first` to before `until`."""
    month = cast(func.date_trunc("month", cast(DAILY_FIGURES.c.day, postgresql.TIMESTAMP)), Date)
    by = (month, OFFICES.c.county, DAILY_FIGURES.c.measure)
    serving = select(POOL_TYPES.c.pool_id).where(POOL_TYPES.c.type == type_code)
    wanted = (
        select(*by, cast(func.sum(DAILY_FIGURES.c.amount), Integer))
        .join_from(DAILY_FIGURES, POOLS, POOLS.c.id == DAILY_FIGURES.c.pool_id)
        .join(OFFICES)
        .where(
            DAILY_FIGURES.c.pool_id.in_(serving), DAILY_FIGURES.c.day >= first, DAILY_FIGURES.c.day < until
        )
    )
    return [Figure(*row) for row in await session.execute(wanted.group_by(*by))]


async def of_office(session: AsyncSession, office_id: UUID, first: date, last: date) -> Mapping[str, int]:
    """The amounts of these days at an office, both included, by measure."""
    mine = select(POOLS.c.id).where(POOLS.c.office_id == office_id)
    wanted = select(DAILY_FIGURES.c.measure, cast(func.sum(DAILY_FIGURES.c.amount), Integer)).where(
        DAILY_FIGURES.c.pool_id.in_(mine), DAILY_FIGURES.c.day >= first, DAILY_FIGURES.c.day <= last
    )
    return {row[0]: row[1] for row in await session.execute(wanted.group_by(DAILY_FIGURES.c.measure))}


def _counts(start: datetime, end: datetime) -> list[Select[Any]]:
    columns = APPOINTMENTS.c
    of_day = (columns.starts_at >= start, columns.starts_at < end)
    booked = columns.channel != Channel.COUNTER
    confirmed = (columns.confirmed_at >= start, columns.confirmed_at < end)

    def each(measure: Measure, at: ColumnElement[Any] = columns.starts_at) -> Select[Any]:
        return _counted(at, columns.pool_id, literal(measure.value))

    def places(measure: Measure, number: ColumnElement[Any]) -> Select[Any]:
        counted = _counted(SLOTS.c.starts_at, SLOTS.c.pool_id, literal(measure.value), func.sum(number))
        return counted.where(SLOTS.c.starts_at >= start, SLOTS.c.starts_at < end, ~SLOTS.c.closed)

    def persons(state: PersonState, measure: ColumnElement[str]) -> Select[Any]:
        counted = _counted(columns.starts_at, columns.pool_id, measure)
        return counted.join_from(APPOINTMENTS, PERSONS).where(*of_day, PERSONS.c.state == state)

    def minutes(measure: Measure, since: ColumnElement[Any], until: ColumnElement[Any]) -> Select[Any]:
        lasted = cast(func.floor(func.extract("epoch", until - since) / _SECONDS), Integer)
        kind = _kind(measure, cast(func.least(lasted, LONGEST_MINUTES), String))
        both = (since.is_not(None), until.is_not(None))
        return _counted(columns.starts_at, columns.pool_id, kind).where(*of_day, *both)

    return [
        each(Measure.BOOKED, columns.confirmed_at).where(*confirmed, booked),
        each(Measure.ATTENDED).where(*of_day, booked, columns.state.in_(_CAME)),
        each(Measure.MISSED).where(*of_day, booked, columns.state == State.NO_SHOW),
        places(Measure.PLACES, SLOTS.c.capacity),
        places(Measure.TAKEN, SLOTS.c.taken),
        persons(PersonState.SERVED, literal(Measure.SERVED.value)),
        persons(PersonState.REFUSED, _kind(Measure.REFUSED, PERSONS.c.reason)),
        minutes(Measure.WAITED, columns.arrived_at, columns.called_at),
        minutes(Measure.AT_DESK, columns.called_at, columns.ended_at),
    ]


def _counted(
    at: ColumnElement[Any],
    pool: ColumnElement[Any],
    measure: ColumnElement[str],
    amount: ColumnElement[Any] | None = None,
) -> Select[Any]:
    by = (_day(at).label("day"), pool.label("pool"), measure.label("measure"))
    counted = select(*by, func.count() if amount is None else amount)
    return counted.group_by(*(text(str(1 + place)) for place in range(len(by))))


def _into(counted: Select[Any]) -> Any:
    names = [column.name for column in DAILY_FIGURES.c]
    return postgresql.insert(DAILY_FIGURES).from_select(names, counted).on_conflict_do_nothing()


def _kind(measure: Measure, kind: ColumnElement[str]) -> ColumnElement[str]:
    return literal(f"{measure.value}:").concat(kind)


def _day(at: ColumnElement[Any]) -> ColumnElement[date]:
    """The legal date of an instant."""
    return cast(func.timezone("Europe/Bucharest", at), Date)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BUCHAREST)
