"""Consents: rows in, domain values out."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.consents import Consent
from ..tables.extracts import CONSENTS

_ALL: Final = select(*(CONSENTS.c[field.name] for field in fields(Consent)))


async def add(session: AsyncSession, consent: Consent) -> None:
    """Store a consent in the place of the one to the same institution for the same motive.

    Who gives two at once gives them one after the other.
    """
    person = func.hashtextextended(f"consent:{consent.person_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(person)))
    await session.execute(
        update(CONSENTS)
        .where(
            CONSENTS.c.institution_id == consent.institution_id,
            CONSENTS.c.holder_key == consent.holder_key,
            CONSENTS.c.motive == consent.motive,
            CONSENTS.c.revoked_at.is_(None),
        )
        .values(revoked_at=consent.given_at)
    )
    values = {field.name: getattr(consent, field.name) for field in fields(Consent)}
    await session.execute(insert(CONSENTS).values(values))


async def lock(session: AsyncSession, consent_id: UUID) -> Consent | None:
    """A consent; its row is locked until the transaction ends."""
    found = await session.execute(_ALL.where(CONSENTS.c.id == consent_id).with_for_update())
    return _consent(found.mappings().one_or_none())


async def read(session: AsyncSession, consent_id: UUID) -> Consent | None:
    """A consent."""
    found = await session.execute(_ALL.where(CONSENTS.c.id == consent_id))
    return _consent(found.mappings().one_or_none())


async def hold(session: AsyncSession, institution_id: UUID, holder_key: bytes, motive: str) -> Consent | None:
    """The latest consent of a person to an institution for a motive.

    Nobody revokes it before the transaction ends: what is decided on it is decided before the revocation.
    """
    wanted = _ALL.where(
        CONSENTS.c.institution_id == institution_id,
        CONSENTS.c.holder_key == holder_key,
        CONSENTS.c.motive == motive,
    )
    latest = wanted.order_by(CONSENTS.c.id.desc()).limit(1)
    found = await session.execute(latest.with_for_update(read=True))
    return _consent(found.mappings().one_or_none())


async def revoke(session: AsyncSession, consent_id: UUID, now: datetime) -> None:
    """End a consent, whose row is locked."""
    await session.execute(update(CONSENTS).where(CONSENTS.c.id == consent_id).values(revoked_at=now))


async def of_person(
    session: AsyncSession, person_id: UUID, *, before: UUID | None = None, limit: int | None = None
) -> Sequence[Consent]:
    """The consents of a person, newest first, of those before the consent `before`."""
    wanted = _ALL.where(CONSENTS.c.person_id == person_id)
    if before:
        wanted = wanted.where(CONSENTS.c.id < before)
    found = await session.execute(wanted.order_by(CONSENTS.c.id.desc()).limit(limit))
    return [Consent(**row) for row in found.mappings()]


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Consents of one id become another's."""
    of_former = CONSENTS.c.person_id == former_id
    await session.execute(update(CONSENTS).where(of_former).values(person_id=person_id))


def _consent(row: RowMapping | None) -> Consent | None:
    return Consent(**row) if row else None
