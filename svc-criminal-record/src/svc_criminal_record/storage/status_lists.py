"""Status lists: places for certificates, and which certificates are without effect."""

import secrets
from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.statements import Part

from ..domain.status_lists import SIZE, index_of
from ..tables.certificates import CERTIFICATE_NUMBERS, CERTIFICATES, STATUS_LISTS, STATUS_PLACES

_SECRET_BYTES: Final = 16
_NEXT: Final = select(
    CERTIFICATE_NUMBERS.next_value().label("number"), STATUS_PLACES.next_value().label("one")
)
_TAKING: Final = _NEXT.cte("taking")
_LIST: Final = (_TAKING.c.one - 1) // SIZE + 1
_TAKE: Final = Part(
    select(
        _TAKING.c.number,
        _LIST.label("status_list"),
        ((_TAKING.c.one - 1) % SIZE).label("place"),
        select(STATUS_LISTS.c.secret).where(STATUS_LISTS.c.number == _LIST).scalar_subquery().label("secret"),
    )
)


class Taken(NamedTuple):
    """The number of a certificate, and its place: a list and an index in it."""

    number: int
    status_list: int
    status_index: int


async def take(session: AsyncSession) -> Taken:
    """What a certificate that is being issued is given.

    Nobody waits for it: what is taken and rolled back stays empty, and its number is missing.
    """
    (taken,) = await _TAKE.all(session)
    secret = taken["secret"] or await _secret(session, taken["status_list"])
    return Taken(taken["number"], taken["status_list"], index_of(taken["place"], secret))


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
    """The secret of a new list, which another certificate may just have begun."""
    made = insert(STATUS_LISTS).values(number=number, secret=secrets.token_bytes(_SECRET_BYTES))
    await session.execute(made.on_conflict_do_nothing())
    wanted = select(STATUS_LISTS.c.secret).where(STATUS_LISTS.c.number == number)
    secret: bytes = (await session.execute(wanted)).scalar_one()
    return secret
