"""Which offences there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.rules import NoRule, Rules
from hub_service import rules

from ..domain import fines, offences
from ..domain.offences import Offence
from ..errors.offences import DayNotCovered


@dataclass(frozen=True, slots=True)
class Listed:
    """An offence with the bounds of its fine in lei, and for how many days it suspends."""

    offence: Offence
    least: Decimal
    most: Decimal
    suspension_days: int | None


async def listed(session: AsyncSession, on: date) -> Sequence[Listed]:
    """The offences of a day, in the order of the list. `DayNotCovered`."""
    async with session.begin():
        legal = await rules.read(session, *offences.RULES, *fines.RULES, *offences.SUSPENSION_RULES)
    try:
        return _of_day(legal, on)
    except NoRule:
        raise DayNotCovered(day=on.isoformat()) from None


def _of_day(legal: Rules, on: date) -> Sequence[Listed]:
    return [
        Listed(
            offence,
            fines.amount(legal, offence.least, on),
            fines.amount(legal, offence.most, on),
            legal.on(offence.ground.days_rule, on).whole if offence.ground else None,
        )
        for offence in offences.of_day(legal, on)
    ]
