"""Offices with hours, their heads, and people who have booked there, for tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.clock import BUCHAREST
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal, Role
from hub_events.session import Session
from hub_terms import calendar
from hub_testing import rules
from svc_passport_booking.domain.appointments import Appointment
from svc_passport_booking.domain.booking import Booker, Wish
from svc_passport_booking.domain.offices import Office, Pool
from svc_passport_booking.domain.schedules import Hours, Weekly
from svc_passport_booking.operations import appointments, offices, schedules
from svc_passport_booking.storage import appointments as storage
from svc_passport_booking.storage import audit
from svc_passport_booking.storage.audit import Unaccounted
from svc_passport_booking.tables.slots import SLOTS

from .build import KEY, a_participant

API = "/passport-booking/v1"
MANAGE = frozenset({"appointments:manage"})
WRITE = frozenset({"appointments:write"})
LEGAL = rules.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
Sessions = async_sessionmaker[Session]


def a_day(after: int = 10) -> date:
    """A day so many days ahead, or the next one that is no legal holiday."""
    day = clock.local_date(clock.now()) + timedelta(days=after)
    while calendar.is_holiday(day, [each.code for each in LEGAL.on("calendar.holidays", day).options]):
        day += timedelta(days=1)
    return day


def at(day: date, local: str) -> datetime:
    """The instant of a local time."""
    return datetime.combine(day, time.fromisoformat(local), BUCHAREST).astimezone(UTC)


def an_office(
    *,
    county: str = "ZX",
    types: tuple[str, ...] = ("PE", "PT"),
    opens: str = "08:30",
    closes: str = "10:30",
    counters: int = 4,
    weekdays: Iterable[int] = range(1, 6),
    institution_id: UUID | None = None,
) -> tuple[Office, tuple[Weekly, ...]]:
    """An office with one pool, and the week of the pool; of a county that no test of others knows."""
    office_id = ids.new_id()
    names = dict.fromkeys(map(str, Language), "Ghișeul")
    pool = Pool(id=ids.new_id(), office_id=office_id, code="PASSPORTS", names=names, types=types)
    office = Office(
        id=office_id,
        code=f"SPCP-{office_id.hex[-12:].upper()}",
        institution_id=institution_id or ids.new_id(),
        county=county,
        serves=(county,),
        names=names,
        valid_from=date(2026, 1, 1),
        pools=(pool,),
    )
    hours = Hours(time.fromisoformat(opens), time.fromisoformat(closes), 10, counters)
    return office, tuple(Weekly(weekday, hours, date(2026, 1, 1)) for weekday in weekdays)


@dataclass(frozen=True)
class OpenOffice:
    """An office with slots of every day of some weeks to come, and its officials as clients."""

    office: Office
    sessions: Sessions
    client: httpx2.AsyncClient
    signed_in: Any

    @property
    def pool(self) -> Pool:
        """Its only counters."""
        return self.office.pools[0]

    def official(self, *roles: Role, **special: Any) -> dict[str, str]:
        """The headers of an official of its institution, a head unless roles are named."""
        claims = {
            "assurance": Assurance.SUBSTANTIAL,
            "institution": str(self.office.institution_id),
            "roles": sorted(roles or (Role.HEAD,)),
        }
        scopes = special.pop("scopes", MANAGE)
        headers: dict[str, str] = self.signed_in(
            special.pop("person", ids.new_id()), scopes, **(claims | special)
        )
        return headers

    async def slots(self, day: date) -> list[Any]:
        """Its slots of a day."""
        async with self.sessions() as session:
            found = await session.execute(
                select(SLOTS)
                .where(
                    SLOTS.c.pool_id == self.pool.id,
                    SLOTS.c.starts_at >= at(day, "00:00"),
                    SLOTS.c.starts_at < at(day + timedelta(days=1), "00:00"),
                )
                .order_by(SLOTS.c.starts_at)
            )
            return [*found]

    async def book(
        self, day: date, local: str, size: int = 1, *, is_known: bool = True, of_type: str = "PE"
    ) -> Appointment:
        """Somebody's appointment at a local time; confirmed unless they are not known."""
        start = at(day, local)
        slot_id = next(slot.id for slot in await self.slots(day) if slot.starts_at == start)
        return await self.take(slot_id, size, is_known=is_known, of_type=of_type)

    async def take(
        self, slot_id: int, size: int = 1, *, is_known: bool = True, of_type: str = "PE"
    ) -> Appointment:
        """Somebody's appointment in a slot."""
        wish = Wish(slot_id, of_type, [a_participant() for _ in range(size)], Language.HU)
        known = Principal(
            kind=Kind.PERSON,
            subject=str(ids.new_id()),
            assurance=Assurance.SUBSTANTIAL,
            scopes=frozenset(),
            client_id="demo-portal",
        )
        async with self.sessions() as session:
            shown = await appointments.book(
                session, KEY, wish, Booker(known if is_known else None), clock.now()
            )
        return shown.appointment

    async def take_by_api(self, slot_id: int) -> Appointment | None:
        """Somebody's appointment in a slot, as a person asks for it; None where it is taken."""
        one = a_participant()
        person = {"family_name": one.family_name, "given_name": one.given_name, "cnp": one.cnp.number}
        answer = await self.client.post(
            f"{API}/appointments",
            json={"slot_id": slot_id, "type": "PE", "persons": [person]},
            headers=self.signed_in(ids.new_id(), WRITE, assurance=Assurance.SUBSTANTIAL)
            | {"idempotency-key": str(ids.new_id())},
        )
        if answer.status_code == HTTPStatus.CONFLICT:
            return None
        async with self.sessions() as session:
            return await storage.read(session, KEY, UUID(answer.json()["id"]))

    async def etag(self) -> dict[str, str]:
        """The header of a change of its timetable."""
        shown = await self.client.get(f"{API}/pools/{self.pool.id}/timetable")
        return {"if-match": shown.headers["etag"]}


async def open_office(
    sessions: Sessions, client: httpx2.AsyncClient, signed_in: Any, weeks: int = 3, **special: Any
) -> OpenOffice:
    """An office that is open every day, with slots for some weeks."""
    office, week = an_office(**({"weekdays": range(1, 8)} | special))
    async with sessions() as session:
        await offices.load(session, [office], {office.pools[0].id: week})
        today = clock.local_date(clock.now())
        await schedules.generate(session, today + timedelta(weeks=weeks), clock.now())
    return OpenOffice(office, sessions, client, signed_in)


async def unaccounted(sessions: Sessions, pool_id: UUID) -> list[Unaccounted]:
    """The slots of a pool in which what is taken is not what appointments and releases account for."""
    async with sessions() as session:
        mine = set(await session.scalars(select(SLOTS.c.id).where(SLOTS.c.pool_id == pool_id)))
        return [each for each in await audit.slots(session) if each.slot_id in mine]
