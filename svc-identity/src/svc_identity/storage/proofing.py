"""Activation codes and verifications."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.activation import ActivationCode
from ..domain.proofing import Verification
from ..tables.proofing import ACTIVATION_CODES, VERIFICATIONS


async def put_code(session: AsyncSession, code: ActivationCode) -> None:
    """Store an account's code; the one before is gone."""
    values = asdict(code)
    stored = upsert(ACTIVATION_CODES).values(values)
    await session.execute(stored.on_conflict_do_update(index_elements=["account_id"], set_=values))


async def lock_code(session: AsyncSession, digest: bytes) -> ActivationCode | None:
    """A code; its row is locked until the transaction ends."""
    wanted = select(ACTIVATION_CODES).where(ACTIVATION_CODES.c.digest == digest).with_for_update()
    row = (await session.execute(wanted)).mappings().first()
    return ActivationCode(**row) if row else None


async def note_try(session: AsyncSession, code: ActivationCode) -> None:
    """Store how often a code was tried."""
    await session.execute(
        update(ACTIVATION_CODES).where(ACTIVATION_CODES.c.digest == code.digest).values(tries=code.tries)
    )


async def spend_code(session: AsyncSession, account_id: UUID) -> None:
    """Forget the code of an account."""
    await session.execute(delete(ACTIVATION_CODES).where(ACTIVATION_CODES.c.account_id == account_id))


async def purge_codes(session: AsyncSession, before: datetime) -> None:
    """Forget the codes that ran out before then."""
    await session.execute(delete(ACTIVATION_CODES).where(ACTIVATION_CODES.c.expires_at < before))


async def add_verification(session: AsyncSession, verification: Verification) -> None:
    """Store that an identity was established."""
    await session.execute(insert(VERIFICATIONS).values(asdict(verification)))
