"""An office with its officials and its day, at a clock that the test sets."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import httpx2
from fastapi import FastAPI
from sqlalchemy import update
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from hub_service.dependencies import Now
from svc_passport_booking.dependencies import Address
from svc_passport_booking.domain.appointments import GUEST, Appointment, Participant
from svc_passport_booking.domain.slots import Slot
from svc_passport_booking.keys import MasterKey
from svc_passport_booking.storage import appointments, slots
from svc_passport_booking.tables.offices import OFFICES

from .build import NOON, a_participant, an_appointment, some_slots

DESK = frozenset({"appointments:desk"})
PURPOSE = {"purpose": "COUNTER_SERVICE"}
MINUTE = timedelta(minutes=1)


def slug(answer: httpx2.Response) -> tuple[int, str]:
    """Status and problem of an answer."""
    return answer.status_code, str(answer.json()["type"]).rpartition("/")[2]


def a_key() -> dict[str, str]:
    """A new Idempotency-Key."""
    return {"idempotency-key": str(ids.new_id())}


@dataclass
class Clock:
    """The clock of the service, and where its callers are: at an address that no other test counts on."""

    app: FastAPI
    now: datetime = NOON
    address: str = field(default_factory=lambda: ids.new_id().hex)

    def start(self) -> None:
        """From now on the service reads this clock."""
        self.app.dependency_overrides[get_args(Now)[1].dependency] = lambda: self.now
        self.app.dependency_overrides[get_args(Address)[1].dependency] = lambda: self.address

    def stop(self) -> None:
        """The service has its own clock again."""
        self.app.dependency_overrides.clear()


@dataclass
class Desk:
    """The counters of one office, with slots of ten minutes from NOON on; `answers` are JSON."""

    client: httpx2.AsyncClient
    sessions: async_sessionmaker[Session]
    key: MasterKey
    signed_in: Any
    clock: Clock
    institution: UUID
    slots: list[Slot]
    clerk_id: UUID = field(default_factory=ids.new_id)

    @property
    def office(self) -> UUID:
        """The office."""
        return self.slots[0].office_id

    def path(self, rest: str = "") -> str:
        """Where the office's counters are reached."""
        return f"/passport-booking/v1/desks/{self.office}{rest}"

    def clerk(self, *roles: Role, **special: Any) -> dict[str, str]:
        """The headers of an official of the office, with a purpose."""
        claims = {
            "assurance": Assurance.SUBSTANTIAL,
            "institution": str(self.institution),
            "roles": sorted(roles or (Role.CLERK,)),
        }
        headers: dict[str, str] = self.signed_in(self.clerk_id, DESK, **(claims | special))
        return headers | PURPOSE

    async def book(self, *persons: Participant, slot: int = 0, **special: Any) -> Appointment:
        """A confirmed appointment in one of the slots, one person unless named."""
        wanted, people = self.slots[slot], persons or (a_participant(),)
        facts: dict[str, Any] = {
            "office_id": wanted.office_id,
            "pool_id": wanted.pool_id,
            "starts_at": wanted.starts_at,
            "ends_at": wanted.ends_at,
            "size": len(people),
        }
        async with self.sessions() as session, session.begin():
            places = {wanted.id: len(people)}
            await slots.take(session, places)
            made = an_appointment(**(facts | special))
            return await appointments.add(session, self.key, made, people, places, GUEST)

    async def post(self, rest: str, body: Any = None, **special: Any) -> httpx2.Response:
        """Send something as a clerk."""
        sent = {} if body is None else {"json": body}
        return await self.client.post(self.path(rest), headers=self.clerk(**special) | a_key(), **sent)

    async def get(self, rest: str = "", **special: Any) -> httpx2.Response:
        """Ask something as a clerk."""
        return await self.client.get(self.path(rest), headers=self.clerk(**special))

    async def check_in(
        self, booked: Appointment, *persons: Participant, is_desk_free: bool = False
    ) -> httpx2.Response:
        """Check people in by their documents."""
        body = {"cnps": [one.cnp.number for one in persons], "is_desk_free": is_desk_free}
        return await self.post(f"/appointments/{booked.id}/check-in", body)

    async def serve(self, person: Participant, number: str, **special: Any) -> Appointment:
        """Somebody who came in time and was served, with the number of their application."""
        booked = await self.book(person)
        assert (await self.check_in(booked, person)).status_code == 200
        served = {"number": 0, "outcome": "SERVED", "application_number": number} | special
        ended = await self.post(f"/appointments/{booked.id}/end", {"persons": [served]})
        assert ended.status_code == 200, ended.text
        return booked


AddDesk = Callable[..., Awaitable[Desk]]


async def a_desk(
    client: httpx2.AsyncClient,
    sessions: async_sessionmaker[Session],
    key: MasterKey,
    signed_in: Any,
    clock: Clock,
    planned: tuple[int, ...],
) -> Desk:
    """An office of an institution of its own, with slots from NOON on."""
    made = await some_slots(sessions, *planned, first=NOON)
    institution = ids.new_id()
    async with sessions() as session, session.begin():
        mine = update(OFFICES).where(OFFICES.c.id == made[0].office_id)
        await session.execute(mine.values(institution_id=institution))
    return Desk(client, sessions, key, signed_in, clock, institution, made)
