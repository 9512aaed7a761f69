"""What the clock does with requests and files: each step a transaction of its own."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_events import outbox

from ..domain import requests as domain
from ..domain.requests import SYSTEM, Request
from ..domain.states import RefusalReason, State
from ..events.requests import RequestAlarmed
from ..issuing import FOLDER, Means
from ..storage import certificates
from ..storage import requests as storage
from .issuing import go_on

Next = Callable[[UUID | None], Awaitable[Request | None]]
"""Does its work on the first request after an id; none when there is no more."""

_ORPHAN_AFTER: Final = timedelta(hours=1)
"""Longer than any transaction: who is younger may still get its row."""
_AT_ONCE: Final = 500
_OURS: Final = re.compile(rf"{FOLDER}[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\.pdf")
_log = structlog.get_logger("requests")


async def go_on_with_all(session: AsyncSession, means: Means, now: datetime) -> int:
    """Go on with every request that waits for the register; how many there were."""
    return await _each(lambda after: go_on(session, means, after, now))


async def alarm(session: AsyncSession, means: Means, now: datetime) -> int:
    """Tell once of every request that comes close to its legal term and is not decided; how many."""
    today = local_date(now)

    async def tell(after: UUID | None) -> Request | None:
        async with session.begin():
            request = await storage.lock_to_alarm(session, means.key, today, after)
            if request is None:
                return None
            alarmed = domain.note_alarm(request, now)
            await storage.store(session, means.key, alarmed)
            await outbox.record(session, RequestAlarmed.of(alarmed), now)
        _log.warning("legal term close", request_id=str(alarmed.id), state=alarmed.state)
        return alarmed

    return await _each(tell)


async def close_not_come(session: AsyncSession, means: Means, now: datetime) -> int:
    """Close the requests of those who were invited to a counter and did not come in time; how many."""
    today = local_date(now)

    async def close(after: UUID | None) -> Request | None:
        async with session.begin():
            request = await storage.lock_not_come(session, means.key, today, after)
            if request is None:
                return None
            return await storage.move(
                session,
                means.key,
                request,
                State.REJECTED,
                SYSTEM,
                now,
                reason=RefusalReason.DID_NOT_COME,
                refusal_reason=RefusalReason.DID_NOT_COME,
            )

    return await _each(close)


async def sweep(session: AsyncSession, means: Means, now: datetime) -> int:
    """Take away the files that no certificate knows, and halves of files; how many.

    Both are left by who was killed before the commit. What is not named as ours are stays.
    """
    gone: int = await means.issuer.store.clear(now - _ORPHAN_AFTER)
    names: list[str] = []
    async for name in means.issuer.store.names(now - _ORPHAN_AFTER):
        if _OURS.fullmatch(name):
            names.append(name)
        if len(names) == _AT_ONCE:
            gone += await _sweep(session, means, names)
            names = []
    return gone + await _sweep(session, means, names)


async def _sweep(session: AsyncSession, means: Means, names: list[str]) -> int:
    by_id = {UUID(name.removeprefix(FOLDER).removesuffix(".pdf")): name for name in names}
    async with session.begin():
        known = await certificates.known(session, by_id)
    for certificate_id in by_id.keys() - known:
        await means.issuer.store.delete(by_id[certificate_id])
        _log.info("orphan file swept", certificate_id=str(certificate_id))
    return len(by_id.keys() - known)


async def _each(act: Next) -> int:
    count, after = 0, None
    while (request := await act(after)) is not None:
        count, after = count + 1, request.id
    return count
