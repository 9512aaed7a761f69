"""What the clock does: one operation each."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from hub_core import clock
from hub_service import personal_data, workers
from hub_service.personal_data import PersonalData
from hub_service.workers import Worker

from .operations import access_log, deletion, exports, keys, mandate_ends, registration_ends, retention
from .provider import Provider

_APPEND_EVERY: Final = 0.5
"""Seconds between two looks for access lines."""
_CLOSE_EVERY: Final = timedelta(minutes=10)
_END_EVERY: Final = timedelta(minutes=1)
"""The longest pause between two looks for mandates that end by themselves."""
_A_MOMENT: Final = 0.05
_REGISTRATIONS_EVERY: Final = timedelta(minutes=10)
_EXPORT_EVERY: Final = timedelta(seconds=2)
_FORGET_EVERY: Final = timedelta(hours=1)
_AT_ONCE: Final = 50

_log: Final = structlog.get_logger("identity")


def of_privacy(provider: Provider) -> tuple[Worker, ...]:
    """What runs for the access log and for people's rights on their data."""

    async def close_days(hub: Any) -> None:
        now = clock.now()
        async with hub.database.sessions() as session:
            await keys.refresh(session, provider, now)
            await access_log.close_days(session, provider, now)

    async def make_exports(hub: Any) -> None:
        async def ask(person_id: UUID) -> Mapping[str, PersonalData]:
            return await ask_holders(hub, provider, person_id)

        async with hub.database.sessions() as session:
            while await exports.expire(session, clock.now()):
                pass
            if provider.key_ring.is_stale(clock.now()):
                await keys.refresh(session, provider, clock.now())
            while await exports.make_next(session, provider, hub.texts, ask, clock.now()):
                pass

    async def forget(hub: Any) -> None:
        async with hub.database.sessions() as session:
            forgotten = await retention.forget(session, clock.now())
        async with hub.database.sessions() as session:
            deleted = await _delete_unvalidated(hub, provider, session)
        _log.info("retention", **forgotten, accounts=deleted)

    return (
        Worker("access-log", _append),
        workers.every("access-log-days", _CLOSE_EVERY, close_days),
        workers.every("exports", _EXPORT_EVERY, make_exports),
        workers.every("retention", _FORGET_EVERY, forget),
    )


async def ask_holders(hub: Any, provider: Provider, person_id: UUID) -> dict[str, PersonalData]:
    """What the other services hold of a person, by service; raises `httpx2.HTTPError` when one is away."""
    answers = {}
    for name, address in provider.settings.identity_holders.items():
        told = await hub.service(address).get(personal_data.path(person_id))
        answers[name] = PersonalData.model_validate(told or {})
    return answers


async def _delete_unvalidated(hub: Any, provider: Provider, session: Any) -> int:
    """Delete accounts that nobody validated or used, unless another service holds something of theirs."""
    deleted, after = 0, None
    while over := await deletion.unvalidated(session, clock.now(), after=after, limit=_AT_ONCE):
        for person_id in over:
            held = await ask_holders(hub, provider, person_id)
            if all(part.is_empty for part in held.values()):
                deleted += await deletion.delete_unvalidated(session, person_id, clock.now())
        after = over[-1]
    return deleted


async def _append(hub: Any) -> None:
    """Give access lines their place in the chain as they come."""
    while True:
        async with hub.database.sessions() as session:
            appended = await access_log.append(session, clock.now())
        if appended < access_log.BATCH:
            await asyncio.sleep(_APPEND_EVERY)


def of_mandates() -> Worker:
    """What ends mandates in the moment in which they end."""
    return Worker("identity-mandates", _end_mandates)


async def _end_mandates(hub: Any) -> None:
    while True:
        async with hub.database.sessions() as session:
            await mandate_ends.expire(session, clock.now())
            pause = await mandate_ends.next_end(session, clock.now(), _END_EVERY)
        await asyncio.sleep(pause.total_seconds() + _A_MOMENT)


def of_registrations() -> Worker:
    """Registration requests end when their time is over."""

    async def expire(hub: Any) -> None:
        async with hub.database.sessions() as session:
            while await registration_ends.expire(session, clock.now()):
                pass

    return workers.every("identity-registrations", _REGISTRATIONS_EVERY, expire)
