"""Whatever is done in whatever order, and at the same time: no place twice, every place accounted for."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from hypothesis import HealthCheck
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal
from hub_core.problem import Problem
from hub_events.session import is_away
from hub_service.database import Database
from svc_passport_booking.domain.appointments import SYSTEM
from svc_passport_booking.domain.booking import Booker, Wish
from svc_passport_booking.domain.slots import Slot
from svc_passport_booking.domain.states import Channel, State
from svc_passport_booking.errors.slots import SlotTaken
from svc_passport_booking.operations import appointments as operations
from svc_passport_booking.operations import places, upkeep
from svc_passport_booking.operations.audit import audit
from svc_passport_booking.operations.rush import Rush
from svc_passport_booking.settings import Settings
from svc_passport_booking.storage import appointments as storage
from svc_passport_booking.storage import slots as slot_storage
from svc_passport_booking.storage.batches import Outcome
from svc_passport_booking.tables.appointments import APPOINTMENTS, PLACES
from svc_passport_booking.tables.slots import RELEASES, SLOTS

from .build import FAR, KEY, a_participant, an_appointment, some_slots

Do = Callable[[AsyncSession], Awaitable[object]]

PEOPLE: Final = [a_participant() for _ in range(9)]
SLOTS_HERE: Final = st.integers(0, 3)
ANY: Final = st.integers(0, 9)
SOME_PEOPLE: Final = st.lists(st.integers(0, len(PEOPLE) - 1), min_size=1, max_size=4, unique=True)
MINUTES: Final = st.sampled_from([30, 1, 15, 29, 31, 200])
AT_DESK: Final = st.sampled_from([State.CHECKED_IN, State.SERVED, State.REFUSED_AT_DESK])


def a_principal() -> Principal:
    return Principal(Kind.PERSON, str(ids.new_id()), Assurance.SUBSTANTIAL, frozenset(), "demo-portal")


class Counters(RuleBasedStateMachine):
    """Three slots in a row at one office and one at another, nine people, and everything that happens."""

    runner: asyncio.Runner
    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = FAR
        self.made: list[UUID] = []
        self.rush = Rush(self.database.sessions, KEY, lambda: None)
        sessions = self.database.sessions
        row = self.run(some_slots(sessions, 3, 2, 4, first=FAR + timedelta(hours=12)))
        self.slots: list[Slot] = [*row, *self.run(some_slots(sessions, 3, first=FAR + timedelta(hours=13)))]
        self.ids = [slot.id for slot in self.slots]

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

    def booking(self, slot: int, people: list[int], *, is_known: bool) -> Do:
        async def act(session: AsyncSession) -> object:
            wish = Wish(self.ids[slot], "PE", [PEOPLE[one] for one in people], Language.RO)
            booker = Booker(a_principal()) if is_known else Booker()
            shown = await operations.book(session, KEY, wish, booker, self.now)
            self.made.append(shown.appointment.id)
            return shown

        return act

    def rushing(self, slot: int, person: int) -> Do:
        """A booking by the short way."""

        async def act(session: AsyncSession) -> object:
            del session
            wish = Wish(self.ids[slot], "PE", [PEOPLE[person]], Language.RO)
            booker = Booker(a_principal())
            prepared = await self.rush.prepare(wish, booker, self.now)
            assert prepared is not None
            outcome = await self.rush.store(wish, booker, prepared, None)
            if outcome is Outcome.MADE:
                self.made.append(prepared.id)
            return outcome

        return act

    def chosen(self, which: int) -> UUID:
        """One of the appointments so far, 0 for the last."""
        return self.made[-1 - which % len(self.made)] if self.made else ids.new_id()

    def moving(self, which: int, to: State) -> Do:
        async def act(session: AsyncSession) -> object:
            async with session.begin():
                found = await storage.lock(session, KEY, self.chosen(which))
                return found and await storage.move(session, KEY, found, to, SYSTEM, self.now)

        return act

    def confirming(self, which: int) -> Do:
        secret = operations.secret_of(KEY, self.chosen(which))
        return lambda session: operations.confirm_by_secret(session, KEY, secret, self.now)

    def rescheduling(self, which: int, slot: int) -> Do:
        async def act(session: AsyncSession) -> object:
            caller = a_principal()
            async with session.begin():
                own = update(APPOINTMENTS).where(APPOINTMENTS.c.id == self.chosen(which))
                await session.execute(own.values(person_id=caller.person_id))
            return await operations.reschedule(
                session, KEY, self.chosen(which), self.ids[slot], caller, self.now
            )

        return act

    def closing(self, slot: int, *, closed: bool) -> Do:
        async def act(session: AsyncSession) -> None:
            async with session.begin():
                await slot_storage.lock(session, [self.ids[slot]])
                own = update(SLOTS).where(SLOTS.c.id == self.ids[slot])
                await session.execute(own.values(closed=closed))
                here = select(PLACES.c.appointment_id).where(PLACES.c.slot_id == self.ids[slot])
                for one in (await session.scalars(here.order_by(PLACES.c.appointment_id))).all():
                    await operations.take_away(session, KEY, one, "FIRE", self.now)

        return act

    def planning(self, slot: int, planned: int) -> Do:
        async def act(session: AsyncSession) -> None:
            async with session.begin():
                own = update(SLOTS).where(SLOTS.c.id == self.ids[slot])
                capacity = func.greatest(planned, SLOTS.c.taken)
                await session.execute(own.values(planned=planned, capacity=capacity))

        return act

    def offering(self, person: int) -> Do:
        """The next place that has cooled is held for somebody who waits, and never was anybody's between."""

        async def act(session: AsyncSession) -> None:
            async with session.begin():
                due = await slot_storage.pop_due(session, self.now)
                slot = await slot_storage.find(session, due[0]) if due else None
                if due is None or slot is None:
                    return
                offer = an_appointment(
                    office_id=slot.office_id,
                    pool_id=slot.pool_id,
                    state=State.HELD,
                    channel=Channel.OFFER,
                    starts_at=slot.starts_at,
                    ends_at=slot.ends_at,
                    created_at=self.now,
                    held_until=self.now + timedelta(minutes=15),
                )
                if due[1] > 1:
                    await slot_storage.free(session, {slot.id: due[1] - 1})
                await storage.add(session, KEY, offer, [PEOPLE[person]], {slot.id: 1}, SYSTEM)
                self.made.append(offer.id)

        return act

    @rule(slot=SLOTS_HERE, person=st.integers(0, len(PEOPLE) - 1), minutes=st.sampled_from([0, 29, 30]))
    def hold_and_confirm(self, slot: int, person: int, minutes: int) -> None:
        self.run(self.do(self.booking(slot, [person], is_known=False)))
        self.now += timedelta(minutes=minutes)
        self.confirm(0)

    @rule(slot=SLOTS_HERE, people=SOME_PEOPLE, is_known=st.booleans())
    def book(self, slot: int, people: list[int], is_known: bool) -> None:
        answer = self.run(self.do(self.booking(slot, people, is_known=is_known)))
        if isinstance(answer, SlotTaken) and len(people) == 1:
            assert self.run(self.read(slot)).free(self.now) == 0

    @rule(which=ANY)
    def confirm(self, which: int) -> None:
        before = self.run(self.appointment(which))
        answer = self.run(self.do(self.confirming(which)))
        is_in_time = before and before.state is State.HELD and self.now < before.held_until
        assert isinstance(answer, operations.Shown) is bool(is_in_time)

    @rule(which=ANY)
    def cancel(self, which: int) -> None:
        self.run(self.do(self.moving(which, State.CANCELLED_BY_CITIZEN)))

    @rule(which=ANY, slot=SLOTS_HERE)
    def reschedule(self, which: int, slot: int) -> None:
        self.run(self.do(self.rescheduling(which, slot)))

    @rule(which=ANY, to=AT_DESK)
    def come_to_the_desk(self, which: int, to: State) -> None:
        self.run(self.do(self.moving(which, to)))

    @rule(slot=SLOTS_HERE, closed=st.sampled_from([False, False, True]))
    def close_or_open(self, slot: int, closed: bool) -> None:
        self.run(self.do(self.closing(slot, closed=closed)))

    @rule(slot=SLOTS_HERE, planned=st.integers(0, 4))
    def plan_anew(self, slot: int, planned: int) -> None:
        self.run(self.do(self.planning(slot, planned)))

    @rule(person=st.integers(0, len(PEOPLE) - 1))
    def offer(self, person: int) -> None:
        self.run(self.do(self.offering(person)))

    @rule(minutes=MINUTES)
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def let_the_clock_work(self) -> None:
        self.run(self.do(lambda session: upkeep.expire_due(session, KEY, self.now)))
        self.run(self.do(lambda session: upkeep.note_missed(session, KEY, self.now)))
        self.run(self.do(lambda session: places.release_due(session, KEY, self.now)))

    @rule(
        rushed=st.lists(st.tuples(SLOTS_HERE, st.integers(0, len(PEOPLE) - 1)), max_size=6),
        bookings=st.lists(st.tuples(SLOTS_HERE, SOME_PEOPLE, st.booleans()), min_size=1, max_size=4),
        which=st.lists(ANY, min_size=2, max_size=2),
        slot=SLOTS_HERE,
        closes=st.booleans(),
    )
    def all_at_once(
        self,
        rushed: list[tuple[int, int]],
        bookings: list[tuple[int, list[int], bool]],
        which: list[int],
        slot: int,
        closes: bool,
    ) -> None:
        acts = [self.booking(where, who, is_known=known) for where, who, known in bookings]
        acts += [self.rushing(where, who) for where, who in rushed]
        acts += [
            self.confirming(which[0]),
            self.moving(which[0], State.CANCELLED_BY_CITIZEN),
            self.rescheduling(which[1], slot),
            lambda session: upkeep.expire_due(session, KEY, self.now),
            lambda session: places.release_due(session, KEY, self.now),
        ]
        if closes:
            acts.append(self.closing(slot, closed=True))

        async def together() -> None:
            await asyncio.gather(*(self.do(act) for act in acts))

        self.run(together())

    @invariant()
    def every_place_is_accounted_for(self) -> None:
        async def look() -> None:
            async with self.database.sessions() as session:
                found = await audit(session)
                assert [one for one in found.slots if one.slot_id in self.ids] == []
                assert not {*found.appointments, *found.persons} & {*self.made}

        self.run(look())

    def teardown(self) -> None:
        """Whatever happened: once everybody has gone and the clock has worked, every place is free again."""

        async def end() -> None:
            for number in range(len(self.made)):
                await self.do(self.moving(number, State.CANCELLED_BY_CITIZEN))
            self.now += timedelta(minutes=31)
            async with self.database.sessions() as session:
                await upkeep.expire_due(session, KEY, self.now)
                await places.release_due(session, KEY, self.now + timedelta(minutes=16))
                kept = func.coalesce(func.sum(PLACES.c.places), 0)
                for slot_id in self.ids:
                    slot = await slot_storage.find(session, slot_id)
                    gone = await session.scalar(select(kept).where(PLACES.c.slot_id == slot_id))
                    cooling = await session.scalar(select(func.count()).where(RELEASES.c.slot_id == slot_id))
                    assert slot is not None
                    assert (slot.taken, cooling) == (gone, 0)

        self.run(end())

    async def read(self, slot: int) -> Slot:
        async with self.database.sessions() as session:
            found = await slot_storage.find(session, self.ids[slot])
            assert found is not None
            return found

    async def appointment(self, which: int) -> Any:
        async with self.database.sessions() as session:
            return await storage.read(session, KEY, self.chosen(which))


def test_no_place_is_given_twice_and_none_is_lost(settings: Settings) -> None:
    with asyncio.Runner() as runner:
        machine = type("Run", (Counters,), {"runner": runner, "database": Database(settings)})
        try:
            run_state_machine_as_test(
                machine,
                settings=examples(
                    max_examples=10,
                    stateful_step_count=40,
                    deadline=None,
                    database=None,
                    suppress_health_check=[HealthCheck.too_slow],
                ),
            )
        finally:
            runner.run(machine.database.close())
