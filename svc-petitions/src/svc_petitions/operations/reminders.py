"""Who is reminded: of a document whose day comes near, and of messages that nobody has opened."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import BUCHAREST, local_date
from hub_events import outbox
from hub_events.envelope import Event
from hub_service import rules

from ..domain.messages import Side
from ..events.messages import DocumentReminded, MessageUnread
from ..storage import files
from ..storage import messages as storage
from ..storage.messages import Waiting

DOCUMENT_RULE: Final = "petition.document-reminder"
UNREAD_RULE: Final = "petition.message-unread"
_AT_ONCE: Final = 500
_LOOKED_BACK: Final = timedelta(days=30)
"""How long after its day a message is still found: the clock looks every hour."""


async def remind(session: AsyncSession, now: datetime) -> int:
    """Tell of open files what waits there, each document and each message once; of how many of them.

    Several of one file are told as one.
    """
    today = local_date(now)
    begun = datetime.combine(today, time.min, BUCHAREST)
    async with session.begin():
        legal = await rules.read(session, DOCUMENT_RULE, UNREAD_RULE)
        until = today + timedelta(days=legal.on(DOCUMENT_RULE, today).whole)
        before = now - timedelta(days=legal.on(UNREAD_RULE, today).whole)
        due = await storage.take_due_documents(session, begun, until, now, _AT_ONCE)
        unread = await storage.take_unread(session, before - _LOOKED_BACK, before, now, _AT_ONCE)
        petitions = [one.petition_id for one in (*due, *unread)]
        by_id = {file.id: file for file in await files.of_ids(session, petitions)}
        told: list[Event] = [
            *(
                DocumentReminded.of(by_id[each[0].petition_id], [one.due_on for one in each if one.due_on])
                for each in _by_file(due)
            ),
            *(
                MessageUnread.of(by_id[each[0].petition_id], each[0].side, len(each))
                for each in _by_file(unread)
            ),
        ]
        await outbox.record_all(session, told, now)
    return len(due) + len(unread)


def _by_file(waiting: Iterable[Waiting]) -> Iterable[list[Waiting]]:
    """Those of one file that wait for the same side, together."""
    found: dict[tuple[object, Side], list[Waiting]] = {}
    for one in waiting:
        found.setdefault((one.petition_id, one.side), []).append(one)
    return found.values()
