"""What the clock does: one operation each."""

from datetime import timedelta
from typing import Any, Final

import structlog

from hub_core import clock
from hub_service import workers

from .operations import changes, confirmations

_log: Final = structlog.get_logger("catalog")


async def _forget(hub: Any) -> None:
    async with hub.database.sessions() as session:
        forgotten = await changes.forget(session, clock.now())
    _log.info("deletions forgotten", count=forgotten)


FORGET: Final = workers.every("forget-deletions", timedelta(hours=6), _forget)
"""Deletions that need not be kept any more are forgotten."""


async def _flag_stale(hub: Any) -> None:
    async with hub.database.sessions() as session:
        flagged = 0
        while told := await confirmations.flag_stale(session, clock.now()):
            flagged += told
    _log.info("providers reminded", entries=flagged)


FLAG_STALE: Final = workers.every("flag-stale-entries", timedelta(hours=1), _flag_stale)
"""Entries that nobody has confirmed in time are flagged, and their providers reminded."""
