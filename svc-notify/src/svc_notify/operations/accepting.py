"""Orders are accepted: while one batch of them is being stored the next one gathers (docs/adr/0050).

Nobody waits for a timer. What is not the plain case (a key or a reference that was used) is left to the
ordinary way, `place`, which stores the same in the transaction of its request.
"""

import asyncio
import hmac
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Kind, Principal
from hub_core.problem import FieldError, Problem
from hub_core.rules import Rules
from hub_events import trace
from hub_events.session import Session
from hub_service import idempotency, rules
from hub_service.gathering import Gathering
from hub_service.idempotency import Answered
from hub_service.outside import Outside, Refused

from ..domain import orders
from ..domain.orders import Order, Ordering, Wish
from ..domain.templates import Template
from ..errors.orders import OnlyInstitutionsSend, OrderUnsound, ReferenceUsed
from ..keys import MasterKey, Purpose
from ..storage import orders as storage
from ..storage.orders import New
from . import templates

_REMEMBERED: Final = 5.0
"""Seconds for which a template and the legal numbers are remembered; rows to come are among these."""
_MOST_TEMPLATES: Final = 10_000

Outcome: TypeAlias = bool | Problem
"""It is stored; the ordinary way has to say why not; or why not."""


def ordering(principal: Principal) -> Ordering:
    """For whom a client orders; `OnlyInstitutionsSend` for everybody else."""
    if principal.kind is not Kind.CLIENT or principal.institution_id is None:
        raise OnlyInstitutionsSend
    return Ordering(principal.institution_id, principal.client_id, principal.is_sandbox)


@dataclass(frozen=True, slots=True)
class _Waiting:
    new: New
    legal: Rules
    answer: Answered | None

    @property
    def claimed(self) -> tuple[str, str] | None:
        """Whose Idempotency-Key it uses."""
        return (self.answer.claim.caller, self.answer.claim.key) if self.answer else None


class Acceptance:
    """What this process is accepting; `accepted` is called when orders were stored."""

    def __init__(
        self,
        sessions: async_sessionmaker[Session],
        keys: MasterKey,
        outside: Outside,
        accepted: Callable[[], None],
    ) -> None:
        self._sessions = sessions
        self._outside = outside
        self._keys = keys
        self.accepted = accepted
        self._gathering: Gathering[_Waiting, Outcome] = Gathering(
            self._store_all, apart=lambda one: {one.claimed, _used_once(one.new.order)}, told=_told
        )
        self._templates: dict[tuple[UUID, str], tuple[float, Template, Rules]] = {}
        self._reading = asyncio.Lock()

    async def known(self, institution_id: UUID, key: str) -> tuple[Template, Rules]:
        """The template that an institution sends by, and the legal numbers.

        Raises `TemplateNotFound`, `TemplateNotActive`.
        """
        found = self._remembered(institution_id, key)
        if found is None:
            async with self._reading:
                found = self._remembered(institution_id, key) or await self._read(institution_id, key)
        return found

    async def prepare(self, by: Ordering, key: str, wish: Wish, now: datetime) -> tuple[New, Rules]:
        """The order, ready to be stored; raises `OrderUnsound` and what `known` does."""
        self.must_be_callable(wish.condition)
        template, legal = await self.known(by.institution_id, key)
        order = orders.place(wish, template, by, ids.new_id(), legal, now, trace.current())
        print_of = _fingerprint(self._keys, key, wish) if wish.is_reference_unique else None
        return New(order, storage.seal(self._keys, order.id, wish.variables), print_of), legal

    def must_be_callable(self, condition: str | None) -> None:
        """Raises `OrderUnsound` for an address that the hub does not call."""
        try:
            if condition is not None:
                self._outside.parse(condition)
        except Refused as refusal:
            flaw = FieldError("/condition", "address", "This address is not one that the hub calls.")
            raise OrderUnsound(errors=[flaw]) from refusal

    async def put(self, new: New, legal: Rules, answer: Answered | None) -> Outcome:
        """Store what was prepared, together with whatever waits; raises `ServiceUnavailable`."""
        outcome = await self._gathering.put(_Waiting(new, legal, answer))
        if outcome is True:
            self.accepted()
        return outcome

    def _remembered(self, institution_id: UUID, key: str) -> tuple[Template, Rules] | None:
        kept = self._templates.get((institution_id, key))
        if kept is None or kept[0] < asyncio.get_running_loop().time():
            return None
        _, template, legal = kept
        return template, legal

    async def _read(self, institution_id: UUID, key: str) -> tuple[Template, Rules]:
        async with self._sessions() as session, session.begin():
            template = await templates.active(session, institution_id, key)
            legal = await rules.read(session, *orders.RULES)
        if len(self._templates) >= _MOST_TEMPLATES:
            self._templates.clear()
        until = asyncio.get_running_loop().time() + _REMEMBERED
        self._templates[institution_id, key] = until, template, legal
        return template, legal

    async def _store_all(self, batch: Sequence[_Waiting]) -> Sequence[Outcome]:
        """Store all but those that cannot be stored; with one of these it is begun again without it."""
        outcomes: dict[UUID, Outcome] = {}
        left = list(batch)
        while left:
            async with self._sessions() as session, session.begin() as transaction:
                apart = await _store(session, left, clock.now())
                if apart:
                    await transaction.rollback()
            outcomes |= apart or {one.new.order.id: True for one in left}
            left = [one for one in left if one.new.order.id not in outcomes]
        return [outcomes[one.new.order.id] for one in batch]


async def place(
    session: Session, acceptance: Acceptance, by: Ordering, key: str, wish: Wish, now: datetime
) -> Order:
    """The order, in the transaction of its request.

    Raises `OrderUnsound`, `ReferenceUsed`, `SendingLimitReached` and what `Acceptance.known` does. An order
    whose reference was used once for the same is the one that there is.
    """
    new, legal = await acceptance.prepare(by, key, wish, now)
    async with session.begin():
        await count(session, by, 1, legal, now)
        if not await storage.add(session, [new]):
            used = await storage.find_used(session, by, wish.reference or "")
            if used is None or not hmac.compare_digest(used[1], new.fingerprint or b""):
                raise ReferenceUsed
            return used[0]
    return new.order


async def count(session: Session, by: Ordering, messages: int, legal: Rules, now: datetime) -> None:
    """Count a request and its messages; raises `SendingLimitReached`, with which its transaction ends."""
    whose = by.institution_id, by.is_sandbox
    counts = await storage.count(session, {whose: (1, messages)}, now)
    over, limit = orders.excess(counts[whose], by.is_sandbox, legal, now)
    if over:
        raise limit


async def _store(session: Session, batch: Sequence[_Waiting], now: datetime) -> Mapping[UUID, Outcome]:
    """Store a batch; the outcomes of those that cannot be stored: with one of these nothing may be."""
    answers = [one.answer for one in batch if one.answer]
    claimed = await idempotency.claim_answered(session, answers, now) if answers else set()
    apart: dict[UUID, Outcome] = {
        one.new.order.id: False for one in batch if one.claimed and one.claimed not in claimed
    }
    asked = Counter(_whose(one) for one in batch)
    counts = await storage.count(session, {whose: (each, each) for whose, each in asked.items()}, now)
    for whose, counted in counts.items():
        own = [one for one in batch if _whose(one) == whose]
        over, limit = orders.excess(counted, whose[1], own[0].legal, now)
        apart |= {one.new.order.id: limit for one in own[-over:] if over}
    if not apart:
        stored = await storage.add(session, [one.new for one in batch])
        apart = {one.new.order.id: False for one in batch if one.new.order.id not in stored}
    return apart


def _whose(waiting: _Waiting) -> tuple[UUID, bool]:
    by = waiting.new.order.by
    return by.institution_id, by.is_sandbox


def _used_once(order: Order) -> tuple[UUID, bool, str] | None:
    if not order.is_reference_unique or order.reference is None:
        return None
    return order.by.institution_id, order.by.is_sandbox, order.reference


def _told(error: Exception) -> Outcome | None:
    """A row that stands in the way: the ordinary way tells more."""
    return False if isinstance(error, IntegrityError) else None


def _fingerprint(keys: MasterKey, key: str, wish: Wish) -> bytes:
    """What makes two orders the same."""
    times = [at and at.astimezone(UTC).isoformat() for at in (wish.send_at, wish.expires_at)]
    said = [key, str(wish.person_id), sorted(wish.variables.items()), sorted(wish.channels), times]
    return keys.digest(Purpose.ORDERS, json.dumps([*said, wish.condition]))
