"""What proves that somebody without an account reads an address: each code is spent once."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.email_codes import EmailCode
from hub_core.language import Language

from ..keys import MasterKey
from ..tables.guests import EMAIL_CODES


async def add_code(session: AsyncSession, key: MasterKey, code: EmailCode) -> None:
    """Store a code just made."""
    values = {
        "id": code.id,
        "sealed": key.seal(json.dumps([code.email, code.code]).encode(), _context(code.id)),
        "language": code.language,
        "created_at": code.created_at,
        "expires_at": code.expires_at,
    }
    await session.execute(insert(EMAIL_CODES), values)


async def read_code(
    session: AsyncSession, key: MasterKey, code_id: UUID, *, is_locked: bool = False
) -> EmailCode | None:
    """A code, with the address it went to; locked, nobody else uses it until the transaction ends."""
    wanted = select(EMAIL_CODES).where(EMAIL_CODES.c.id == code_id)
    row = (await session.execute(wanted.with_for_update() if is_locked else wanted)).mappings().first()
    if row is None:
        return None
    email, code = json.loads(key.unseal(row["sealed"], _context(code_id)))
    return EmailCode(
        id=code_id,
        email=email,
        code=code,
        language=Language(row["language"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        wrong=row["wrong"],
        spent_at=row["spent_at"],
    )


async def count_wrong(session: AsyncSession, code_id: UUID) -> None:
    """Count a wrong try of a code; the caller holds its row."""
    await session.execute(
        update(EMAIL_CODES).where(EMAIL_CODES.c.id == code_id).values(wrong=EMAIL_CODES.c.wrong + 1)
    )


async def spend_code(session: AsyncSession, code_id: UUID, now: datetime) -> None:
    """Use up a code; the caller holds its row."""
    await session.execute(update(EMAIL_CODES).where(EMAIL_CODES.c.id == code_id).values(spent_at=now))


async def forget(session: AsyncSession, now: datetime) -> None:
    """Forget codes that are out of date."""
    await session.execute(delete(EMAIL_CODES).where(EMAIL_CODES.c.expires_at <= now))


def _context(code_id: UUID) -> str:
    return f"email-code:{code_id}"
