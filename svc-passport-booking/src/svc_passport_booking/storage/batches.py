"""Bookings of one person each, many in one statement, which is a transaction: each with its own outcome.

What the ordinary way stores with several statements is stored here for all who win a place: the place,
the appointment, its person, its first step, its event, and the answer to its Idempotency-Key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, and_, any_, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from hub_service.database import Statement
from hub_service.idempotency import Claim

from ..domain.appointments import Actor, Appointment, Participant
from ..domain.slots import Slot
from ..keys import MasterKey
from ..tables.offices import POOLS
from ..tables.slots import SLOTS
from . import appointments


class Outcome(StrEnum):
    """What came of one booking: it is stored, there is no place, or the ordinary way has to say why not."""

    MADE = "MADE"
    FULL = "FULL"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """The event of a booking, as the outbox has it."""

    id: UUID
    subject: str
    body: bytes
    traceparent: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What is answered when it is stored, with the use of the Idempotency-Key that it is kept for."""

    claim: Claim
    headers: str
    body: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Booking:
    """One booking, ready to be stored: everything but whether there is a place for it.

    `most` is how many active appointments its account may have, with this one.
    """

    slot_id: int
    appointment: Appointment
    participant: Participant
    actor: Actor
    told: Told
    answer: Answer | None
    most: int

    @property
    def claimed(self) -> tuple[str, str] | None:
        """Whose Idempotency-Key it uses."""
        return (self.answer.claim.caller, self.answer.claim.key) if self.answer else None


_DAYS: Final = (
    select(SLOTS.c.pool_id, func.date_trunc("day", SLOTS.c.starts_at, "UTC").label("begins_at"))
    .where(SLOTS.c.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
    .distinct()
    .cte("days")
)
_SLOTS: Final = Statement(
    select(
        *(SLOTS.c[name] for name in ("id", "pool_id", "starts_at", "minutes", "planned", "taken", "closed")),
        *(SLOTS.c.opens_at, POOLS.c.office_id),
    )
    .join_from(SLOTS, POOLS)
    .join(
        _DAYS,
        and_(
            _DAYS.c.pool_id == SLOTS.c.pool_id,
            SLOTS.c.starts_at >= _DAYS.c.begins_at,
            SLOTS.c.starts_at < _DAYS.c.begins_at + timedelta(days=1),
        ),
    )
)
_BOOK: Final = Statement(
    text(
        """
WITH r AS (
  SELECT * FROM unnest(
    CAST(:slot_id AS bigint[]), CAST(:id AS uuid[]), CAST(:code_key AS bytea[]), CAST(:code AS bytea[]),
    CAST(:office_id AS uuid[]), CAST(:pool_id AS uuid[]), CAST(:type AS text[]), CAST(:state AS text[]),
    CAST(:starts_at AS timestamptz[]), CAST(:ends_at AS timestamptz[]), CAST(:person_id AS uuid[]),
    CAST(:situation AS bytea[]), CAST(:language AS text[]), CAST(:created_at AS timestamptz[]),
    CAST(:held_until AS timestamptz[]), CAST(:confirmed_at AS timestamptz[]), CAST(:family AS text[]),
    CAST(:person_key AS bytea[]), CAST(:tail_key AS bytea[]), CAST(:sealed AS bytea[]),
    CAST(:actor_kind AS text[]), CAST(:actor_id AS uuid[]), CAST(:event_id AS uuid[]),
    CAST(:subject AS text[]), CAST(:event AS bytea[]), CAST(:traceparent AS text[]),
    CAST(:caller AS text[]), CAST(:key AS text[]), CAST(:fingerprint AS bytea[]),
    CAST(:headers AS text[]), CAST(:body AS bytea[]), CAST(:most AS int[])
  ) WITH ORDINALITY AS r(
    slot_id, id, code_key, code, office_id, pool_id, type, state, starts_at, ends_at, person_id,
    situation, language, created_at, held_until, confirmed_at, family, person_key, tail_key, sealed,
    actor_kind, actor_id, event_id, subject, event, traceparent, caller, key, fingerprint, headers, body,
    most, number)
), looked AS MATERIALIZED (
  SELECT r.*, s.closed OR s.taken >= s.planned OR coalesce(s.opens_at > r.created_at, false) AS is_full,
    s.pool_id = r.pool_id AND s.starts_at = r.starts_at AND s.starts_at > r.created_at
      AND s.starts_at + make_interval(mins => s.minutes) = r.ends_at AS is_same
  FROM r JOIN slots s ON s.id = r.slot_id
), fresh AS MATERIALIZED (
  SELECT r.* FROM looked r
  WHERE r.is_same
    AND EXISTS (SELECT FROM pool_types t
      WHERE t.office_id = r.office_id AND t.type = r.type AND t.pool_id = r.pool_id)
    AND is_first_booking(r.caller, r.key, r.person_key, r.family)
), admitted AS MATERIALIZED (
  SELECT f.* FROM fresh f
  WHERE f.is_full OR active_of_account(f.person_id, f.created_at, false) < f.most
), locked AS MATERIALIZED (
  SELECT s.id, s.planned - s.taken AS free FROM slots s
  WHERE s.id IN (SELECT slot_id FROM admitted WHERE NOT is_full) AND NOT s.closed AND s.taken < s.planned
  ORDER BY s.id FOR NO KEY UPDATE
), fits AS (
  SELECT f.*, l.free, row_number() OVER (PARTITION BY f.slot_id ORDER BY f.number) AS turn
  FROM admitted f JOIN locked l ON l.id = f.slot_id WHERE NOT f.is_full
), won AS MATERIALIZED (
  SELECT * FROM fits WHERE turn <= free
), places_taken AS (
  UPDATE slots s SET taken = s.taken + w.places
  FROM (SELECT slot_id, count(*) AS places FROM won GROUP BY slot_id) w WHERE s.id = w.slot_id
), a AS (
  INSERT INTO appointments (id, code_key, code, office_id, pool_id, type, state, channel, starts_at,
    ends_at, size, person_id, situation, language, created_at, held_until, confirmed_at, version)
  SELECT id, code_key, code, office_id, pool_id, type, state, 'ONLINE', starts_at,
    ends_at, 1, person_id, situation, language, created_at, held_until, confirmed_at, 1 FROM won
), p AS (
  INSERT INTO persons (appointment_id, number, family, person_key, tail_key, sealed)
  SELECT id, 0, family, person_key, tail_key, sealed FROM won ORDER BY person_key
), h AS (
  INSERT INTO places (appointment_id, slot_id, places) SELECT id, slot_id, 1 FROM won
), st AS (
  INSERT INTO steps (appointment_id, version, state, at, actor_kind, actor_id)
  SELECT id, 1, state, created_at, actor_kind, actor_id FROM won
), o AS (
  INSERT INTO outbox (id, subject, key, body, traceparent, recorded_at)
  SELECT event_id, subject, CAST(id AS text), event, traceparent, created_at FROM won
), i AS (
  INSERT INTO idempotency_keys (caller, key, fingerprint, claimed_at, status, headers, body)
  SELECT caller, key, fingerprint, created_at, 201, CAST(headers AS json), body
  FROM won WHERE key IS NOT NULL
)
SELECT r.number, CASE WHEN w.number IS NOT NULL THEN 'MADE'
  WHEN f.number IS NOT NULL THEN 'FULL' ELSE 'OTHER' END AS outcome
FROM r LEFT JOIN admitted f USING (number) LEFT JOIN won w USING (number)
ORDER BY r.number
"""
    )
)


async def slots(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, Slot]:
    """These slots by id, as they are now, with those of their pools on the same day; of those that exist.

    Who wants one interval of a day is followed by who wants the next.
    """
    return {row["id"]: Slot(**row) for row in await _SLOTS.all(session, ids=ids)}


async def book(session: AsyncSession, key: MasterKey, batch: Sequence[Booking]) -> Sequence[Outcome]:
    """Store those for whom there is a place, in the order of the batch, with one commit.

    No two are of the same person and family of types, none of the same account, and no two use the same
    Idempotency-Key. An error of the database says that nothing of the batch is stored.
    """
    rows = [_row(key, one) for one in batch]
    found = await _BOOK.all(session, **{name: [row[name] for row in rows] for name in rows[0]})
    return [Outcome(row["outcome"]) for row in found]


def _row(key: MasterKey, booking: Booking) -> dict[str, Any]:
    answer, told = booking.answer, booking.told
    claim = answer.claim if answer else None
    return {
        **appointments.row_of(key, booking.appointment),
        **appointments.row_of_person(key, booking.appointment, 0, booking.participant),
        "slot_id": booking.slot_id,
        "actor_kind": booking.actor.kind,
        "actor_id": booking.actor.id,
        "event_id": told.id,
        "subject": told.subject,
        "event": told.body,
        "traceparent": told.traceparent,
        "caller": claim and claim.caller,
        "key": claim and claim.key,
        "fingerprint": claim and claim.fingerprint,
        "headers": answer and answer.headers,
        "body": answer and answer.body,
        "most": booking.most,
    }
