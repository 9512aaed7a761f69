"""Between releases, offers and lapses no place is lost or given twice, whatever happens in whatever order."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from hypothesis import HealthCheck
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.principal import Principal
from hub_core.problem import Problem
from hub_events.session import is_away
from hub_service.database import Database
from svc_passport_booking.domain.booking import Booker, Wish
from svc_passport_booking.domain.slots import Slot
from svc_passport_booking.domain.states import ACTIVE, Channel
from svc_passport_booking.domain.states import State as AppointmentState
from svc_passport_booking.domain.waiting import Kind, State, Told, WaitingWish
from svc_passport_booking.operations import appointments, offers, places, upkeep, waiting
from svc_passport_booking.operations.audit import audit
from svc_passport_booking.settings import Settings
from svc_passport_booking.storage import slots as slot_storage
from svc_passport_booking.tables.appointments import APPOINTMENTS, PLACES
from svc_passport_booking.tables.slots import RELEASES
from svc_passport_booking.tables.waiting import WAITING, WAITING_OFFERS

from .build import FAR, KEY, a_participant, some_slots
from .test_every_place import a_principal

Do = Callable[[AsyncSession], Awaitable[object]]

ANY: Final = st.integers(0, 5)
SIZES: Final = st.sampled_from([1, 1, 2, 3])
ANSWERS: Final = st.sampled_from([waiting.accept, waiting.accept, waiting.decline, waiting.leave])
COOLED: Final = timedelta(minutes=16)
"""Longer than a release may take, and than an offer is open."""


class FullCounters(RuleBasedStateMachine):
    """Slots in a row whose places are all taken, people who wait for one, and who would come earlier."""

    runner: asyncio.Runner
    database: Database
    told: set[Told]

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = FAR
        self.made: list[tuple[UUID, Principal]] = []
        self.entries: list[tuple[UUID, Principal]] = []
        self.slots: list[Slot] = self.run(
            some_slots(self.database.sessions, 1, 2, 3, first=FAR + timedelta(hours=20))
        )
        self.ids = [slot.id for slot in self.slots]
        for number, size in ((0, 1), (1, 2), (2, 1), (2, 2)):
            self.run(self.do(self.booking(number, size)))
        self.run(self.do(self.asking_for_earlier(2)))
        self.run(self.do(self.giving_up(0)))
        self.now += COOLED
        self.run(self.let_the_clock_work())
        for number, size in ((0, 1), (1, 2), (2, 1)):
            self.run(self.do(self.joining(number, size)))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    async def do(self, act: Do) -> object:
        """What comes of it; a refusal is an answer, and so is a lost race that may be tried again."""
        try:
            async with self.database.sessions() as session:
                return await act(session)
        except Problem as refusal:
            return refusal
        except DBAPIError as error:
            if not is_away(error):
                raise
            return error

    def booking(self, slot: int, size: int) -> Do:
        async def act(session: AsyncSession) -> None:
            caller = a_principal()
            wish = Wish(self.ids[slot], "PE", [a_participant() for _ in range(size)], Language.RO)
            shown = await appointments.book(session, KEY, wish, Booker(caller), self.now)
            self.made.append((shown.appointment.id, caller))

        return act

    def joining(self, slot: int, size: int) -> Do:
        async def act(session: AsyncSession) -> None:
            caller = a_principal()
            wish = WaitingWish(
                type="PE",
                county="CJ",
                office_id=self.slots[slot].office_id,
                days_from=local_date(FAR),
                days_to=local_date(self.slots[slot].starts_at),
                participants=[a_participant() for _ in range(size)],
                language=Language.RO,
            )
            async with self.database.sessions_apart() as apart:
                shown = await waiting.join(apart, session, KEY, wish, caller, self.now)
            self.entries.append((shown.entry.id, caller))

        return act

    def asking_for_earlier(self, which: int) -> Do:
        appointment, caller = self.made[which % len(self.made)]

        async def act(session: AsyncSession) -> None:
            shown = await waiting.ask_for_earlier(
                session, KEY, appointment, local_date(FAR), caller, self.now
            )
            self.entries.append((shown.entry.id, caller))

        return act

    def giving_up(self, which: int) -> Do:
        appointment, caller = self.made[which % len(self.made)]
        return lambda session: appointments.cancel(session, KEY, appointment, caller, self.now)

    def acting(self, which: int, act: Any) -> Do:
        entry_id, caller = self.entries[which % len(self.entries)]
        return lambda session: act(session, KEY, entry_id, caller, self.now)

    async def let_the_clock_work(self) -> None:
        await self.do(lambda session: upkeep.expire_due(session, KEY, self.now))
        await self.do(lambda session: offers.settle(session, KEY, self.now))
        await self.do(lambda session: places.release_due(session, KEY, self.now))

    @rule(slot=st.integers(0, 2), size=SIZES)
    def book(self, slot: int, size: int) -> None:
        self.run(self.do(self.booking(slot, size)))

    @rule(slot=st.integers(0, 2), size=SIZES)
    def join(self, slot: int, size: int) -> None:
        self.run(self.do(self.joining(slot, size)))

    @rule(which=ANY)
    def ask_for_earlier(self, which: int) -> None:
        self.run(self.do(self.asking_for_earlier(which)))

    @rule(which=ANY, waits=st.booleans())
    def give_up(self, which: int, waits: bool) -> None:
        self.run(self.do(self.giving_up(which)))
        if waits:
            self.wait(COOLED)

    @rule(which=ANY, act=ANSWERS)
    def answer(self, which: int, act: Any) -> None:
        self.run(self.do(self.acting(which, act)))

    @rule(time=st.sampled_from([timedelta(minutes=1), timedelta(minutes=14), timedelta(minutes=15), COOLED]))
    def wait(self, time: timedelta) -> None:
        self.now += time
        self.run(self.let_the_clock_work())

    @rule(which=ANY, gone=ANY, answers=st.permutations([waiting.accept, waiting.decline, waiting.leave]))
    def all_at_once(self, which: int, gone: int, answers: list[Any]) -> None:
        acts: list[Do] = [self.acting(which, act) for act in answers]
        acts += [self.giving_up(gone), self.booking(0, 1), self.joining(1, 1)]
        acts += [
            lambda session: offers.settle(session, KEY, self.now),
            lambda session: upkeep.expire_due(session, KEY, self.now),
            lambda session: places.release_due(session, KEY, self.now),
            lambda session: places.release_due(session, KEY, self.now),
        ]

        async def together() -> None:
            await asyncio.gather(*(self.do(act) for act in acts))

        self.run(together())

    @invariant()
    def every_place_is_accounted_for(self) -> None:
        async def look() -> None:
            async with self.database.sessions() as session:
                found = await audit(session)
            assert [one for one in found.slots if one.slot_id in self.ids] == []

        self.run(look())

    @invariant()
    def what_is_offered_is_kept_for_one_alone(self) -> None:
        async def look() -> None:
            async with self.database.sessions() as session:
                wanted = select(WAITING).where(
                    WAITING.c.id.in_([entry_id for entry_id, _ in self.entries]),
                    WAITING.c.state == State.OFFERED,
                    WAITING.c.offered_until > self.now,
                )
                offered = (await session.execute(wanted)).mappings().all()
                for entry in offered:
                    if entry["kind"] == Kind.ALERT:
                        assert await self.kept(session, entry) == [entry["size"]]
                held = select(APPOINTMENTS.c.id).where(
                    APPOINTMENTS.c.channel == Channel.OFFER,
                    APPOINTMENTS.c.state == AppointmentState.HELD,
                    APPOINTMENTS.c.held_until > self.now,
                    APPOINTMENTS.c.office_id == self.slots[0].office_id,
                )
                theirs = [entry["offered_id"] for entry in offered if entry["kind"] == Kind.PLACE]
                assert sorted(await session.scalars(held)) == sorted(theirs)

        self.run(look())

    def teardown(self) -> None:
        """Once everybody has left and gone, and the clock has worked, every place is free again."""

        async def end() -> None:
            async with self.database.sessions() as session:
                own = [entry_id for entry_id, _ in self.entries]
                kinds = select(WAITING_OFFERS.c.kind).where(WAITING_OFFERS.c.entry_id.in_(own))
                self.told.update(Told(kind) for kind in await session.scalars(kinds))
            for number in range(len(self.entries)):
                await self.do(self.acting(number, waiting.leave))
            async with self.database.sessions() as session, session.begin():
                here = select(PLACES.c.appointment_id).where(PLACES.c.slot_id.in_(self.ids))
                for one in (await session.scalars(here.distinct())).all():
                    await appointments.take_away(session, KEY, one, "FIRE", self.now)
            self.now += COOLED
            await self.let_the_clock_work()
            async with self.database.sessions() as session:
                waits = select(func.count()).where(WAITING.c.id.in_(own), WAITING.c.state != State.ENDED)
                assert await session.scalar(waits) == 0
                stands = select(func.count()).where(
                    APPOINTMENTS.c.office_id == self.slots[0].office_id, APPOINTMENTS.c.state.in_(ACTIVE)
                )
                assert await session.scalar(stands) == 0
                found = [await slot_storage.find(session, slot_id) for slot_id in self.ids]
            assert [slot and slot.taken for slot in found] == [0, 0, 0]

        self.run(end())

    async def kept(self, session: AsyncSession, entry: Any) -> list[int]:
        kept = select(RELEASES.c.places).where(
            RELEASES.c.slot_id == entry["offered_slot_id"],
            RELEASES.c.due_at == entry["offered_until"],
        )
        return [*(await session.scalars(kept))]


def test_no_place_is_lost_or_given_twice_between_releases_offers_and_lapses(settings: Settings) -> None:
    told: set[Told] = set()
    with asyncio.Runner() as runner:
        own = {"runner": runner, "database": Database(settings), "told": told}
        machine = type("Run", (FullCounters,), own)
        try:
            run_state_machine_as_test(
                machine,
                settings=examples(
                    max_examples=6,
                    derandomize=True,
                    stateful_step_count=30,
                    deadline=None,
                    database=None,
                    suppress_health_check=[HealthCheck.too_slow],
                ),
            )
        finally:
            runner.run(machine.database.close())
    assert {Told.OFFERED, Told.KEPT} <= told, "the search has met too little"
