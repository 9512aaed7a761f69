"""Forgetting what is past its term in the access log and of people's requests; the terms are rules."""

from datetime import date, datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock

from ..domain import rules
from ..domain.rules import RuleId
from ..storage import privacy
from . import access_log


async def forget(session: AsyncSession, now: datetime) -> dict[str, int]:
    """Delete lines of closed days, ended requests and the trace of old copies; how many of each."""
    today = clock.local_date(now)
    lines = await access_log.forget(session, now)
    async with session.begin():
        ended = _midnight(rules.months_before(today, RuleId.DATA_REQUEST_KEPT))
        requests = await privacy.purge_requests(session, ended)
        copies = await privacy.purge_exports(session, now - rules.duration(RuleId.EXPORT_KEPT, now))
    return {"lines": lines, "requests": requests, "copies": copies}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.BUCHAREST)
