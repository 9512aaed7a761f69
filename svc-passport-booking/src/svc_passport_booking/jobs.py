"""What the clock does: one operation each."""

from datetime import timedelta
from typing import Any, Final

from hub_core import clock
from hub_service import workers

from .operations import guests, schedules, tries


async def _keep_ahead(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await schedules.keep_ahead(session, clock.now())


KEEP_AHEAD: Final = workers.every("keep-slots-ahead", timedelta(hours=1), _keep_ahead)
"""The slots of the window are there before anybody looks for them."""


async def _forget_proofs(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await guests.forget(session, clock.now())
        await tries.forget(session, clock.now())


FORGET_PROOFS: Final = workers.every("forget-proofs", timedelta(hours=1), _forget_proofs)
"""Challenges, codes and counts of tries that are out of date are forgotten."""
