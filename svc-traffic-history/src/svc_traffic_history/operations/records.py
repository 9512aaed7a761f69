"""A driver's record: points and what becomes of them, fines and terms, the right to drive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.rules import Rules
from hub_service import rules

from .. import clients
from ..domain import fines, licence_steps, licences, points, proces_verbale, suspensions
from ..domain.contests import Contest
from ..domain.drivers import Driver
from ..domain.entries import Kind, in_force
from ..domain.licence_steps import LicenceStep, Step
from ..domain.points import Balance, Forecast
from ..domain.proces_verbale import Line
from ..domain.suspensions import Period, Suspension
from ..errors.registers import DriverIdentityNeeded, DriverNotFound, DriverRegisterUnavailable
from ..storage import contests, drivers, ledger
from ..storage import licence_steps as licence_storage
from ..storage import suspensions as suspensions_storage
from ..storage.ledger import Ledger
from .means import Means
from .registering import take_in

KEPT_RULE: Final = "traffic.register-kept"
RULES: Final = (*points.RULES, *fines.RULES, *suspensions.RULES, *licences.RULES, KEPT_RULE)


class Right(StrEnum):
    """Whether somebody may drive."""

    VALID = "VALID"
    ANNULLED = "ANNULLED"
    """A court has annulled the licence."""
    WITHDRAWN = "WITHDRAWN"
    """The licence was taken, for as long as its holder may not drive."""
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    """The licence is no longer valid; it is exchanged for a new one."""
    NO_LICENCE = "NO_LICENCE"
    """No Romanian licence is known."""


@dataclass(frozen=True, repr=False, kw_only=True)
class Record:
    """A record on a day: what is held of a driver, and what follows from it once it is asked for."""

    driver: Driver
    on: date
    ledger: Ledger
    suspensions: Sequence[Suspension]
    licence_steps: Sequence[LicenceStep]
    contests: Sequence[Contest]
    legal: Rules

    @property
    def as_of(self) -> datetime | None:
        """When the police register last answered."""
        return self.driver.asked_at

    @property
    def is_white(self) -> bool:
        """Whether nothing was found, or all of it was taken back (istoric alb)."""
        return not any(
            entry.kind is Kind.FOUND and entry.on <= self.on for entry in in_force(self.ledger.entries)
        )

    @cached_property
    def balance(self) -> Balance:
        """The points."""
        return points.balance(self.ledger.entries, self.on, self.legal)

    @cached_property
    def forecast(self) -> Forecast:
        """What becomes of the points without a further offence."""
        return points.forecast(self.balance)

    @cached_property
    def next_period(self) -> Period:
        """How long the next 15 points would suspend, if reached today."""
        return suspensions.for_points(self.suspensions, self.on, self.legal)

    @cached_property
    def suspension(self) -> Suspension | None:
        """What suspends the right to drive on that day."""
        return next((each for each in self.suspensions if each.suspends_on(self.on)), None)

    @cached_property
    def petitions(self) -> Mapping[UUID, Contest]:
        """The last contest of each report."""
        return {each.proces_verbal_id: each for each in self.contests}

    @property
    def taken(self) -> LicenceStep | None:
        """By what the licence is away on that day; none where it is not."""
        return licence_steps.taken(self.licence_steps, self.on)

    @property
    def right(self) -> Right:
        """Whether the driver may drive."""
        if self.taken is not None:
            return Right.ANNULLED if self.taken.step is Step.ANNULLED else Right.WITHDRAWN
        if self.suspension is not None:
            return Right.SUSPENDED
        if self.driver.licence is None:
            return Right.NO_LICENCE
        return Right.EXPIRED if self.driver.licence.valid_to < self.on else Right.VALID

    @cached_property
    def lines(self) -> Sequence[Line]:
        """The reports, what was found last first."""
        return proces_verbale.lines(self.ledger.reports, self.ledger.entries, self.on, self.legal)

    @cached_property
    def articles(self) -> Mapping[UUID, str]:
        """What was applied, by entry."""
        return self.ledger.articles

    @property
    def validities(self) -> Mapping[str, int]:
        """For how many years each category of the licence is issued."""
        licence = self.driver.licence
        return licences.validities(licence.categories, self.on, self.legal) if licence else {}


async def own(session: AsyncSession, means: Means, person_id: UUID, now: datetime) -> Record:
    """The record of whoever asks. The police register is asked when it has not been for a while.

    While it is away, what it told before is shown. `DriverIdentityNeeded`, `DriverNotFound`,
    `DriverRegisterUnavailable`, `ServiceUnavailable`.
    """
    legal = await rules.read_apart(session, *RULES)
    driver = await drivers.of_person_apart(session, means.key, person_id)
    if driver is not None and is_fresh(driver, legal, now):
        return Record(
            driver=driver,
            on=local_date(now),
            ledger=await ledger.of_driver_apart(session, driver.id),
            suspensions=await suspensions_storage.of_driver_apart(session, driver.id),
            licence_steps=await licence_storage.of_driver_apart(session, driver.id),
            contests=await contests.of_driver_apart(session, driver.id),
            legal=legal,
        )
    try:
        driver = await _ask(session, means, person_id, driver, now)
    except DriverRegisterUnavailable:
        if driver is None:
            raise
    async with session.begin():
        return await shown(session, driver, local_date(now), legal)


async def shown(session: AsyncSession, driver: Driver, on: date, legal: Rules) -> Record:
    """The record of a driver on a day, in the caller's transaction."""
    return Record(
        driver=driver,
        on=on,
        ledger=await ledger.of_driver(session, driver.id),
        suspensions=await suspensions_storage.of_driver(session, driver.id),
        licence_steps=await licence_storage.of_driver(session, driver.id),
        contests=await contests.of_driver(session, driver.id),
        legal=legal,
    )


def is_fresh(driver: Driver, legal: Rules, now: datetime) -> bool:
    """Whether the police register was asked about a driver lately enough; `legal` has `KEPT_RULE`."""
    kept = timedelta(minutes=legal.on(KEPT_RULE, local_date(now)).whole)
    return driver.asked_at is not None and now - driver.asked_at < kept


async def _ask(
    session: AsyncSession, means: Means, person_id: UUID, known: Driver | None, now: datetime
) -> Driver:
    """What the register tells now; who is known here is not looked up in svc-identity again."""
    number = known.cnp if known else await clients.number_of(means.identity, person_id)
    if number is None:
        raise DriverIdentityNeeded
    told = await means.register.find(number)
    if told is None:  # of somebody whom it knew before that is no answer
        raise DriverRegisterUnavailable if known else DriverNotFound
    async with session.begin():
        return await take_in(session, means.key, told, person_id, now)
