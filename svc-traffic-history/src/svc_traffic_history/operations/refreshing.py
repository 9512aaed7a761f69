"""The clock: the police register is asked again about drivers whom it was not asked about for long."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules

from ..errors.registers import DriverRegisterUnavailable
from ..registers.police import DriverTold
from ..storage import drivers
from .means import Means
from .registering import take_in

AGE_RULE: Final = "traffic.register-refresh"
AT_ONCE_RULE: Final = "traffic.register-refresh-drivers"
_IN_HAND: Final = timedelta(minutes=10)
"""For so long nobody else asks about a driver whom one process has taken."""


async def ask_again(session: AsyncSession, means: Means, now: datetime) -> int:
    """Ask about some drivers who have an account, the one whose word is oldest first; about how many.

    What is new is told as it is when its driver asks. While the register is away nobody is asked about.
    """
    async with session.begin():
        legal = await rules.read(session, AGE_RULE, AT_ONCE_RULE)
        today = local_date(now)
        asked_before = now - timedelta(hours=legal.on(AGE_RULE, today).whole)
        most = legal.on(AT_ONCE_RULE, today).whole
        taken = await drivers.take_old(session, means.key, asked_before, now, now + _IN_HAND, most)
    asked = 0
    for driver in taken:
        try:
            told = await means.register.find(driver.cnp)
        except DriverRegisterUnavailable:
            break
        asked += 1
        if told is not None:
            await _take(session, means, told, now)
    return asked


async def _take(session: AsyncSession, means: Means, told: DriverTold, now: datetime) -> None:
    """One whose record is not understood keeps nobody else waiting: the register's log line says so."""
    try:
        async with session.begin():
            await take_in(session, means.key, told, None, now)
    except DriverRegisterUnavailable:
        return
