"""Registers, for the officials of the institution whose they are: read, struck, exported."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import outbox
from hub_service.policy import Official

from ..documents import registers as documents
from ..documents.press import Press
from ..documents.seals import Owner
from ..domain import registers as domain
from ..domain.registers import Direction, Line, Shown, Strike, StrikeReason
from ..domain.states import ENDED
from ..errors.registers import EntryNotFound, EntryStruckAlready, ExtractEmpty
from ..events.registers import EntryStruck
from ..storage import institutions
from ..storage import registers as storage

MOST: Final = 2_000
"""Lines of one sealed extract, some fifty pages."""
_AT_ONCE: Final = 1_000

Sessions: TypeAlias = Callable[[], AbstractAsyncContextManager[AsyncSession]]


async def list_entries(
    session: AsyncSession, official: Official, year: int, *, after: int, limit: int
) -> Sequence[Shown]:
    """The lines of a register of the official's institution, in the order of their numbers."""
    async with session.begin():
        return await storage.entries_of(session, official.institution_id, year, after=after, limit=limit)


async def strike(
    session: AsyncSession, official: Official, year: int, number: int, reason: StrikeReason, now: datetime
) -> Shown:
    """Strike a number by a further line, which is given back; the number is never given again.

    Raises `EntryNotFound`, `EntryStruckAlready`, `EntryStands`.
    """
    async with session.begin():
        shown = await _one(session, official.institution_id, year, number)
        found = await storage.content_of(session, shown.entry)
        is_open = found is not None and found.state not in ENDED
        domain.refuse_strike(shown.entry, is_struck=shown.struck_by is not None, is_open=is_open)
        strikes = Strike(year, number, reason)
        line = Line(
            institution_id=official.institution_id,
            direction=Direction.INTERNAL,
            petition_id=shown.entry.petition_id,
            subject=found.subject if found else "",
            correspondent=str(official.person_id),
            entered_at=now,
            strikes=strikes,
            entered_by=official.person_id,
        )
        try:
            async with session.begin_nested():
                entered = await storage.enter(session, line)
        except IntegrityError:  # somebody was faster
            raise EntryStruckAlready from None
        await outbox.record(session, EntryStruck.of(line, strikes, entered), now)
        return await _one(session, official.institution_id, entered.year, entered.number)


async def _one(session: AsyncSession, institution_id: UUID, year: int, number: int) -> Shown:
    found = await storage.entries_of(session, institution_id, year, after=number - 1, limit=1)
    if not found or found[0].entry.number != number:
        raise EntryNotFound
    return found[0]


async def export(sessions: Sessions, official: Official, year: int) -> AsyncIterator[bytes]:
    """A register whole, as CSV (RFC 4180, UTF-8) with a head: `commands.verify_register` verifies it.

    It comes in parts, each read by itself: what is entered meanwhile comes at the end.
    """
    yield _csv([domain.COLUMNS])
    after = 0
    while True:
        async with sessions() as session, session.begin():
            part = await storage.entries_of(
                session, official.institution_id, year, after=after, limit=_AT_ONCE
            )
        if part:
            yield _csv([domain.row_of(shown.entry) for shown in part])
            after = part[-1].entry.number
        if len(part) < _AT_ONCE:
            return


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


async def extract(
    session: AsyncSession, press: Press, official: Official, year: int, first: int, last: int, now: datetime
) -> bytes:
    """The lines from one number to another, at most `MOST`, as a sealed PDF.

    Raises `ExtractEmpty`, `SealNotInForce`.
    """
    async with session.begin():
        institution = await institutions.find(session, official.institution_id)
        lines = await storage.entries_of(
            session,
            official.institution_id,
            year,
            after=max(first - 2, 0),
            limit=min(last - first + 1, MOST) + (first > 1),
        )
    before = domain.BEFORE_THE_FIRST
    if first > 1 and lines:
        before, lines = lines[0].entry.entry_sha256, lines[1:]
    if institution is None or not lines:
        raise ExtractEmpty
    owner = Owner(institution.id, institution.code, institution.names)
    made = documents.Extract(institution=owner, year=year, before=before, lines=lines)
    return (await documents.make(press, made, now)).content
