"""Daily figures: counted from the rows of a day that is over, read by month."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    cast,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import BUCHAREST

from ..domain.extracts import ExtractState
from ..domain.products import Channel, Product
from ..domain.states import State
from ..domain.statistics import BUCKETS_A_DECADE, Figure, Measure
from ..tables.extracts import BATCHES, EXTRACTS, INSTITUTIONS
from ..tables.requests import REQUESTS
from ..tables.statistics import DAILY_FIGURES

_ISSUED: Final = REQUESTS.c.state == State.ISSUED
_GIVEN: Final = EXTRACTS.c.state == ExtractState.ISSUED


async def counted_until(session: AsyncSession) -> date | None:
    """The last day that was counted; none before the first."""
    counted = DAILY_FIGURES.c.measure == Measure.COUNTED
    day: date | None = await session.scalar(select(func.max(DAILY_FIGURES.c.day)).where(counted))
    return day


async def first_day(session: AsyncSession) -> date | None:
    """The day of the first request or batch."""
    days = [
        await session.scalar(select(func.min(REQUESTS.c.requested_on))),
        await session.scalar(select(func.min(_day(BATCHES.c.created_at)))),
    ]
    return min((day for day in days if day), default=None)


async def count(session: AsyncSession, first: date, last: date) -> None:
    """Count these days, both included; what was counted before stays as it is."""
    start = datetime.combine(first, time(), BUCHAREST)
    end = datetime.combine(last + timedelta(days=1), time(), BUCHAREST)
    for counted in (*_of_requests(start, end), *_of_extracts(start, end)):
        await session.execute(
            postgresql.insert(DAILY_FIGURES)
            .from_select([column.name for column in DAILY_FIGURES.c], counted)
            .on_conflict_do_nothing()
        )
    mark = {"day": last, "product": "", "channel": "", "county": "", "measure": Measure.COUNTED, "amount": 0}
    await session.execute(postgresql.insert(DAILY_FIGURES).values(mark).on_conflict_do_nothing())


async def by_month(session: AsyncSession, product: Product, first: date, until: date) -> Sequence[Figure]:
    """The figures of the months from the day `first` to before the day `until`."""
    month = cast(func.date_trunc("month", cast(DAILY_FIGURES.c.day, postgresql.TIMESTAMP)), Date)
    by = (month, DAILY_FIGURES.c.channel, DAILY_FIGURES.c.county, DAILY_FIGURES.c.measure)
    wanted = select(*by, cast(func.sum(DAILY_FIGURES.c.amount), Integer)).where(
        DAILY_FIGURES.c.product == product,
        DAILY_FIGURES.c.day >= first,
        DAILY_FIGURES.c.day < until,
    )
    return [Figure(*row) for row in await session.execute(wanted.group_by(*by))]


def _of_requests(start: datetime, end: datetime) -> list[Select[Any]]:
    asked, decided = REQUESTS.c.submitted_at, REQUESTS.c.decided_at
    then = (decided >= start, decided < end)

    def each(at: ColumnElement[datetime], measure: ColumnElement[str]) -> Select[Any]:
        place = func.coalesce(REQUESTS.c.county, "")
        return _counted(at, REQUESTS.c.product, REQUESTS.c.channel, place, measure)

    return [
        each(asked, literal(Measure.REQUESTED.value)).where(asked >= start, asked < end),
        each(decided, literal(Measure.ISSUED.value)).where(*then, _ISSUED),
        each(decided, literal(Measure.BY_HAND.value)).where(
            *then, _ISSUED, func.cardinality(REQUESTS.c.review_reasons) > 0
        ),
        each(decided, _kind(Measure.REFUSED, REQUESTS.c.refusal_reason)).where(
            *then, REQUESTS.c.state == State.REJECTED
        ),
        each(decided, _bucket(asked, decided)).where(*then, _ISSUED),
    ]


def _of_extracts(start: datetime, end: datetime) -> list[Select[Any]]:
    asked, decided = BATCHES.c.created_at, EXTRACTS.c.decided_at
    then = (decided >= start, decided < end)

    def each(at: ColumnElement[datetime], measure: ColumnElement[str]) -> Select[Any]:
        place = func.coalesce(INSTITUTIONS.c.county, "")
        product, channel = literal(Product.CRIMINAL_RECORD.value), literal(Channel.INSTITUTION.value)
        return (
            _counted(at, product, channel, place, measure)
            .join_from(EXTRACTS, BATCHES, EXTRACTS.c.batch_id == BATCHES.c.id)
            .outerjoin(INSTITUTIONS, BATCHES.c.institution_id == INSTITUTIONS.c.id)
            .where(EXTRACTS.c.state != ExtractState.INVALID)
        )

    refused = _kind(Measure.REFUSED, EXTRACTS.c.state)
    return [
        each(asked, literal(Measure.REQUESTED.value)).where(asked >= start, asked < end),
        each(decided, literal(Measure.ISSUED.value)).where(*then, _GIVEN),
        each(decided, refused).where(*then, EXTRACTS.c.state == ExtractState.NO_CONSENT),
        each(decided, _bucket(asked, decided)).where(*then, _GIVEN),
    ]


def _counted(
    at: ColumnElement[datetime],
    product: ColumnElement[str],
    channel: ColumnElement[str],
    county: ColumnElement[str],
    measure: ColumnElement[str],
) -> Select[Any]:
    by: list[ColumnElement[Any]] = [
        _day(at).label("day"),
        product.label("product"),
        channel.label("channel"),
        county.label("county"),
        measure.label("measure"),
    ]
    return select(*by, func.count().label("amount")).group_by(
        *(text(str(1 + place)) for place in range(len(by)))
    )


def _day(at: ColumnElement[datetime]) -> ColumnElement[date]:
    """The legal date of an instant."""
    return cast(func.timezone("Europe/Bucharest", at), Date)


def _kind(measure: Measure, kind: ColumnElement[str]) -> ColumnElement[str]:
    return literal(f"{measure.value}:").concat(kind)


def _bucket(asked: ColumnElement[datetime], decided: ColumnElement[datetime]) -> ColumnElement[str]:
    """The bucket of the time between, from one millisecond on."""
    milliseconds = func.greatest(func.extract("epoch", decided - asked) * 1000, 1)
    bucket = cast(func.round(func.log(milliseconds) * BUCKETS_A_DECADE), Integer)
    return _kind(Measure.TIME, cast(bucket, String))
