"""What a person wants to be told, and how."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_service import rules
from hub_service.problems import PreconditionFailed

from ..domain import preferences as domain
from ..domain import quiet_hours
from ..domain.preferences import Choice, Preferences
from ..domain.quiet_hours import QuietHours
from ..errors.preferences import QuietHoursRefused
from ..storage import institutions, suppressions
from ..storage import preferences as storage
from ..storage.suppressions import Suppression
from . import following

_RULES: Final = (*quiet_hours.RULES, quiet_hours.LONGEST_RULE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A person's preferences, everybody's quiet hours, and which of their addresses take nothing.

    `names` are those of institutions that are named, by language.
    """

    preferences: Preferences
    quiet_hours: QuietHours
    suppressed: tuple[Suppression, ...]
    names: dict[UUID | None, dict[str, str]]


async def read(session: AsyncSession, person_id: UUID, now: datetime) -> Shown:
    """A person's preferences as they are now."""
    async with session.begin():
        return await _shown(session, await storage.find(session, person_id), now)


async def choose(
    session: AsyncSession, person_id: UUID, choice: Choice, version: int, now: datetime
) -> Shown:
    """Set all preferences at once; what is unsubscribed from by that is called back.

    Raises `PreconditionFailed` when they have changed since, `QuietHoursRefused`.
    """
    async with session.begin():
        held = await storage.lock(session, person_id)
        if held.version != version:
            raise PreconditionFailed
        await _refuse_hours(session, choice.quiet_hours, now)
        chosen = domain.choose(held, choice, now)
        await storage.put(session, chosen)
        for each in set(chosen.unsubscribed) - set(held.unsubscribed):
            await following.stop(session, person_id, each.group, each.institution_id, now)
        return await _shown(session, chosen, now)


async def forget(session: AsyncSession, person_id: UUID) -> None:
    """Somebody's account is gone: so are their preferences, and whose addresses took nothing."""
    async with session.begin():
        await storage.forget(session, person_id)
        await suppressions.forget(session, person_id)


async def count_unsubscribed(session: AsyncSession, institution_id: UUID, *, is_sandbox: bool) -> int:
    """How many people want nothing more of what an institution sends that may be done without.

    In the sandbox those who are invented, else those who are not.
    """
    async with session.begin():
        return await storage.count_unsubscribed(session, institution_id, is_sandbox=is_sandbox)


async def _shown(session: AsyncSession, held: Preferences, now: datetime) -> Shown:
    legal = await rules.read(session, *quiet_hours.RULES)
    named = {each.institution_id for each in held.unsubscribed if each.institution_id}
    return Shown(
        held,
        QuietHours.of(legal, clock.local_date(now)),
        tuple(await suppressions.find_of(session, held.person_id, now)),
        await institutions.find_institution_names(session, named),
    )


async def _refuse_hours(session: AsyncSession, wanted: QuietHours | None, now: datetime) -> None:
    if wanted is None:
        return
    today = clock.local_date(now)
    legal = await rules.read(session, *_RULES)
    usual, longest = QuietHours.of(legal, today), legal.on(quiet_hours.LONGEST_RULE, today).whole
    if not wanted.include(usual) or wanted.minutes > timedelta(hours=longest) / timedelta(minutes=1):
        raise QuietHoursRefused(
            begin=quiet_hours.written(usual.begin), end=quiet_hours.written(usual.end), longest=longest
        )
