"""Links to history documents: rows in, domain values out. What opens one is stored as a keyed hash only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import typed_codes

from ..domain.record_links import Opening, RecordLink
from ..keys import MasterKey, Purpose
from ..tables.history_documents import RECORD_LINK_OPENINGS, RECORD_LINKS

_PLAIN: Final = (
    *("id", "document_id", "person_id", "made_at", "ends_at"),
    *("most_openings", "openings", "revoked_at", "version"),
)


def secret_of(key: MasterKey, link_id: UUID) -> str:
    """What opens a link: nobody without the key can tell it from the id."""
    chance = key.digest(Purpose.CODES, f"record-link:{link_id}")
    return typed_codes.code_of(chance[: typed_codes.RANDOM_BYTES])


async def add(session: AsyncSession, key: MasterKey, link: RecordLink) -> None:
    """Store a link."""
    values: dict[str, Any] = {name: getattr(link, name) for name in _PLAIN}
    values |= {
        "secret_key": _secret_key(key, secret_of(key, link.id)),
        "note": key.seal(link.note.encode(), _note(link.id)) if link.note else None,
    }
    await session.execute(insert(RECORD_LINKS), values)


async def of_document(
    session: AsyncSession,
    key: MasterKey,
    document_id: UUID,
    *,
    before: UUID | None = None,
    limit: int | None = None,
) -> Sequence[RecordLink]:
    """The links to a document, newest first, of those before the link `before`."""
    wanted = select(RECORD_LINKS).where(RECORD_LINKS.c.document_id == document_id)
    if before:
        wanted = wanted.where(RECORD_LINKS.c.id < before)
    rows = await session.execute(wanted.order_by(RECORD_LINKS.c.id.desc()).limit(limit))
    return [_link(key, row) for row in rows.mappings()]


async def of_person(session: AsyncSession, key: MasterKey, person_id: UUID) -> Sequence[RecordLink]:
    """Every link of a person, oldest first."""
    wanted = select(RECORD_LINKS).where(RECORD_LINKS.c.person_id == person_id)
    rows = await session.execute(wanted.order_by(RECORD_LINKS.c.id))
    return [_link(key, row) for row in rows.mappings()]


async def count_open(session: AsyncSession, document_id: UUID, now: datetime) -> int:
    """How many links to a document open something."""
    table = RECORD_LINKS.c
    wanted = select(func.count()).where(table.document_id == document_id, *_is_open(now))
    count: int = (await session.execute(wanted)).scalar_one()
    return count


async def find(
    session: AsyncSession, key: MasterKey, link_id: UUID, *, lock: bool = False
) -> RecordLink | None:
    """A link by id; `lock` holds its row until the transaction ends."""
    wanted = select(RECORD_LINKS).where(RECORD_LINKS.c.id == link_id)
    rows = await session.execute(wanted.with_for_update() if lock else wanted)
    row = rows.mappings().one_or_none()
    return _link(key, row) if row else None


async def by_secret(session: AsyncSession, key: MasterKey, secret: str) -> RecordLink | None:
    """The link that a secret opens, whether or not it still does."""
    wanted = select(RECORD_LINKS).where(RECORD_LINKS.c.secret_key == _secret_key(key, secret))
    row = (await session.execute(wanted)).mappings().one_or_none()
    return _link(key, row) if row else None


async def open_once(session: AsyncSession, key: MasterKey, secret: str, now: datetime) -> RecordLink | None:
    """Count one opening of the link of a secret; none where it is not open."""
    opened = (
        update(RECORD_LINKS)
        .where(RECORD_LINKS.c.secret_key == _secret_key(key, secret), *_is_open(now))
        .values(openings=RECORD_LINKS.c.openings + 1, version=RECORD_LINKS.c.version + 1)
        .returning(RECORD_LINKS)
    )
    row = (await session.execute(opened)).mappings().one_or_none()
    return _link(key, row) if row else None


async def revoke(session: AsyncSession, link_id: UUID, now: datetime) -> None:
    """End a link, whose row is locked."""
    own = RECORD_LINKS.c.id == link_id
    changed = {"revoked_at": now, "version": RECORD_LINKS.c.version + 1}
    await session.execute(update(RECORD_LINKS).where(own).values(changed))


async def revoke_all(session: AsyncSession, person_id: UUID, now: datetime) -> None:
    """End every link of a person that has not ended."""
    open_ones = (RECORD_LINKS.c.person_id == person_id, RECORD_LINKS.c.revoked_at.is_(None))
    changed = {"revoked_at": now, "version": RECORD_LINKS.c.version + 1}
    await session.execute(update(RECORD_LINKS).where(*open_ones).values(changed))


async def add_opening(session: AsyncSession, key: MasterKey, opening: Opening) -> None:
    """Store an opening."""
    opener = orjson.dumps({"organisation": opening.organisation, "purpose": opening.purpose})
    values = {
        "id": opening.id,
        "link_id": opening.link_id,
        "at": opening.at,
        "opener": key.seal(opener, _opener(opening.id)),
    }
    await session.execute(insert(RECORD_LINK_OPENINGS), values)


async def openings_of(
    session: AsyncSession,
    key: MasterKey,
    link_id: UUID,
    *,
    before: UUID | None = None,
    limit: int | None = None,
) -> Sequence[Opening]:
    """The openings of a link, newest first, of those before the opening `before`."""
    wanted = select(RECORD_LINK_OPENINGS).where(RECORD_LINK_OPENINGS.c.link_id == link_id)
    if before:
        wanted = wanted.where(RECORD_LINK_OPENINGS.c.id < before)
    rows = await session.execute(wanted.order_by(RECORD_LINK_OPENINGS.c.id.desc()).limit(limit))
    return [_opening(key, row) for row in rows.mappings()]


async def find_opening(session: AsyncSession, key: MasterKey, opening_id: UUID) -> Opening | None:
    """An opening by id."""
    wanted = select(RECORD_LINK_OPENINGS).where(RECORD_LINK_OPENINGS.c.id == opening_id)
    row = (await session.execute(wanted)).mappings().one_or_none()
    return _opening(key, row) if row else None


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Links of one id become another's."""
    of_former = RECORD_LINKS.c.person_id == former_id
    await session.execute(update(RECORD_LINKS).where(of_former).values(person_id=person_id))


def _is_open(now: datetime) -> tuple[Any, ...]:
    table = RECORD_LINKS.c
    left = or_(table.most_openings.is_(None), table.openings < table.most_openings)
    return (table.revoked_at.is_(None), table.ends_at > now, left)


def _secret_key(key: MasterKey, secret: str) -> bytes:
    return key.digest(Purpose.CODES, f"record-link-secret:{secret}")


def _link(key: MasterKey, row: Any) -> RecordLink:
    note = key.unseal(row["note"], _note(row["id"])).decode() if row["note"] else None
    return RecordLink(**{name: row[name] for name in _PLAIN}, note=note)


def _opening(key: MasterKey, row: Any) -> Opening:
    opener = orjson.loads(key.unseal(row["opener"], _opener(row["id"])))
    return Opening(id=row["id"], link_id=row["link_id"], at=row["at"], **opener)


def _note(link_id: UUID) -> str:
    return f"record-link:{link_id}"


def _opener(opening_id: UUID) -> str:
    return f"record-link-opening:{opening_id}"
