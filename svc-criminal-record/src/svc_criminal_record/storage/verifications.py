"""Verifications: counting tries, keeping each one for the holder."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping, case, delete, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.certificates import Standing
from ..domain.verification import Verification, Way
from ..tables.certificates import CERTIFICATES, TRIES, VERIFICATIONS


async def count_try(
    session: AsyncSession, key: bytes, period: timedelta, now: datetime
) -> tuple[int, datetime]:
    """Count one more try on a key: how many it has with this one, and since when. Who tries it too waits."""
    over = TRIES.c.since <= now - period
    counted = (
        postgresql.insert(TRIES)
        .values(key=key, since=now, count=1)
        .on_conflict_do_update(
            index_elements=[TRIES.c.key],
            set_={
                "since": case((over, now), else_=TRIES.c.since),
                "count": case((over, 1), else_=TRIES.c.count + 1),
            },
        )
        .returning(TRIES.c.count, TRIES.c.since)
    )
    count, since = (await session.execute(counted)).one()
    return count, since


async def forget_tries(session: AsyncSession, before: datetime) -> None:
    """Forget the counts that began before an instant."""
    await session.execute(delete(TRIES).where(TRIES.c.since < before))


async def add(session: AsyncSession, verification: Verification) -> None:
    """Keep a verification."""
    await session.execute(insert(VERIFICATIONS), asdict(verification))


async def of_certificate(
    session: AsyncSession, certificate_id: UUID, before: UUID | None, limit: int
) -> Sequence[Verification]:
    """The verifications of a certificate, newest first; `before` is the last one of the page before."""
    wanted = select(VERIFICATIONS).where(VERIFICATIONS.c.certificate_id == certificate_id)
    if before:
        wanted = wanted.where(VERIFICATIONS.c.id < before)
    found = await session.execute(wanted.order_by(VERIFICATIONS.c.id.desc()).limit(limit))
    return [_verification(row) for row in found.mappings()]


async def all_of_holder(session: AsyncSession, holder_id: UUID) -> Sequence[Verification]:
    """The verifications of all certificates of a holder, the oldest first."""
    wanted = (
        select(VERIFICATIONS)
        .join(CERTIFICATES, VERIFICATIONS.c.certificate_id == CERTIFICATES.c.id)
        .where(CERTIFICATES.c.holder_id == holder_id)
        .order_by(VERIFICATIONS.c.id)
    )
    return [_verification(row) for row in (await session.execute(wanted)).mappings()]


def _verification(row: RowMapping) -> Verification:
    return Verification(
        row["id"], row["certificate_id"], row["at"], Way(row["way"]), Standing(row["standing"])
    )
