"""What proves that a person stands behind a request without an account: each proof is spent once."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import email_codes
from hub_core.email_codes import EmailCode
from hub_core.language import Language

from ..domain.challenges import Solved
from ..keys import MasterKey, Purpose
from ..tables.guests import EMAIL_CODES, SPENT_CHALLENGES


async def spend(session: AsyncSession, solved: Solved) -> bool:
    """Use up a solved challenge; False when it was used already. Who uses it at the same time waits."""
    spent = (
        postgresql.insert(SPENT_CHALLENGES)
        .values(nonce=solved.nonce, expires_at=solved.expires_at)
        .on_conflict_do_nothing()
        .returning(SPENT_CHALLENGES.c.nonce)
    )
    return (await session.execute(spent)).first() is not None


async def add_code(session: AsyncSession, key: MasterKey, code: EmailCode) -> None:
    """Store a code just made."""
    secret = json.dumps([code.email, code.code]).encode()
    values = {
        "id": code.id,
        "email_key": key.digest(Purpose.PEOPLE, f"email:{email_codes.normal(code.email)}"),
        "sealed": key.seal(secret, _context(code.id)),
        "language": code.language,
        "created_at": code.created_at,
        "expires_at": code.expires_at,
    }
    await session.execute(insert(EMAIL_CODES), values)


async def read_code(session: AsyncSession, key: MasterKey, code_id: UUID) -> EmailCode | None:
    """A code, with the address it went to."""
    return await _code(session, key, code_id, locked=False)


async def lock_code(session: AsyncSession, key: MasterKey, code_id: UUID) -> EmailCode | None:
    """A code; its row is locked until the transaction ends."""
    return await _code(session, key, code_id, locked=True)


async def count_wrong(session: AsyncSession, code_id: UUID) -> None:
    """Count a wrong try of a code; the caller holds its row."""
    await session.execute(
        update(EMAIL_CODES).where(EMAIL_CODES.c.id == code_id).values(wrong=EMAIL_CODES.c.wrong + 1)
    )


async def spend_code(session: AsyncSession, code_id: UUID, now: datetime) -> None:
    """Use up a code; the caller holds its row."""
    await session.execute(update(EMAIL_CODES).where(EMAIL_CODES.c.id == code_id).values(spent_at=now))


async def forget(session: AsyncSession, now: datetime) -> None:
    """Forget challenges and codes that are out of date."""
    await session.execute(delete(SPENT_CHALLENGES).where(SPENT_CHALLENGES.c.expires_at <= now))
    await session.execute(delete(EMAIL_CODES).where(EMAIL_CODES.c.expires_at <= now))


async def _code(session: AsyncSession, key: MasterKey, code_id: UUID, *, locked: bool) -> EmailCode | None:
    wanted = select(EMAIL_CODES).where(EMAIL_CODES.c.id == code_id)
    row = (await session.execute(wanted.with_for_update() if locked else wanted)).mappings().first()
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


def _context(code_id: UUID) -> str:
    return f"email-code:{code_id}"
