"""What providers of text messages report of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from ..channels.sms_gateways import Fate, Gateway, Posted, Report
from ..domain.deliveries import Failure
from ..errors.sms_receipts import ReceiptRefused, ReceiptUnreadable
from ..storage import sms_providers as storage
from . import receipts, sms_providers

_CHALLENGE: Final = 'Basic realm="reports of text messages", charset="UTF-8"'


def proved(gateways: Mapping[str, Gateway], provider: str, posted: Posted) -> list[Report]:
    """What a provider reports, once it is proved that it does.

    Raises `ReceiptRefused`, also where there is no such provider, and `ReceiptUnreadable`.
    """
    gateway = gateways.get(provider)
    if gateway is None or not gateway.proves(posted):
        raise ReceiptRefused(headers={"www-authenticate": _CHALLENGE})
    try:
        return gateway.read(posted)
    except ValueError:
        raise ReceiptUnreadable from None


async def take(session: AsyncSession, provider: str, reports: Iterable[Report], now: datetime) -> None:
    """Note the last words of a provider on messages; one that nobody knows changes nothing.

    Each is noted by itself, so that a provider which repeats what was taken in part changes nothing either.
    """
    for report in reports:
        if report.fate is Fate.UNDELIVERED:
            await receipts.bounced(session, report.reference, Failure.RETURNED, now)
        elif await receipts.delivered(session, report.reference, now, provider=provider):
            await _note(session, provider, report, now)


async def _note(session: AsyncSession, provider: str, report: Report, now: datetime) -> None:
    async with session.begin():
        taken_at = await storage.taken_at(session, report.reference)
        if taken_at is not None:
            await sms_providers.note_receipt(session, provider, taken_at, now)
