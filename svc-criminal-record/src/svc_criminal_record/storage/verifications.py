"""Verifications: finding what is verified, counting tries, keeping each one for the holder."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, case, delete, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.certificates import Standing
from ..domain.verification import DocumentType, Issued, Verification, Way
from ..tables.certificates import CERTIFICATES, TRIES, VERIFICATIONS

_ISSUED: Final = select(
    CERTIFICATES.c.id,
    CERTIFICATES.c.holder_id,
    CERTIFICATES.c.product,
    CERTIFICATES.c.extract_id,
    CERTIFICATES.c.series,
    CERTIFICATES.c.number,
    CERTIFICATES.c.motive,
    CERTIFICATES.c.hint,
    CERTIFICATES.c.issued_on,
    CERTIFICATES.c.valid_until,
    CERTIFICATES.c.file_sha256,
    CERTIFICATES.c.revoked_at,
    CERTIFICATES.c.superseded_by,
    CERTIFICATES.c.version,
).limit(1)


async def by_code(session: AsyncSession, code_key: bytes) -> Issued | None:
    """The certificate with a code, by the keyed hash of the code."""
    return await _issued(session, CERTIFICATES.c.code_key == code_key)


async def by_file(session: AsyncSession, sha256: bytes) -> Issued | None:
    """The certificate whose file this is, byte for byte."""
    return await _issued(session, CERTIFICATES.c.file_sha256 == sha256)


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


async def is_of(session: AsyncSession, certificate_id: UUID, holder_id: UUID) -> bool:
    """Whether the certificate is this person's or organisation's."""
    found = select(CERTIFICATES.c.id).where(
        CERTIFICATES.c.id == certificate_id, CERTIFICATES.c.holder_id == holder_id
    )
    return await session.scalar(found) is not None


async def of_certificate(
    session: AsyncSession, certificate_id: UUID, before: UUID | None, limit: int
) -> Sequence[Verification]:
    """The verifications of a certificate, newest first; `before` is the last one of the page before."""
    wanted = select(VERIFICATIONS).where(VERIFICATIONS.c.certificate_id == certificate_id)
    if before:
        wanted = wanted.where(VERIFICATIONS.c.id < before)
    found = await session.execute(wanted.order_by(VERIFICATIONS.c.id.desc()).limit(limit))
    return [_verification(row) for row in found.mappings()]


async def _issued(session: AsyncSession, which: ColumnElement[bool]) -> Issued | None:
    row = (await session.execute(_ISSUED.where(which))).mappings().first()
    if row is None:
        return None
    values: dict[str, Any] = dict(row)
    product, extract_id = values.pop("product"), values.pop("extract_id")
    document = DocumentType.EXTRACT if extract_id else DocumentType(product)
    superseded_by = values.pop("superseded_by")
    return Issued(document=document, is_superseded=superseded_by is not None, **values)


def _verification(row: RowMapping) -> Verification:
    return Verification(
        row["id"], row["certificate_id"], row["at"], Way(row["way"]), Standing(row["standing"])
    )
