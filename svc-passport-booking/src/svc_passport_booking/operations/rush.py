"""Booking in a rush: while one batch is being stored the next one gathers, and each hears its own outcome.

Nobody waits for a timer. What is not the plain case (a family, a person who has an appointment, an account
that has too many, a key that was used) is left to the ordinary way, `operations.appointments.book`.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_core.clock import local_date
from hub_core.rules import Rules
from hub_events import envelope, trace
from hub_events.session import Session
from hub_service import rules
from hub_service.gathering import Gathering

from ..domain import booking
from ..domain.appointments import Appointment
from ..domain.booking import ACCOUNT_RULE, NO_SHOW_RULE, Booker, Wish
from ..domain.slots import Slot
from ..events import appointments as events
from ..keys import MasterKey
from ..reference.types import types
from ..storage import batches as storage
from ..storage.appointments import person_key
from ..storage.batches import Answer, Booking, Outcome, Told
from .flights import Flights

_SLOTS: Final = 50_000
_LEGAL: Final = 5.0
"""Seconds for which the numbers of the rule tables are remembered; rows to come are among them."""
_CHANCE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class _Waiting:
    booking: Booking
    person: bytes


class Rush:
    """The bookings that this process is storing."""

    def __init__(
        self, sessions: async_sessionmaker[Session], key: MasterKey, wake_relay: Callable[[], None]
    ) -> None:
        self._sessions = sessions
        self._key = key
        self._wake_relay = wake_relay
        self._gathering: Gathering[_Waiting, Outcome] = Gathering(self._store, apart=_apart, told=_told_of)
        self._slots: dict[int, Slot] = {}
        self._legal: tuple[float, Rules] = (0.0, Rules())
        self._wanted: set[int] = set()
        self._looks: Flights[None] = Flights()
        self._reads: Flights[Rules] = Flights()

    async def prepare(self, wish: Wish, booker: Booker, now: datetime) -> Appointment | None:
        """The appointment, if it can be stored in a batch; None when the ordinary way has to.

        Raises what is wrong with the wish, as far as it can be seen here.
        """
        legal = await self._rules()
        if len(wish.participants) != 1 or legal.on(NO_SHOW_RULE, local_date(now)).whole:
            return None
        slot = await self._look(wish.slot_id)
        if slot is None or wish.type not in types():
            return None
        booking.must_be_sound(wish.participants, legal, now)
        booking.must_be_in_window(slot, legal, now)
        chance = secrets.token_bytes(_CHANCE_BYTES)
        return booking.book(wish, [slot], booker, ids.new_id(), chance, legal, now)

    async def store(
        self, wish: Wish, booker: Booker, appointment: Appointment, answer: Answer | None
    ) -> Outcome:
        """Store what was prepared, together with whatever waits; raises `ServiceUnavailable`."""
        one = Booking(
            slot_id=wish.slot_id,
            appointment=appointment,
            participant=wish.participants[0],
            actor=booker.actor,
            told=_told(appointment),
            answer=answer,
            most=self._legal[1].on(ACCOUNT_RULE, local_date(appointment.created_at)).whole,
        )
        person = person_key(self._key, one.participant.cnp)
        return await self._gathering.put(_Waiting(one, person))

    async def _store(self, batch: Sequence[_Waiting]) -> Sequence[Outcome]:
        async with self._sessions() as session:
            outcomes = await storage.book(session, self._key, [one.booking for one in batch])
        if Outcome.MADE in outcomes:
            self._wake_relay()
        for one, outcome in zip(batch, outcomes, strict=True):
            if outcome is Outcome.OTHER:
                self._slots.pop(one.booking.slot_id, None)
        return outcomes

    async def _look(self, slot_id: int) -> Slot | None:
        """A slot as it was when its day was looked at; all who want one meanwhile share the next look."""
        if slot_id not in self._slots:
            self._wanted.add(slot_id)
            await self._looks.share(None, self._look_at_all)
        return self._slots.get(slot_id)

    async def _look_at_all(self) -> None:
        wanted, self._wanted = self._wanted, set()
        async with self._sessions() as session:
            found = await storage.slots(session, sorted(wanted))
        if len(self._slots) >= _SLOTS:
            self._slots.clear()
        self._slots.update(found)

    async def _rules(self) -> Rules:
        until, legal = self._legal
        if until > asyncio.get_running_loop().time():
            return legal
        return await self._reads.share(None, self._read_rules)

    async def _read_rules(self) -> Rules:
        async with self._sessions() as session, session.begin():
            legal = await rules.read(session, *booking.RULES)
        self._legal = (asyncio.get_running_loop().time() + _LEGAL, legal)
        return legal


def _apart(waiting: _Waiting) -> set[object]:
    """A second of the same person, account or key waits for the next batch."""
    return {waiting.person, waiting.booking.claimed, waiting.booking.appointment.person_id}


def _told_of(error: Exception) -> Outcome | None:
    return Outcome.OTHER if _is_a_conflict(error) else None


def _is_a_conflict(error: Exception) -> bool:
    """Whether a row stands in the way, of which the ordinary way tells more."""
    state: Any = getattr(getattr(error, "orig", None), "sqlstate", None)
    return isinstance(error, IntegrityError) or str(state).startswith("23")


def _told(appointment: Appointment) -> Told:
    event_id, traceparent = ids.new_id(), trace.current()
    event = events.of(appointment)
    body = envelope.encode(event_id, event, appointment.created_at, traceparent)
    return Told(event_id, event.subject, body, traceparent)
