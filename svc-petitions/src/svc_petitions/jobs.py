"""What the clock does: one operation each."""

from datetime import timedelta
from typing import Any, Final

from hub_core import clock
from hub_service import workers

from .operations import archiving, guests, terms, tries


async def _archive(hub: Any) -> None:
    async with hub.database.sessions() as session:
        while await archiving.archive(session, clock.now()):
            pass


ARCHIVE: Final = workers.every("archive", timedelta(hours=1), _archive)
"""What has been over for long enough goes to the archive."""


async def _forget_proofs(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await tries.forget(session, clock.now())
        await guests.forget(session, clock.now())


FORGET_PROOFS: Final = workers.every("forget-proofs", timedelta(hours=1), _forget_proofs)
"""Counts of tries and codes that are out of date are forgotten."""


async def _warn_of_terms(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await terms.warn(session, clock.now())


WARN_OF_TERMS: Final = workers.every("warn-of-terms", timedelta(minutes=10), _warn_of_terms)
"""Handlers and heads hear how far a term has come, each warning once."""
