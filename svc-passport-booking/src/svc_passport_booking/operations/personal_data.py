"""What is held of a person, for the copy that they may ask for (GDPR art. 15 and 20), and what goes.

Applications, and the appointments at which they were handed in, are acts of an institution, kept by the law
on archives (GDPR art. 17(3)(b)). Who came to appointments that led to nothing is forgotten with the account,
and who had none after a term.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules

from ..clients import People
from ..domain.applications import Application
from ..domain.appointments import Appointment
from ..domain.waiting import Entry
from ..keys import MasterKey
from ..storage import applications, appointments, waiting
from ..storage import personal_data as storage

GUESTS_RULE: Final = "booking.guest-data"
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Held:
    """Everything that concerns a person, and the names of offices; others made `by_others` for them."""

    appointments: Sequence[Appointment]
    by_others: frozenset[UUID]
    applications: Sequence[Application]
    waiting: Sequence[Entry]
    office_names: Mapping[UUID, str]


async def held_of(session: AsyncSession, key: MasterKey, people: People, person_id: UUID) -> Held:
    """What is held of a person; raises `ServiceUnavailable` when svc-identity does not say who they are."""
    known = await people.find(person_id)
    person_key = appointments.person_key(key, known.cnp) if known else None
    async with session.begin():
        found = await storage.appointments_of(session, key, person_id, person_key)
        return Held(
            appointments=found,
            by_others=frozenset(one.id for one in found if one.person_id != person_id),
            applications=await applications.of_person(session, key, person_id, person_key),
            waiting=await waiting.of_account(session, key, person_id, before=None, limit=_MOST),
            office_names=await storage.office_names(session),
        )


async def erase(session: AsyncSession, person_id: UUID) -> None:
    """Forget what no law makes the offices keep of an account that is gone; again changes nothing."""
    async with session.begin():
        await storage.erase(session, person_id)


async def forget_guests(session: AsyncSession, now: datetime) -> int:
    """Forget who had no account, a term after their appointment or entry ended; of how many.

    An appointment at which an application was handed in stays as it is.
    """
    async with session.begin():
        legal = await rules.read(session, GUESTS_RULE)
    before = now - timedelta(days=legal.on(GUESTS_RULE, local_date(now)).whole)
    done = 0
    while True:
        async with session.begin():
            found = await storage.forget_guests(session, before, now)
        if not found:
            return done
        done += found
