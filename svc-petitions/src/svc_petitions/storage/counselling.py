"""Counselling contacts: rows in, domain values out."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.counselling import Contact, ContactChannel, ContactFigure, DayCount
from ..tables.counselling import COUNSELLING_CONTACTS

_CONTACT = COUNSELLING_CONTACTS.c


async def add(session: AsyncSession, contact: Contact) -> None:
    """Store that somebody was counselled."""
    await session.execute(
        insert(COUNSELLING_CONTACTS), {column.name: getattr(contact, column.name) for column in _CONTACT}
    )


async def by_day(session: AsyncSession, institution_id: UUID, first: date, last: date) -> Sequence[DayCount]:
    """The contacts of an institution from one day to another, by day, topic and channel."""
    wanted = _sums(_CONTACT.on_day, _CONTACT.topic, _CONTACT.channel).where(
        _CONTACT.institution_id == institution_id, _CONTACT.on_day.between(first, last)
    )
    rows = await session.execute(wanted)
    return [DayCount(**{**row, "channel": ContactChannel(row["channel"])}) for row in rows.mappings()]


async def figures(session: AsyncSession, first: date, last: date) -> Sequence[ContactFigure]:
    """All contacts from one day to another, by institution, topic and channel."""
    wanted = _sums(_CONTACT.institution_id, _CONTACT.topic, _CONTACT.channel).where(
        _CONTACT.on_day.between(first, last)
    )
    rows = await session.execute(wanted)
    return [ContactFigure(**{**row, "channel": ContactChannel(row["channel"])}) for row in rows.mappings()]


def _sums(*by: ColumnElement[Any]) -> Select[Any]:
    minutes = cast(func.sum(_CONTACT.minutes), BigInteger).label("minutes")
    return select(*by, func.count().label("contacts"), minutes).group_by(*by).order_by(*by)
