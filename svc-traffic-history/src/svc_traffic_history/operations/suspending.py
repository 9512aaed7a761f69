"""The steps of a suspension: officers take them, a head communicates and withdraws, the clock ends it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.rules import Rules
from hub_service import rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain import suspensions as domain
from ..domain.drivers import Driver
from ..domain.entries import Entry, Kind, in_force
from ..domain.suspensions import State, Suspension
from ..errors.suspensions import SuspensionDateWrong, SuspensionNotFound
from ..keys import MasterKey
from ..storage import drivers, ledger
from ..storage import suspensions as storage
from ..storage.ledger import Recorded
from . import officers
from .entering import enter
from .means import Means
from .recording import tell_suspension
from .registering import annulment

_SOME: Final = 100


async def waiting(
    session: AsyncSession, state: State, after: tuple[date, UUID] | None, limit: int
) -> Sequence[Suspension]:
    """Suspensions in a state, the one whose notice is due first first."""
    async with session.begin():
        return await storage.in_state(session, state, after, limit)


async def step(
    session: AsyncSession,
    means: Means,
    official: Official,
    suspension_id: UUID,
    to: State,
    on: date,
    purpose: Stated,
    now: datetime,
) -> Suspension:
    """Let a suspension come to a state by a fact of a day.

    `SuspensionNotFound`, `OwnCase`, `SuspensionStands`, `SuspensionDateWrong`, `NotReducible`, `FourEyes`.
    """
    own = await officers.own_number(means, official)
    async with session.begin():
        found = await storage.find(session, suspension_id)
        if found is None:
            raise SuspensionNotFound
        driver = await officers.hold(
            session, means, official, own, found.driver_id, Action.DECIDE, purpose, now
        )
        if on > local_date(now):
            raise SuspensionDateWrong
        suspension = await storage.find(session, suspension_id) or found
        legal = await rules.read(session, *domain.RULES)
        moved = _STEPS[to](suspension, driver, official, on, legal)
        await storage.move(session, moved, on, official.person_id, now)
        if moved.is_of_points:
            await _annul_or_give_back(session, suspension, moved, official, now)
        await tell_suspension(session, driver, moved, now)
    return moved


async def end_what_is_over(session: AsyncSession, key: MasterKey, now: datetime) -> int:
    """End some suspensions whose last day has passed; how many."""
    today = local_date(now)
    async with session.begin():
        ending = await storage.over(session, today, _SOME)
        for each in ending:
            driver = await drivers.find(session, key, each.driver_id)
            if driver is None:
                continue
            ended = domain.end(each, today)
            await storage.move(session, ended, today, None, now)
            await tell_suspension(session, driver, ended, now)
    return len(ending)


async def _annul_or_give_back(
    session: AsyncSession, before: Suspension, moved: Suspension, official: Official, now: datetime
) -> None:
    """A suspension for points annuls them when it first begins; one that comes to nothing gives them back."""
    if before.begins_on is None and moved.begins_on is not None:
        annulled = annulment(moved, moved.begins_on, now, official.person_id)
        await enter(session, moved.driver_id, now, annulled)
    elif before.begins_on is not None and moved.state is State.WITHDRAWN:
        held = await ledger.of_driver(session, moved.driver_id)
        for entry in in_force(held.entries):
            if entry.kind is Kind.SUSPENSION_BEGAN and entry.proces_verbal_id == moved.proces_verbal_id:
                back = Entry(id=ids.new_id(), kind=Kind.REVERSED, on=local_date(now), reverses=entry.id)
                given_back = Recorded(entry=back, recorded_at=now, recorded_by=official.person_id)
                await enter(session, moved.driver_id, now, given_back)


def _reduced(
    suspension: Suspension, driver: Driver, _official: Official, on: date, legal: Rules
) -> Suspension:
    return domain.reduce(suspension, driver.licence.held_since if driver.licence else None, on, legal)


_Step = Callable[[Suspension, Driver, Official, date, Rules], Suspension]
_STEPS: Final[dict[State, _Step]] = {
    State.COMMUNICATED: lambda of, _, official, on, legal: domain.communicate(
        of, official.person_id, on, legal
    ),
    State.LICENCE_HANDED_IN: lambda of, _driver, _official, on, _legal: domain.hand_in(of, on),
    State.RUNNING: lambda of, _driver, _official, on, _legal: domain.begin(of, on),
    State.REDUCED: _reduced,
    State.STAYED_BY_COURT: lambda of, _driver, _official, on, _legal: domain.stay(of, on),
    State.WITHDRAWN: lambda of, _driver, _official, _on, _legal: domain.withdraw(of),
}
