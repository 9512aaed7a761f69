"""Requests: rows in, domain values out; every move writes its step."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    RowMapping,
    Select,
    SmallInteger,
    String,
    Uuid,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_events import outbox
from hub_events.envelope import Event
from hub_events.statements import Part

from ..domain import requests as domain
from ..domain.products import Channel, Product
from ..domain.requests import Actor, ActorKind, Request, Step
from ..domain.states import RefusalReason, ReviewReason, State
from ..events.requests import RequestStateChanged, RequestSubmitted
from ..keys import MasterKey
from ..tables.requests import REQUEST_NUMBERS, REQUESTS, STEPS
from . import holders

_SEALED_TEXTS: Final = ("motive_text", "refusal_text", "papers")
_NOT_COPIED: Final = frozenset({*_SEALED_TEXTS, "holder", "review_reasons", "is_told"})
_COPIED: Final = tuple(field.name for field in fields(Request) if field.name not in _NOT_COPIED)
# Written out, as their indexes have them: a condition with parameters finds no partial index.
_STILL_TO_CHECK: Final = text("state IN ('SUBMITTED', 'AUTO_CHECK')")
_IN_REVIEW: Final = text("state = 'MANUAL_REVIEW'")
_INVITED: Final = text("state = 'NEEDS_COUNTER'")
_USES_UP_THE_DAY: Final = text("state NOT IN ('CANCELLED', 'REJECTED')")


_CHANGING_TEXTS: Final = ("refusal_text", "papers")
_CHANGING: Final = (
    *("state", "version", "alarmed_at", "register_down_since", "claimed_by", "claimed_at"),
    *("proposed_by", "proposal", "proposed_match", "refusal_reason", "counter_until", "decided_at"),
)
"""What changes of a request; the rest stays as it was sent."""

_ADDED: Final = (
    postgresql.insert(REQUESTS)
    .values(
        {column.name: bindparam(column.name) for column in REQUESTS.c}
        | {"number": REQUEST_NUMBERS.next_value()}
    )
    .on_conflict_do_nothing(
        index_elements=["product", "holder_key", "motive", "requested_on"], index_where=_USES_UP_THE_DAY
    )
    .returning(REQUESTS.c.id, REQUESTS.c.number)
    .cte("added")
)
_FIRST_STEPS: Final = (
    func.unnest(
        bindparam("step_numbers", type_=ARRAY(SmallInteger)),
        bindparam("step_states", type_=ARRAY(String)),
        bindparam("step_actor_kinds", type_=ARRAY(String)),
        bindparam("step_actor_ids", type_=ARRAY(Uuid)),
    )
    .table_valued("number", "state", "actor_kind", "actor_id")
    .render_derived()
)
_ADD: Final = Part(
    insert(STEPS)
    .from_select(
        ["request_id", "at", "number", "state", "actor_kind", "actor_id"],
        select(_ADDED.c.id, bindparam("submitted_at"), *_FIRST_STEPS.c).select_from(
            _ADDED.join(_FIRST_STEPS, true())
        ),
    )
    .returning(select(_ADDED.c.number).scalar_subquery())
)
_STEPS_OF: Final = Part(
    select(STEPS).where(STEPS.c.request_id == bindparam("of_request")).order_by(STEPS.c.number)
)
_CHANGED: Final = (
    update(REQUESTS)
    .where(REQUESTS.c.id == bindparam("row_id"))
    .values({name: bindparam(name) for name in (*_CHANGING, *_CHANGING_TEXTS, "review_reasons")})
)
_STORE: Final = Part(_CHANGED)
_STORED: Final = _CHANGED.returning(REQUESTS.c.id).cte("stored")
_LAST_STEP: Final = (
    select(func.max(STEPS.c.number)).where(STEPS.c.request_id == _STORED.c.id).scalar_subquery()
)
_OF_STEP: Final = ("at", "actor_kind", "actor_id", "reason")
_MOVE: Final = Part(
    insert(STEPS).from_select(
        ["request_id", "number", "state", *_OF_STEP],
        select(
            _STORED.c.id,
            func.coalesce(_LAST_STEP, 0) + 1,
            bindparam("state", type_=String),
            *(
                bindparam(name, type_=STEPS.c[name].type)
                for name in ("at", "actor_kind", "actor_id", "reason")
            ),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Summary:
    """A request without what is encrypted, as a list shows it."""

    id: UUID
    number: int
    product: Product
    channel: Channel
    state: State
    motive: str
    holder_id: UUID | None
    acting_person_id: UUID | None
    mandate_id: UUID | None
    requested_on: date
    submitted_at: datetime
    due_on: date
    counter_until: date | None
    decided_at: datetime | None
    version: int


_SUMMARY: Final = [REQUESTS.c[field.name] for field in fields(Summary)]


async def add(
    session: AsyncSession, key: MasterKey, request: Request, steps: Sequence[Step]
) -> Request | None:
    """Store a request just sent, with its steps: the request with its number; none where the day has one.

    It is SUBMITTED, or AUTO_CHECK where nothing lies between the two. `tell` what has become of it. A
    number that is not used is missing.
    Of equal requests at the same instant one is stored, and the others wait here for its commit.
    """
    added = await _ADD.first(
        session,
        **_values(key, request),
        step_numbers=[step.number for step in steps],
        step_states=[step.state for step in steps],
        step_actor_kinds=[step.actor.kind for step in steps],
        step_actor_ids=[step.actor.id for step in steps],
    )
    return replace(request, number=added[0]) if added else None


async def tell(session: AsyncSession, request: Request) -> None:
    """Record the event of a request just sent, at the end of its transaction, unless a move has told it."""
    if not request.is_told:
        await outbox.record(session, RequestSubmitted.of(request), request.submitted_at)


async def move(
    session: AsyncSession,
    key: MasterKey,
    request: Request,
    to: State,
    actor: Actor,
    now: datetime,
    *,
    reason: str | None = None,
    also: Sequence[Event] = (),
    **changed: Any,
) -> Request:
    """The request in its next state, stored with its step; `changed` are other members.

    The event of the move goes with it, after those that are to be told `also`. Of one that was just sent
    it is the event of its sending, with what it has come to.

    The caller holds its row locked, or has just added it. `RequestState` when there is no way there.
    """
    moved = domain.move(request, to, now, is_told=True, **changed)
    step = {"at": now, "actor_kind": actor.kind, "actor_id": actor.id, "reason": reason}
    await _MOVE.all(session, **_changing(key, moved), **step)
    told = RequestStateChanged.of(moved, request.state) if request.is_told else RequestSubmitted.of(moved)
    await outbox.record_all(session, [*also, told], now)
    return moved


async def store(session: AsyncSession, key: MasterKey, request: Request) -> None:
    """Store what has changed of a request besides its state; who holds its row locked may."""
    await _STORE.all(session, **_changing(key, request))


async def read(session: AsyncSession, key: MasterKey, request_id: UUID) -> Request | None:
    """A request."""
    return await _one(session, key, _of_id(request_id))


async def lock(session: AsyncSession, key: MasterKey, request_id: UUID) -> Request | None:
    """A request; its row is locked until the transaction ends."""
    return await _one(session, key, _of_id(request_id).with_for_update())


async def of_day(
    session: AsyncSession, product: Product, holder_key: bytes, motive: str, day: date
) -> Summary | None:
    """The request that uses up the day of a holder for a motive."""
    wanted = select(*_SUMMARY).where(
        REQUESTS.c.product == product,
        REQUESTS.c.holder_key == holder_key,
        REQUESTS.c.motive == motive,
        REQUESTS.c.requested_on == day,
        _USES_UP_THE_DAY,
    )
    row = (await session.execute(wanted)).mappings().first()
    return _summary(row) if row else None


async def known_holder(session: AsyncSession, holder_key: bytes) -> UUID | None:
    """The person or organisation in the hub of whom it is known by an earlier request; else none."""
    wanted = select(REQUESTS.c.holder_id).where(
        REQUESTS.c.product.in_(tuple(Product)),
        REQUESTS.c.holder_key == holder_key,
        REQUESTS.c.holder_id.is_not(None),
        _USES_UP_THE_DAY,
    )
    found: UUID | None = await session.scalar(wanted.order_by(REQUESTS.c.id.desc()).limit(1))
    return found


async def is_asked_about(session: AsyncSession, holder_key: bytes) -> bool:
    """Whether there is any request about a holder."""
    wanted = select(REQUESTS.c.id).where(
        REQUESTS.c.product.in_(tuple(Product)), REQUESTS.c.holder_key == holder_key, _USES_UP_THE_DAY
    )
    return await session.scalar(wanted.limit(1)) is not None


async def asked_by(session: AsyncSession, request_id: UUID) -> UUID | None:
    """The person who asked online; none for a counter."""
    found: UUID | None = await session.scalar(
        select(REQUESTS.c.acting_person_id).where(REQUESTS.c.id == request_id)
    )
    return found


async def steps(session: AsyncSession, request_id: UUID) -> Sequence[Step]:
    """The steps of a request, the first one first."""
    return [
        Step(
            number=row["number"],
            state=State(row["state"]),
            at=row["at"],
            actor=Actor(ActorKind(row["actor_kind"]), row["actor_id"]),
            reason=row["reason"],
        )
        for row in await _STEPS_OF.all(session, of_request=request_id)
    ]


async def summaries(
    session: AsyncSession,
    holder_id: UUID,
    *,
    state: State | None,
    product: Product | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Summary]:
    """The requests about a holder, newest first, of those before the request `before`."""
    wanted = select(*_SUMMARY).where(REQUESTS.c.holder_id == holder_id)
    if state:
        wanted = wanted.where(REQUESTS.c.state == state)
    if product:
        wanted = wanted.where(REQUESTS.c.product == product)
    if before:
        wanted = wanted.where(REQUESTS.c.id < before)
    rows = await session.execute(wanted.order_by(REQUESTS.c.id.desc()).limit(limit))
    return [_summary(row) for row in rows.mappings()]


async def all_of_holder(session: AsyncSession, key: MasterKey, holder_id: UUID) -> Sequence[Request]:
    """Every request about a holder, the oldest first."""
    wanted = select(REQUESTS).where(REQUESTS.c.holder_id == holder_id).order_by(REQUESTS.c.id)
    return [_request(key, row) for row in (await session.execute(wanted)).mappings()]


async def lock_to_check(session: AsyncSession, key: MasterKey, after: UUID | None) -> Request | None:
    """The next request that waits for the register, locked; what others have in hand is passed over."""
    wanted = select(REQUESTS).where(_STILL_TO_CHECK)
    return await _next(session, key, wanted, after)


async def lock_to_alarm(
    session: AsyncSession, key: MasterKey, today: date, after: UUID | None
) -> Request | None:
    """The next one that comes close to its term and of which nobody was told yet, locked."""
    wanted = select(REQUESTS).where(
        or_(_STILL_TO_CHECK, _IN_REVIEW),
        REQUESTS.c.alarm_on <= today,
        REQUESTS.c.alarmed_at.is_(None),
    )
    return await _next(session, key, wanted, after)


async def lock_not_come(
    session: AsyncSession, key: MasterKey, today: date, after: UUID | None
) -> Request | None:
    """The next one whose holder was invited to the counter and did not come in time, locked."""
    wanted = select(REQUESTS).where(_INVITED, REQUESTS.c.counter_until < today)
    return await _next(session, key, wanted, after)


async def waiting(session: AsyncSession) -> int:
    """How many requests wait for the register."""
    return await session.scalar(select(func.count()).where(_STILL_TO_CHECK)) or 0


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Requests of one id become another's; at once, for who asks for themselves is named twice."""
    columns = (REQUESTS.c.holder_id, REQUESTS.c.acting_person_id)
    moved = {column.name: case((column == former_id, person_id), else_=column) for column in columns}
    of_former = or_(*(column == former_id for column in columns))
    await session.execute(update(REQUESTS).where(of_former).values(moved))


async def _next(
    session: AsyncSession, key: MasterKey, wanted: Select[Any], after: UUID | None
) -> Request | None:
    if after:
        wanted = wanted.where(REQUESTS.c.id > after)
    return await _one(session, key, wanted.order_by(REQUESTS.c.id).limit(1).with_for_update(skip_locked=True))


async def _one(session: AsyncSession, key: MasterKey, wanted: Select[Any]) -> Request | None:
    row = (await session.execute(wanted)).mappings().first()
    return _request(key, row) if row else None


def _of_id(request_id: UUID) -> Select[Any]:
    return select(REQUESTS).where(REQUESTS.c.id == request_id)


def _values(key: MasterKey, request: Request) -> dict[str, Any]:
    return {
        **{name: getattr(request, name) for name in _COPIED},
        **_sealed(key, request, _SEALED_TEXTS),
        "holder": holders.seal(key, request.id, request.holder),
        "holder_kind": request.holder.kind,
        "review_reasons": list(request.review_reasons),
    }


def _changing(key: MasterKey, request: Request) -> dict[str, Any]:
    facts = {name: getattr(request, name) for name in _CHANGING}
    own = {"row_id": request.id, "review_reasons": list(request.review_reasons)}
    return facts | own | _sealed(key, request, _CHANGING_TEXTS)


def _sealed(key: MasterKey, request: Request, names: Sequence[str]) -> dict[str, bytes | None]:
    texts = {name: getattr(request, name) for name in names}
    return {
        name: key.seal(text.encode(), _context(request.id, name)) if text is not None else None
        for name, text in texts.items()
    }


def _request(key: MasterKey, row: RowMapping) -> Request:
    texts: dict[str, Any] = {
        name: key.unseal(row[name], _context(row["id"], name)).decode() if row[name] is not None else None
        for name in _SEALED_TEXTS
    }
    facts = {name: row[name] for name in _COPIED}
    facts |= {
        "product": Product(row["product"]),
        "channel": Channel(row["channel"]),
        "state": State(row["state"]),
        "language": Language(row["language"]),
        "refusal_reason": RefusalReason(row["refusal_reason"]) if row["refusal_reason"] else None,
        "review_reasons": tuple(ReviewReason(one) for one in row["review_reasons"]),
        "holder": holders.unseal(key, row["id"], row["holder"]),
    }
    return Request(**facts, **texts)


def _summary(row: RowMapping) -> Summary:
    kinds = {
        "product": Product(row["product"]),
        "channel": Channel(row["channel"]),
        "state": State(row["state"]),
    }
    return Summary(**{**row, **kinds})


def _context(request_id: UUID, name: str) -> str:
    return f"{name}:{request_id}"
