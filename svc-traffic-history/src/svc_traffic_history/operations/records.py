"""A driver's record: points and what becomes of them, fines and terms, the right to drive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.rules import Rules
from hub_service import rules

from .. import clients
from ..domain import fines, licences, points, proces_verbale, suspensions
from ..domain.drivers import Driver
from ..domain.points import Balance, Forecast
from ..domain.proces_verbale import Line
from ..domain.suspensions import Period, Suspension
from ..errors.registers import DriverIdentityNeeded, DriverNotFound, DriverRegisterUnavailable
from ..storage import drivers, ledger
from ..storage import suspensions as suspensions_storage
from .means import Means
from .registering import take_in

KEPT_RULE: Final = "traffic.register-kept"
RULES: Final = (*points.RULES, *fines.RULES, *suspensions.RULES, *licences.RULES, KEPT_RULE)


class Right(StrEnum):
    """Whether somebody may drive."""

    VALID = "VALID"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    """The licence is no longer valid; it is exchanged for a new one."""
    NO_LICENCE = "NO_LICENCE"
    """No Romanian licence is known."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Record:
    """A record on a day. `next_period` is how long the next 15 points would suspend, if reached today.

    `as_of` says when the police register last answered, `validities` for how many years each category of
    the licence is issued.
    """

    driver: Driver
    on: date
    as_of: datetime | None
    balance: Balance
    forecast: Forecast
    next_period: Period
    right: Right
    suspension: Suspension | None
    suspensions: Sequence[Suspension]
    lines: Sequence[Line]
    articles: Mapping[UUID, str]
    validities: Mapping[str, int]


async def own(session: AsyncSession, means: Means, person_id: UUID, now: datetime) -> Record:
    """The record of whoever asks. The police register is asked when it has not been for a while.

    While it is away, what it told before is shown. `DriverIdentityNeeded`, `DriverNotFound`,
    `DriverRegisterUnavailable`, `ServiceUnavailable`.
    """
    async with session.begin():
        legal = await rules.read(session, *RULES)
        driver = await drivers.of_person(session, means.key, person_id)
        if driver is not None and _is_fresh(driver, legal, now):
            return await shown(session, driver, local_date(now), legal)
    try:
        driver = await _ask(session, means, person_id, driver, now)
    except DriverRegisterUnavailable:
        if driver is None:
            raise
    async with session.begin():
        return await shown(session, driver, local_date(now), legal)


async def shown(session: AsyncSession, driver: Driver, on: date, legal: Rules) -> Record:
    """The record of a driver on a day, in the caller's transaction."""
    held = await ledger.of_driver(session, driver.id)
    every = await suspensions_storage.of_driver(session, driver.id)
    entries = held.entries
    balance = points.balance(entries, on, legal)
    running = next((each for each in every if each.suspends_on(on)), None)
    return Record(
        driver=driver,
        on=on,
        as_of=driver.asked_at,
        balance=balance,
        forecast=points.forecast(balance),
        next_period=suspensions.for_points(every, on, legal),
        right=_right(driver, running, on),
        suspension=running,
        suspensions=every,
        lines=proces_verbale.lines(held.reports, entries, on, legal),
        articles=held.articles,
        validities=licences.validities(driver.licence.categories, on, legal) if driver.licence else {},
    )


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


def _is_fresh(driver: Driver, legal: Rules, now: datetime) -> bool:
    kept = timedelta(minutes=legal.on(KEPT_RULE, local_date(now)).whole)
    return driver.asked_at is not None and now - driver.asked_at < kept


def _right(driver: Driver, running: Suspension | None, on: date) -> Right:
    if running is not None:
        return Right.SUSPENDED
    if driver.licence is None:
        return Right.NO_LICENCE
    return Right.EXPIRED if driver.licence.valid_to < on else Right.VALID
