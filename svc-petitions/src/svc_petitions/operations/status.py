"""How a petition stands, for anybody who has its number and its code: one form and one time for all."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.tries import Try, network
from hub_service import rules, timing

from ..domain import codes
from ..domain import petitions as domain
from ..domain.tries import Counted
from ..errors.status import StatusNotFound
from ..keys import MasterKey
from ..storage import petitions as storage
from . import tries
from .registering import status_code

in_time: Final = partial(timing.told_after, 0.05)
"""What is answered or refused within is told after so many seconds: longer than the work takes."""


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """What stands on a slip: the number of an institution's register of a year, and the code."""

    institution_id: UUID
    number: int
    year: int
    code: str


async def ask(
    apart: AsyncSession,
    session: AsyncSession,
    key: MasterKey,
    asked: Asked,
    counted: Try,
    now: datetime,
) -> domain.Summary:
    """How the petition of a slip stands; the number it got first opens it also when it was sent on.

    `StatusNotFound` for every wrong pair, `TriedTooOften`; `counted` is who asks.
    """
    of_number = Try(Counted.STATUS_OF_NUMBER, f"{asked.institution_id}:{asked.year}:{asked.number}")
    await tries.take(apart, key, [counted, of_number], now)
    async with session.begin():
        legal = await rules.read(session, codes.LENGTH_RULE)
        found = await storage.by_number(session, asked.institution_id, asked.year, asked.number)
    length = legal.on(codes.LENGTH_RULE, local_date(now)).whole
    right = status_code(key, found.id if found else ids.new_id(), length)
    is_right = hmac.compare_digest(right.encode(), codes.read(asked.code).encode())
    if found is None or not is_right:
        raise StatusNotFound
    return found


def from_address(address: str) -> Try:
    """Who asks without signing in: counted by their network."""
    return Try(Counted.STATUS_FROM_ADDRESS, network(address))
