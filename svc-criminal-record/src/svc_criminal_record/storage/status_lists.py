"""Status lists: places for certificates, and which certificates are without effect."""

import secrets
from collections.abc import Sequence
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.status_lists import SIZE, index_of
from ..tables.certificates import CERTIFICATES, STATUS_LISTS, STATUS_PLACES

_SECRET_BYTES: Final = 16


async def take(session: AsyncSession) -> tuple[int, int]:
    """A list's number and an index in it, for a certificate that is being issued.

    Nobody waits for it: what is taken and rolled back stays empty.
    """
    counted: int = await session.scalar(STATUS_PLACES.next_value()) or 0
    before, place = divmod(counted - 1, SIZE)
    number = before + 1
    return number, index_of(place, await _secret(session, number))


async def exists(session: AsyncSession, number: int) -> bool:
    """Whether any certificate was given a place in the list."""
    found = select(STATUS_LISTS.c.number).where(STATUS_LISTS.c.number == number)
    return await session.scalar(found) is not None


async def without_effect(session: AsyncSession, number: int) -> Sequence[int]:
    """The indexes of a list whose certificates were revoked or superseded."""
    found = await session.scalars(
        select(CERTIFICATES.c.status_index).where(
            CERTIFICATES.c.status_list == number,
            or_(CERTIFICATES.c.revoked_at.is_not(None), CERTIFICATES.c.superseded_by.is_not(None)),
        )
    )
    return found.all()


async def _secret(session: AsyncSession, number: int) -> bytes:
    wanted = select(STATUS_LISTS.c.secret).where(STATUS_LISTS.c.number == number)
    known: bytes | None = await session.scalar(wanted)
    if known is None:
        made = insert(STATUS_LISTS).values(number=number, secret=secrets.token_bytes(_SECRET_BYTES))
        await session.execute(made.on_conflict_do_nothing())
        known = (await session.execute(wanted)).scalar_one()
    return known
