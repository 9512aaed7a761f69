"""Which provider of text messages takes how much: measured by all processes, decided by one."""

from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules

from ..channels.switch import Switch, bucket
from ..domain import providers
from ..domain.providers import Policy
from ..storage import sms_providers as storage

_log: Final = structlog.get_logger("sms")
_SILENT: Final = timedelta(seconds=5)
"""A process that was not seen for longer hands nothing over."""
_KEPT: Final = timedelta(days=1)


async def begin(session: AsyncSession, switch: Switch, now: datetime) -> None:
    """Make the providers of the settings known, with their weights, where others were known before."""
    async with session.begin():
        known = await storage.lock_all(session)
        begun = providers.begin(switch.homes)
        if [(each.name, each.home) for each in known] != [(each.name, each.home) for each in begun]:
            await storage.replace_all(session, begun, now)


async def share(session: AsyncSession, switch: Switch, now: datetime) -> None:
    """Tell what this process has measured, learn what all have, and move points when that is due.

    To be called each second; nothing that was counted is lost when it fails.
    """
    counted = switch.drain()
    try:
        async with session.begin():
            legal = await rules.read(session, *providers.RULES)
            policy = Policy.on(legal, local_date(now))
            await storage.add_counts(
                session,
                [
                    {
                        "provider": place.provider,
                        "begun_at": place.begun_at,
                        "attempts": count.attempts,
                        "failed": count.failed,
                        "slow": count.slow,
                        "taken": count.taken,
                    }
                    for place, count in counted.items()
                ],
            )
            await storage.see_process(session, switch.id, now)
            if await storage.lock_due(session, now - policy.check):
                await _check(session, policy, now)
            standings = await storage.find(session, list(switch.homes))
            processes = await storage.count_processes(session, now - _SILENT)
    except BaseException:
        switch.put_back(counted)
        raise
    switch.learn(standings, policy, processes)


async def note_receipt(session: AsyncSession, provider: str, taken_at: datetime, now: datetime) -> None:
    """Count that a message which a provider took then was received, if that was in time.

    In the caller's transaction.
    """
    legal = await rules.read(session, providers.LATE_RULE)
    late = timedelta(minutes=legal.on(providers.LATE_RULE, local_date(now)).whole)
    if now - taken_at <= late:
        place = bucket(provider, taken_at)
        await storage.add_counts(
            session, [{"provider": place.provider, "begun_at": place.begun_at, "in_time": 1}]
        )


async def _check(session: AsyncSession, policy: Policy, now: datetime) -> None:
    """Move points by what was measured."""
    before = await storage.lock_all(session)
    measured = await storage.measured(session, policy, now)
    after = providers.shift(before, measured, policy, now)
    await storage.store(session, after, now)
    await storage.forget(session, now - _KEPT)
    if [each.weight for each in after] != [each.weight for each in before]:
        _log.warning("providers shifted", weights={each.name: each.weight for each in after})
