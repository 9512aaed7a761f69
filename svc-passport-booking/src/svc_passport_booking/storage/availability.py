"""Free places: read from the index that bookings keep, a range or a probe for each pool.

A slot is left out unless it can be booked at this moment: it is free, has not begun, and its day is open.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Double,
    FromClause,
    Integer,
    Interval,
    Select,
    String,
    TableValuedAlias,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.sql.selectable import LateralFromClause

from hub_core.clock import local_date
from hub_events.session import Session
from hub_service.database import Statement

from ..domain.availability import Circle, Days, FirstPlace, FreeSlots, OfficeCard, OfficeDays, OfficeHours
from ..domain.offices import Point
from ..tables.offices import OFFICES, POOL_TYPES
from ..tables.slots import SLOTS

Where = UUID | str
"""An office by its id, or those that serve a county by its code."""

_INSTANT: Final = DateTime(timezone=True)
_NOW: Final = bindparam("now", type_=_INSTANT)
_AFTER: Final = bindparam("after", type_=_INSTANT)
_BEFORE: Final = bindparam("before", type_=_INSTANT)
_PERSONS: Final = bindparam("persons", type_=Integer())
_PLACES: Final = SLOTS.c.planned - SLOTS.c.taken
_MOMENT: Final = timedelta(microseconds=1)
_MINUTE: Final = literal_column("interval '1 minute'", Interval())
_CARD: Final = (
    OFFICES.c.id,
    OFFICES.c.code,
    OFFICES.c.county,
    OFFICES.c.names,
    OFFICES.c.address,
    OFFICES.c.latitude,
    OFFICES.c.longitude,
)


async def hours(session: Session, where: Where, type_: str, days: Days, now: datetime) -> list[OfficeHours]:
    """Each office that serves the type, by code, with every slot that can be booked on these days."""
    given = {"after": _begin(days, now), "before": days.ends_at}
    statement = _hours(isinstance(where, str))
    rows = await statement.all(session, **_where(where), type=type_, **_at(now), **given)
    return [OfficeHours(_card(row), _free(row)) for row in rows]


async def days(
    session: Session, where: Where, type_: str, persons: int, days: Days, now: datetime
) -> list[OfficeDays]:
    """Each office that serves the type, by code, with the days on which so many persons find a place."""
    given = _each(days, now)
    if persons > 1:
        given["persons"] = persons
    statement = _days(isinstance(where, str), persons > 1)
    rows = await statement.all(session, **_where(where), type=type_, **_at(now), **given)
    return [OfficeDays(_card(row), row["free"]) for row in rows]


async def first_in_counties(
    session: Session, counties: Sequence[str], type_: str, persons: int, days: Days, now: datetime, limit: int
) -> list[FirstPlace]:
    """The first free slot of each office in these counties, the earliest first, then the first county's."""
    given = _spanned(days, now, persons) | {
        "counties": list(counties),
        "county": counties[0],
        "rows": limit,
    }
    rows = await _first(by_county=True, several=persons > 1).all(session, type=type_, **given)
    return [_place(row) for row in rows]


async def first_around(
    session: Session, circle: Circle, type_: str, persons: int, days: Days, now: datetime
) -> list[FirstPlace]:
    """The first free slot of each office in the square that holds a circle."""
    low, high = circle.corners
    given = _spanned(days, now, persons) | {
        "south": low.latitude,
        "north": high.latitude,
        "west": low.longitude,
        "east": high.longitude,
    }
    rows = await _first(by_county=False, several=persons > 1).all(session, type=type_, **given)
    return [_place(row) for row in rows]


def _at(now: datetime) -> dict[str, Any]:
    return {"now": now, "today": local_date(now)}


def _begin(days: Days, now: datetime) -> datetime:
    """The last moment at which no slot of the days begins that can be booked now."""
    return max(now, days.begins_at - _MOMENT)


def _each(days: Days, now: datetime) -> dict[str, Any]:
    spans = [Days(day, day) for day in days.each]
    return {
        "days": [span.first for span in spans],
        "begins": [_begin(span, now) for span in spans],
        "ends": [span.ends_at for span in spans],
    }


def _spanned(days: Days, now: datetime, persons: int) -> dict[str, Any]:
    if persons > 1:
        return _at(now) | _each(days, now) | {"persons": persons}
    return _at(now) | {"after": _begin(days, now), "before": days.ends_at}


def _bookable(pool: ColumnElement[UUID]) -> ColumnElement[bool]:
    """What the index `ix_slots_free` holds of a pool, without what is not open yet."""
    is_open = or_(SLOTS.c.opens_at.is_(None), SLOTS.c.opens_at <= _NOW)
    return and_(SLOTS.c.pool_id == pool, SLOTS.c.is_free, is_open)


def _between(begin: ColumnElement[datetime], end: ColumnElement[datetime]) -> ColumnElement[bool]:
    return and_(SLOTS.c.starts_at > begin, SLOTS.c.starts_at < end)


def _runs(within: ColumnElement[bool], *outer: FromClause) -> LateralFromClause:
    """The slots of a pool `within` a time, in order: when the run of each began, and its places so far.

    A run are slots that follow one another without a gap. The first whose places are enough began where so
    many persons find places from then on, and no earlier one did. `outer` are the tables that `within`
    speaks of; a day is passed through once.
    """
    ends_at = SLOTS.c.starts_at + SLOTS.c.minutes * _MINUTE
    before = func.lag(ends_at).over(order_by=SLOTS.c.starts_at, rows=(None, 0))
    total = func.sum(_PLACES).over(order_by=SLOTS.c.starts_at, rows=(None, 0))
    begins = before.is_distinct_from(SLOTS.c.starts_at)
    free = (
        select(SLOTS.c.starts_at, _PLACES.label("places"), total.label("total"), begins.label("begins"))
        .where(within)
        .correlate(*outer)
        .lateral("free")
    )
    at_first = case((free.c.begins, free.c.total - free.c.places))
    passed = func.max(at_first).over(order_by=free.c.starts_at, rows=(None, 0))
    first = case((free.c.begins, free.c.starts_at))
    began_at = func.max(first).over(order_by=free.c.starts_at, rows=(None, 0))
    return select(
        free.c.starts_at, began_at.label("began_at"), (free.c.total - passed).label("places")
    ).lateral("runs")


def _served() -> Select[Any]:
    """The offices that serve the type, by code, without those that are closed for good."""
    of_type = POOL_TYPES.c.type == bindparam("type", type_=String())
    served = and_(POOL_TYPES.c.office_id == OFFICES.c.id, of_type)
    stays = or_(OFFICES.c.valid_to.is_(None), OFFICES.c.valid_to >= bindparam("today", type_=Date()))
    found = select(*_CARD).select_from(OFFICES.join(POOL_TYPES, served))
    return found.where(stays).order_by(OFFICES.c.code)


def _asked(by_county: bool) -> ColumnElement[bool]:
    if by_county:
        return OFFICES.c.serves.contains(bindparam("counties", type_=ARRAY(String(2))))
    return OFFICES.c.id == bindparam("office", type_=Uuid())


def _where(where: Where) -> dict[str, Any]:
    return {"counties": [where]} if isinstance(where, str) else {"office": where}


@cache
def _hours(by_county: bool) -> Statement:
    columns = {
        "ids": SLOTS.c.id,
        "starts": cast(func.date_part(literal_column("'epoch'"), SLOTS.c.starts_at), BigInteger),
        "minutes": SLOTS.c.minutes,
        "places": _PLACES,
    }
    free = (
        select(
            *(
                func.array_agg(aggregate_order_by(value, SLOTS.c.starts_at)).label(name)
                for name, value in columns.items()
            )
        )
        .where(_bookable(POOL_TYPES.c.pool_id), _between(_AFTER, _BEFORE))
        .correlate(POOL_TYPES)
        .lateral("free")
    )
    return Statement(_served().add_columns(*free.c).join(free, true()).where(_asked(by_county)))


def _spans() -> TableValuedAlias:
    """Days, each with when it begins and ends."""
    given = func.unnest(
        bindparam("days", type_=ARRAY(Date)),
        bindparam("begins", type_=ARRAY(_INSTANT)),
        bindparam("ends", type_=ARRAY(_INSTANT)),
    )
    return given.table_valued("day", "begins_at", "ends_at").render_derived()


@cache
def _days(by_county: bool, several: bool) -> Statement:
    span = _spans()
    within = and_(_bookable(POOL_TYPES.c.pool_id), _between(span.c.begins_at, span.c.ends_at))
    probe: Select[Any] = select(SLOTS.c.id).where(within)
    if several:
        runs = _runs(within, POOL_TYPES, span)
        probe = select(runs.c.starts_at).where(runs.c.places >= _PERSONS)
    free = select(span.c.day).where(probe.correlate(POOL_TYPES, span).exists()).order_by(span.c.day)
    shown = func.array(free.correlate(POOL_TYPES).scalar_subquery()).label("free")
    return Statement(_served().add_columns(shown).where(_asked(by_county)))


@cache
def _first(by_county: bool, several: bool) -> Statement:
    first = _first_slot(several)
    found = _served().order_by(None).add_columns(*first.c).join(first, true())
    if by_county:
        counties = bindparam("counties", type_=ARRAY(String))
        elsewhere = OFFICES.c.county != bindparam("county", type_=String())
        found = found.where(OFFICES.c.county == any_(counties))
        found = found.order_by(first.c.starts_at, elsewhere, OFFICES.c.code)
        return Statement(found.limit(bindparam("rows", type_=Integer())))
    return Statement(
        found.order_by(first.c.starts_at, OFFICES.c.code).where(
            OFFICES.c.latitude.between(_degrees("south"), _degrees("north")),
            OFFICES.c.longitude.between(_degrees("west"), _degrees("east")),
        )
    )


def _first_slot(several: bool) -> LateralFromClause:
    slot = select(SLOTS.c.id.label("slot_id"), SLOTS.c.starts_at, _PLACES.label("places"))
    if not several:
        within = and_(_bookable(POOL_TYPES.c.pool_id), _between(_AFTER, _BEFORE))
        free = slot.where(within).order_by(SLOTS.c.starts_at).limit(1)
        return free.correlate(POOL_TYPES).lateral("first")
    begun = SLOTS.c.starts_at == _first_run().scalar_subquery()
    return slot.where(SLOTS.c.pool_id == POOL_TYPES.c.pool_id, begun).correlate(POOL_TYPES).lateral("first")


def _first_run() -> Select[Any]:
    """When the first run begins that has places for all: day after day, until there is one."""
    spans = _spans()
    span = select(*spans.c).order_by(spans.c.begins_at).subquery("span")
    runs = _runs(
        and_(_bookable(POOL_TYPES.c.pool_id), _between(span.c.begins_at, span.c.ends_at)), POOL_TYPES, span
    )
    enough = select(runs.c.began_at).where(runs.c.places >= _PERSONS).order_by(runs.c.starts_at).limit(1)
    of_day = enough.correlate(POOL_TYPES, span).lateral("of_day")
    found = select(of_day.c.began_at).select_from(span.join(of_day, true()))
    return found.order_by(span.c.begins_at).limit(1).correlate(POOL_TYPES)


def _degrees(name: str) -> ColumnElement[float]:
    return bindparam(name, type_=Double())


def _card(row: Any) -> OfficeCard:
    latitude, longitude = row["latitude"], row["longitude"]
    place = None if latitude is None else Point(latitude, longitude)
    return OfficeCard(row["id"], row["code"], row["county"], row["names"], row["address"], place)


def _free(row: Any) -> FreeSlots:
    return FreeSlots(*(row[name] or () for name in ("ids", "starts", "minutes", "places")))


def _place(row: Any) -> FirstPlace:
    return FirstPlace(_card(row), row["slot_id"], row["starts_at"], row["places"])
