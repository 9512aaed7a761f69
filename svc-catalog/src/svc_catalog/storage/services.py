"""Published services: rows in, domain values out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, Self
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Integer, Row, Select, String, Uuid, any_, bindparam, cast, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from hub_events.session import Session
from hub_service.database import Statement

from ..domain import services, text
from ..domain.services import PUBLISHED, Card, Service
from ..domain.text import Index, Question, Texts
from ..tables.institutions import INSTITUTIONS
from ..tables.services import SERVICES
from . import ranking, vocabulary


@dataclass(frozen=True, slots=True)
class ProvidedService:
    """A service with its provider's code and names, and the provider's word that it is right.

    `stale` when that was too long ago; no `confirmed_at` when it was never given.
    """

    service: Service
    provider_code: str
    provider_names: Texts
    confirmed_at: datetime | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class ProvidedCard:
    """What lists show of a service, as it is stored (`domain.services.Card`), with the same beside it.

    It is not read into values: a list shows up to 200, and shows them as they are.
    """

    card: dict[str, Any]
    provider_code: str
    provider_names: dict[str, str | None]
    confirmed_at: datetime | None
    stale: bool

    @property
    def title(self) -> Texts:
        """What the service is called."""
        return Texts(**self.card["title"])


Found = tuple[ranking.Position, ProvidedCard]
"""A service in a list, and where the list stands with it."""

_SERVICE: Final = TypeAdapter(Service)
_CARD: Final = TypeAdapter(Card)
_TEXTS: Final = TypeAdapter(Texts)
_BESIDE: Final = [SERVICES.c.confirmed_at, SERVICES.c.stale, INSTITUTIONS.c.code, INSTITUTIONS.c.names]
_COLUMNS: Final = [SERVICES.c.content, *_BESIDE]
_SHOWN: Final = [SERVICES.c.card, *_BESIDE]
_IS_PUBLISHED: Final = SERVICES.c.status == any_(cast(sorted(PUBLISHED), ARRAY(String)))


async def find(
    session: Session, wanted: services.Filter, after: ranking.Position | None, limit: int
) -> list[Found]:
    """The published services that fit the filter, the best match first."""
    question = wanted.question
    if question is not None and question.words and question.every:
        return await _search(session, question, wanted, after, limit)
    query = _filtered(ranking.ranked(SERVICES, question, after, _SHOWN), wanted)
    rows = await session.execute(query.limit(limit))
    return [(ranking.position(row), _card(row)) for row in rows]


async def _search(
    session: Session, question: Question, wanted: services.Filter, after: ranking.Position | None, limit: int
) -> list[Found]:
    """The same by a statement that was made before: names, keywords and summaries first, then all texts."""
    given = {"audience": wanted.audience, "life_event": wanted.life_event, "provider": wanted.provider}
    values = ranking.asked(question) | {name: value for name, value in given.items() if value is not None}
    if after is not None:
        values |= dict(zip(("after_match", "after_key", "after_id"), after, strict=True))
    rows: list[Any] = []
    for texts in (False, True):
        statement = _statement(texts, after is not None, _Given.of(wanted))
        rows = await statement.all(session, **values, rows=limit)
        if len(rows) == limit:
            break
    return [(ranking.position(row), _found(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class _Given:
    """Which filters are given; a provider by its id or by its code."""

    audience: bool
    life_event: bool
    provider: type | None

    @classmethod
    def of(cls, wanted: services.Filter) -> Self:
        provider = wanted.provider
        kind = None if provider is None else UUID if isinstance(provider, UUID) else str
        return cls(wanted.audience is not None, wanted.life_event is not None, kind)


@cache
def _statement(texts: bool, further: bool, given: _Given) -> Statement:
    """The positions first, and only for those of the page what is shown: a card is large."""
    columns = SERVICES.c
    query = ranking.bound(SERVICES, texts=texts, further=further).where(_IS_PUBLISHED)
    if given.audience:
        query = query.where(bindparam("audience", type_=String()) == any_(columns.audiences))
    if given.life_event:
        query = query.where(bindparam("life_event", type_=String()) == any_(columns.life_events))
    if given.provider is UUID:
        query = query.where(columns.provider_id == bindparam("provider", type_=Uuid()))
    elif given.provider is str:
        code = bindparam("provider", type_=String())
        provider = select(INSTITUTIONS.c.id).where(INSTITUTIONS.c.code == code).scalar_subquery()
        query = query.where(columns.provider_id == provider)
    page = query.limit(bindparam("rows", type_=Integer())).subquery()
    shown = select(page, *_SHOWN).join_from(page, SERVICES, page.c.id == columns.id)
    shown = shown.join(INSTITUTIONS, columns.provider_id == INSTITUTIONS.c.id)
    return Statement(shown.order_by(page.c.match, page.c.sort_key, page.c.id))


async def find_whole(session: Session, wanted: services.Filter, limit: int) -> list[ProvidedService]:
    """The published services that fit the filter, whole, by title."""
    query = _filtered(select(*_COLUMNS), wanted).order_by(SERVICES.c.sort_key, SERVICES.c.id)
    return [_service(row) for row in await session.execute(query.limit(limit))]


async def count_life_events(session: Session) -> dict[str, int]:
    """How many published services are needed in each situation, by its code."""
    event = func.unnest(SERVICES.c.life_events).label("event")
    needed = select(event).where(SERVICES.c.status.in_(PUBLISHED)).subquery()
    rows = await session.execute(select(needed.c.event, func.count()).group_by(needed.c.event))
    return {str(code): int(count) for code, count in rows}


async def get_published(session: Session, code: str) -> ProvidedService | None:
    """The published service of a code."""
    query = _published(select(*_COLUMNS)).where(SERVICES.c.code == code)
    row = (await session.execute(query)).one_or_none()
    return _service(row) if row else None


async def mark(session: Session, service_id: UUID, confirmed_at: datetime | None, *, stale: bool) -> None:
    """Store when a service was confirmed by its provider, and whether that is too long ago."""
    query = update(SERVICES).where(SERVICES.c.id == service_id)
    await session.execute(query.values(confirmed_at=confirmed_at, stale=stale))


async def codes(session: Session) -> list[str]:
    """The codes of every published service."""
    query = select(SERVICES.c.code).where(SERVICES.c.status.in_(PUBLISHED)).order_by(SERVICES.c.code)
    return list(await session.scalars(query))


async def read(session: Session, codes: Collection[str]) -> dict[str, Service]:
    """The published services of these codes by code; what is not there is not among them."""
    query = select(SERVICES.c.content).where(SERVICES.c.code.in_(codes), SERVICES.c.status.in_(PUBLISHED))
    found = map(_SERVICE.validate_python, await session.scalars(query))
    return {each.code: each for each in found}


async def put(session: Session, changed: Sequence[Service], now: datetime) -> None:
    """Store these versions, each over the one before it."""
    for each in changed:
        index = each.index()
        values = {
            "id": each.id,
            "code": each.code,
            "version": each.version,
            "status": each.status,
            "provider_id": each.provider_id,
            "audiences": list(each.audiences),
            "life_events": list(each.life_events),
            "content": _SERVICE.dump_python(each, mode="json"),
            "changed_at": now,
        }
        await ranking.put(session, SERVICES, [values | _derived(each, index)])
        await vocabulary.learn(session, index.vocabulary)


async def derive_anew(session: Session) -> None:
    """Derive anew what lists and searches read of rows that were derived by other rules."""
    rows = await session.scalars(select(SERVICES.c.content).where(SERVICES.c.edition != text.EDITION))
    for each in map(_SERVICE.validate_python, rows.all()):
        index = each.index()
        await ranking.store_derived(session, SERVICES, each.id, _derived(each, index))
        await vocabulary.learn(session, index.vocabulary)


def _derived(service: Service, index: Index) -> dict[str, Any]:
    card = {"card": _CARD.dump_python(service.card, mode="json")}
    return card | ranking.derived(index, service.sort_key)


def _filtered(query: Select[Any], wanted: services.Filter) -> Select[Any]:
    columns, query = SERVICES.c, _published(query)
    if wanted.audience is not None:
        query = query.where(columns.audiences.contains([wanted.audience]))
    if wanted.life_event is not None:
        query = query.where(columns.life_events.contains([wanted.life_event]))
    if wanted.provider is not None:
        provider = columns.provider_id if isinstance(wanted.provider, UUID) else INSTITUTIONS.c.code
        query = query.where(provider == wanted.provider)
    return query


def _published(query: Select[Any]) -> Select[Any]:
    joined = query.join_from(SERVICES, INSTITUTIONS, SERVICES.c.provider_id == INSTITUTIONS.c.id)
    return joined.where(_IS_PUBLISHED)


def _service(row: Row[Any]) -> ProvidedService:
    return ProvidedService(_SERVICE.validate_python(row.content), *_beside(row))


def _card(row: Row[Any]) -> ProvidedCard:
    return ProvidedCard(row.card, row.code, row.names, row.confirmed_at, row.stale)


def _found(row: Mapping[str, Any]) -> ProvidedCard:
    return ProvidedCard(row["card"], row["code"], row["names"], row["confirmed_at"], row["stale"])


def _beside(row: Row[Any]) -> tuple[str, Texts, datetime | None, bool]:
    return row.code, _TEXTS.validate_python(row.names), row.confirmed_at, row.stale
