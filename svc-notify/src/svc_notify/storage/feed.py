"""Events for partners: rows in, values out."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    String,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from hub_events.statements import Part

from ..domain.feed import EVENTS_READ, Consent, FeedEvent, Reader
from ..tables.feed import ARRIVALS, CONSENTS, ENDS, EVENTS
from ..tables.people import SANDBOX_PEOPLE

_ONE: Final = 1
_FACTS: Final = tuple(column.name for column in ARRIVALS.c if column.name != "arrived")
_ADD: Final = Part(
    insert(ARRIVALS)
    .values({name: bindparam(name) for name in _FACTS})
    .on_conflict_do_nothing(index_elements=["id"])
)
_ARRIVED: Final = select(ARRIVALS.c.arrived).limit(1)
_HOLD: Final = (
    insert(ENDS)
    .on_conflict_do_update(index_elements=["id"], set_={"last": ENDS.c.last})
    .returning(ENDS.c.last)
)
_MOVE_END: Final = update(ENDS).values(last=bindparam("to"))
_ENDS: Final = select(ENDS.c.last, ENDS.c.forgotten)
_BETWEEN: Final = (
    select(EVENTS)
    .where(EVENTS.c.position > bindparam("after"))
    .order_by(EVENTS.c.position)
    .limit(bindparam("most"))
)
_FIND: Final = Part(select(EVENTS).where(EVENTS.c.id == any_(bindparam("event_ids", type_=ARRAY(Uuid())))))
_NOBODYS: Final = ""
"""The application of somebody invented of whom that was not told: no reader is it."""


def _placing() -> ReturningInsert[Any]:
    first = select(ARRIVALS.c.arrived).order_by(ARRIVALS.c.arrived).limit(bindparam("most"))
    taken = delete(ARRIVALS).where(ARRIVALS.c.arrived.in_(first)).returning(ARRIVALS).cte("taken")
    invented_for = (
        select(func.coalesce(SANDBOX_PEOPLE.c.client_id, _NOBODYS))
        .where(SANDBOX_PEOPLE.c.person_id == taken.c.person_id)
        .scalar_subquery()
    )
    facts = {name: taken.c[name] for name in _FACTS} | {
        "sandbox_client_id": func.coalesce(taken.c.sandbox_client_id, invented_for)
    }
    number = func.row_number().over(order_by=taken.c.arrived)
    position = bindparam("after", type_=BigInteger) + number
    placed_at = bindparam("now", type_=DateTime(timezone=True))
    placing = insert(EVENTS).from_select(
        ["position", *facts, "placed_at"], select(position, *facts.values(), placed_at)
    )
    return placing.on_conflict_do_nothing(index_elements=["id"]).returning(EVENTS)


_PLACE: Final = _placing()


async def add(session: AsyncSession, event: FeedEvent) -> None:
    """Store an event that has no position yet; nothing where it is there."""
    await _ADD.all(session, **{name: getattr(event, name) for name in _FACTS})


async def has_arrivals(session: AsyncSession) -> bool:
    """Whether an event waits for its position."""
    return await session.scalar(_ARRIVED) is not None


async def lock_end(session: AsyncSession) -> int:
    """The last position given; nobody else gives one until the transaction ends."""
    last: int = (await session.execute(_HOLD, {"id": _ONE, "last": 0, "forgotten": 0})).scalar_one()
    return last


async def place(session: AsyncSession, last: int, limit: int, now: datetime) -> Sequence[FeedEvent]:
    """Give the next positions after `last` to what has arrived, in that order; the caller holds the end.

    An event that has a position already is dropped, and its new one stays empty.
    """
    placed = await session.execute(_PLACE, {"after": last, "most": limit, "now": now})
    events = sorted((_event(row) for row in placed.mappings()), key=lambda event: event.position)
    if events:
        await session.execute(_MOVE_END, {"to": events[-1].position})
    return events


async def ends(session: AsyncSession) -> tuple[int, int]:
    """The highest positions that were given, and that are no longer kept."""
    row = (await session.execute(_ENDS)).one_or_none()
    return (row.last, row.forgotten) if row else (0, 0)


async def between(session: AsyncSession, after: int, limit: int) -> list[FeedEvent]:
    """The events after a position, whoever may see them."""
    rows = await session.execute(_BETWEEN, {"after": after, "most": limit})
    return [_event(row) for row in rows.mappings()]


async def find(session: AsyncSession, event_ids: Collection[UUID]) -> dict[UUID, FeedEvent]:
    """Events by their ids, whoever may see them; those no longer kept are missing."""
    return {row["id"]: _event(row) for row in await _FIND.all(session, event_ids=list(event_ids))}


async def about(session: AsyncSession, person_id: UUID) -> list[FeedEvent]:
    """Every event about a person, in their order."""
    found = select(EVENTS).where(EVENTS.c.person_id == person_id).order_by(EVENTS.c.position)
    return [_event(row) for row in (await session.execute(found)).mappings()]


async def read(
    session: AsyncSession,
    reader: Reader,
    after: int,
    until: int,
    limit: int,
    types: Collection[str] | None,
    subject: str | None,
) -> list[FeedEvent]:
    """What a reader may see after one position and until another, in their order; of these types."""
    asked = _reading(*_kind(reader), types is not None, subject is not None)
    wanted = {"after": after, "until": until, "most": limit, "types": list(types or ()), "of": subject}
    return [_event(row) for row in (await session.execute(asked, wanted | told_of(reader))).mappings()]


@cache
def _reading(of_institution: bool, of_person: bool, by_type: bool, by_subject: bool) -> Select[Any]:
    """Built once for each sort of question: to build it costs more than to ask it."""
    columns = EVENTS.c
    found = select(EVENTS).where(
        columns.position > bindparam("after"), columns.position <= bindparam("until")
    )
    if by_type:
        found = found.where(columns.type == any_(bindparam("types", type_=ARRAY(Text))))
    if by_subject:
        found = found.where(columns.subject == bindparam("of"))

    def first(seen: ColumnElement[bool]) -> Select[Any]:
        some = found.where(seen).order_by(columns.position).limit(bindparam("most")).subquery()
        return select(some)

    # Each part has an index in the order of positions; one condition with OR has none.
    both = union_all(first(columns.is_public), first(_own(of_institution, of_person))).subquery()
    return select(both).order_by(both.c.position).limit(bindparam("most"))


def visible(reader: Reader) -> ColumnElement[bool]:
    """The condition on `feed_events` that says the same as `domain.feed.may_see`; it takes `told_of`."""
    return or_(EVENTS.c.is_public, _own(*_kind(reader)))


def told_of(reader: Reader) -> dict[str, Any]:
    """The parameters of `visible`."""
    return {
        "in_sandbox_of": reader.sandbox_client_id,
        "at": reader.institution_id,
        "about": reader.person_id,
        "scopes": sorted(reader.scopes),
        "app": reader.client_id,
    }


def _kind(reader: Reader) -> tuple[bool, bool]:
    return reader.institution_id is not None, reader.person_id is not None


def _own(of_institution: bool, of_person: bool) -> ColumnElement[bool]:
    """What is not public."""
    columns = EVENTS.c
    tested_by = bindparam("in_sandbox_of", type_=String(64))
    stands_apart = and_(~columns.is_public, columns.sandbox_client_id.is_not_distinct_from(tested_by))
    if of_institution:
        return and_(stands_apart, columns.institution_id == bindparam("at"))
    if of_person:
        scopes = columns.scope == any_(bindparam("scopes", type_=ARRAY(Text)))
        return and_(stands_apart, columns.person_id == bindparam("about"), scopes)
    lets = CONSENTS.c
    return and_(
        stands_apart,
        exists().where(
            lets.person_id == columns.person_id,
            lets.client_id == bindparam("app"),
            lets.withdrawn_at.is_(None),
            _since(literal(EVENTS_READ)) <= columns.time,
            _since(columns.scope) <= columns.time,
        ),
    )


def _since(scope: ColumnElement[str]) -> ColumnElement[datetime]:
    return cast(CONSENTS.c.scopes.op("->>")(scope), DateTime(timezone=True))


async def find_consents(session: AsyncSession, people: Collection[UUID]) -> list[Consent]:
    """The consents of these people that live now."""
    if not people:
        return []
    live = select(CONSENTS).where(CONSENTS.c.person_id.in_(people), CONSENTS.c.withdrawn_at.is_(None))
    return [
        Consent(row.client_id, row.person_id, _moments(row.scopes)) for row in await session.execute(live)
    ]


async def keep_consent(
    session: AsyncSession, consent_id: UUID, client_id: str, person_id: UUID, version: int
) -> dict[str, datetime] | None:
    """Begin to keep what was told of a consent, locked; none where it is withdrawn or told newer.

    Else what is kept of it: scope to moment.
    """
    new = {"id": consent_id, "client_id": client_id, "person_id": person_id, "scopes": {}, "version": 0}
    await session.execute(insert(CONSENTS).values(new).on_conflict_do_nothing())
    found = select(CONSENTS).where(CONSENTS.c.id == consent_id).with_for_update()
    kept = (await session.execute(found)).one()
    if kept.withdrawn_at is not None or kept.version >= version:
        return None
    return _moments(kept.scopes)


async def set_consent(
    session: AsyncSession, consent_id: UUID, scopes: dict[str, datetime], version: int
) -> None:
    """Store what was agreed to, scope to moment."""
    said = {scope: since.isoformat() for scope, since in scopes.items()}
    await session.execute(
        update(CONSENTS).where(CONSENTS.c.id == consent_id).values(scopes=said, version=version)
    )


async def end_consent(
    session: AsyncSession, consent_id: UUID, client_id: str, person_id: UUID, at: datetime
) -> None:
    """Note that a consent was withdrawn, for good: also where it was not heard of yet."""
    ended = {"scopes": {}, "withdrawn_at": at}
    new = {"id": consent_id, "client_id": client_id, "person_id": person_id, "version": 0, **ended}
    await session.execute(
        insert(CONSENTS).values(new).on_conflict_do_update(index_elements=["id"], set_=ended)
    )


async def forget(session: AsyncSession, before: datetime, limit: int) -> int:
    """Remove some of the first events, of those placed before an instant; how many."""
    first = select(EVENTS.c.position, EVENTS.c.placed_at).order_by(EVENTS.c.position).limit(limit).subquery()
    until = await session.scalar(select(func.max(first.c.position)).where(first.c.placed_at < before))
    if until is None:
        return 0
    gone = delete(EVENTS).where(EVENTS.c.position <= until).returning(EVENTS.c.position)
    removed = (await session.scalars(gone)).all()
    await session.execute(update(ENDS).values(forgotten=until))
    return len(removed)


async def forget_consents(session: AsyncSession, before: datetime) -> None:
    """Forget consents withdrawn before an instant: nothing older is told any more."""
    await session.execute(delete(CONSENTS).where(CONSENTS.c.withdrawn_at < before))


async def forget_tests(session: AsyncSession, person_id: UUID) -> None:
    """Remove what only tested an application with this person."""
    tested = and_(EVENTS.c.person_id == person_id, EVENTS.c.sandbox_client_id.is_not(None))
    await session.execute(delete(EVENTS).where(tested))


def _moments(scopes: dict[str, str]) -> dict[str, datetime]:
    return {scope: datetime.fromisoformat(since) for scope, since in scopes.items()}


def _event(row: Any) -> FeedEvent:
    return FeedEvent(**{name: row[name] for name in _FACTS}, position=row["position"])
