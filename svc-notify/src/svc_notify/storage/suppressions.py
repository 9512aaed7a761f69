"""Addresses that take nothing: known by keyed hashes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.channels import Channel
from ..tables.preferences import SUPPRESSIONS

_COLUMNS: Final = SUPPRESSIONS.c
HOLDS: Final = (_COLUMNS.expires_at > bindparam("now")) & or_(
    _COLUMNS.lifted_at.is_(None), _COLUMNS.lifted_at < _COLUMNS.since
)
"""Whether an address takes nothing at the instant `now`."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """That an address of a person's takes nothing by a channel, since when and why."""

    channel: Channel
    reason: str
    since: datetime
    lifted_at: datetime | None


async def put(
    session: AsyncSession,
    digest: bytes,
    channel: Channel,
    reason: str,
    since: datetime,
    expires_at: datetime,
    person_id: UUID | None,
) -> None:
    """An address takes nothing from now on; again, if that was lifted."""
    told = {"reason": reason, "since": since, "expires_at": expires_at, "person_id": person_id}
    storing = insert(SUPPRESSIONS).values(digest=digest, channel=channel, **told)
    await session.execute(storing.on_conflict_do_update(index_elements=["digest"], set_=told))


async def find(session: AsyncSession, digests: Collection[bytes], now: datetime) -> set[bytes]:
    """Which of these take nothing."""
    found = select(_COLUMNS.digest).where(_COLUMNS.digest.in_(digests), HOLDS)
    return set(await session.scalars(found, {"now": now}))


async def find_of(session: AsyncSession, person_id: UUID, now: datetime) -> list[Suppression]:
    """Which of a person's addresses take nothing."""
    found = select(SUPPRESSIONS).where(_COLUMNS.person_id == person_id, HOLDS).order_by(_COLUMNS.channel)
    rows = await session.execute(found, {"now": now})
    return [
        Suppression(Channel(row["channel"]), row["reason"], row["since"], row["lifted_at"])
        for row in rows.mappings()
    ]


async def lift(session: AsyncSession, person_id: UUID, channel: Channel, now: datetime) -> None:
    """A person's addresses of a channel are tried again."""
    of_person = (_COLUMNS.person_id == person_id) & (_COLUMNS.channel == channel)
    await session.execute(update(SUPPRESSIONS).where(of_person).values(lifted_at=now))


async def forget(session: AsyncSession, person_id: UUID) -> None:
    """Whose addresses they were is not known any more; that they take nothing is."""
    await session.execute(update(SUPPRESSIONS).where(_COLUMNS.person_id == person_id).values(person_id=None))


async def remove_expired(session: AsyncSession, now: datetime) -> None:
    """What has expired is gone."""
    await session.execute(delete(SUPPRESSIONS).where(_COLUMNS.expires_at <= now))
