"""Reports contested by a petition: rows in, domain values out; words are encrypted until they are sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_events.statements import Part
from hub_service.database import Statement

from ..domain.contests import Contest, Registered, Words, next_try
from ..keys import MasterKey, Purpose
from ..tables.contests import CONTESTS

_DRIVER: Final = select(CONTESTS).where(CONTESTS.c.driver_id == bindparam("of_driver"))
_OF_DRIVER: Final = Part(_DRIVER)
_OF_DRIVER_APART: Final = Statement(_DRIVER)


def digest_of(key: MasterKey, words: Words) -> bytes:
    """By what the same words are known again."""
    return key.digest(Purpose.CONTESTS, orjson.dumps([words.language, words.words, words.asks]).decode())


async def add(session: AsyncSession, key: MasterKey, made: Contest) -> None:
    """Store a contest that is not registered yet."""
    words = made.words
    if words is None:
        raise ValueError("a contest without words")
    sealed = key.seal(orjson.dumps({"words": words.words, "asks": words.asks}), f"contest:{made.id}")
    await session.execute(
        insert(CONTESTS).values(
            id=made.id,
            driver_id=made.driver_id,
            person_id=made.person_id,
            proces_verbal_id=made.proces_verbal_id,
            digest=made.digest,
            words=sealed,
            language=words.language.value,
            made_at=made.made_at,
            tries=0,
            try_after=next_try(0, made.made_at),
        )
    )


async def of_line(session: AsyncSession, key: MasterKey, proces_verbal_id: UUID) -> Contest | None:
    """The contest of a report whose petition has not ended."""
    return await _one(
        session, key, (CONTESTS.c.proces_verbal_id == proces_verbal_id, CONTESTS.c.ended_at.is_(None))
    )


async def of_driver(session: AsyncSession, driver_id: UUID, key: MasterKey | None = None) -> list[Contest]:
    """Every contest of a driver, as they were made; with what words are still held where there is a key."""
    return _contests(key, await _OF_DRIVER.all(session, of_driver=driver_id))


async def of_driver_apart(session: AsyncSession, driver_id: UUID) -> list[Contest]:
    """The same, without words, for who has no transaction."""
    return _contests(None, await _OF_DRIVER_APART.all(session, of_driver=driver_id))


async def take_waiting(session: AsyncSession, key: MasterKey, now: datetime, limit: int) -> list[Contest]:
    """Some that are to be tried again, whose next try is noted; others pass them over."""
    due = (
        select(CONTESTS)
        .where(CONTESTS.c.try_after <= now)
        .order_by(CONTESTS.c.try_after)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = _contests(key, (await session.execute(due)).mappings().all())
    for each in taken:
        tries = each.tries + 1
        await session.execute(
            update(CONTESTS)
            .where(CONTESTS.c.id == each.id)
            .values(tries=tries, try_after=next_try(tries, now))
        )
    return taken


async def register(session: AsyncSession, contest_id: UUID, petition: Registered) -> None:
    """Store the number; the words are the petition's from now on."""
    await session.execute(
        update(CONTESTS)
        .where(CONTESTS.c.id == contest_id, CONTESTS.c.number.is_(None))
        .values(
            number=petition.number,
            registered_at=petition.at,
            answer_due_on=petition.answer_due_on,
            words=None,
            try_after=None,
        )
    )


async def end(session: AsyncSession, contest_id: UUID, at: datetime) -> None:
    """The petition has ended; of what is no contest nothing changes."""
    await session.execute(
        update(CONTESTS).where(CONTESTS.c.id == contest_id, CONTESTS.c.ended_at.is_(None)).values(ended_at=at)
    )


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """What one id contested is another's."""
    await session.execute(
        update(CONTESTS).where(CONTESTS.c.person_id == former_id).values(person_id=person_id)
    )


async def _one(session: AsyncSession, key: MasterKey, wanted: tuple[Any, ...]) -> Contest | None:
    row = (await session.execute(select(CONTESTS).where(*wanted))).mappings().one_or_none()
    return _contest(key, row) if row else None


def _contests(key: MasterKey | None, rows: Sequence[Any]) -> list[Contest]:
    return sorted((_contest(key, row) for row in rows), key=lambda each: each.id)


def _contest(key: MasterKey | None, row: Any) -> Contest:
    words = petition = None
    if key is not None and row["words"] is not None:
        told = orjson.loads(key.unseal(row["words"], f"contest:{row['id']}"))
        words = Words(told["words"], told["asks"], Language(row["language"]))
    if row["number"] is not None:
        petition = Registered(row["number"], row["registered_at"], row["answer_due_on"])
    return Contest(
        id=row["id"],
        driver_id=row["driver_id"],
        person_id=row["person_id"],
        proces_verbal_id=row["proces_verbal_id"],
        digest=bytes(row["digest"]),
        words=words,
        made_at=row["made_at"],
        tries=row["tries"],
        petition=petition,
        ended_at=row["ended_at"],
    )
