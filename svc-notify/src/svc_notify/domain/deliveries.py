"""The rules of telling somebody something once. No I/O; `now` is an argument."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.language import Language

from .kinds import Kind, Lane


class Channel(StrEnum):
    """The way a message goes."""

    EMAIL = "EMAIL"
    SMS = "SMS"


class State(StrEnum):
    """Where a delivery stands; `SENT` means that a server took it over, not that somebody read it."""

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


class Failure(StrEnum):
    """Why a message never left: the `reason` of the event."""

    RECIPIENT_GONE = "recipient-gone"
    ADDRESS_UNUSABLE = "address-unusable"
    REFUSED = "refused"
    UNDELIVERABLE = "undeliverable"
    EXPIRED = "expired"


class Answer(StrEnum):
    """What came of one attempt.

    `OUTAGE` is nobody's message: the server could not be reached or took nothing from us at all.
    `UNASKED` is nobody's either, but holds up this message only: who alone knows what it says is not there.
    `DEFERRED` is this message's: taken up, then put off, cut, or left without an answer.
    """

    ACCEPTED = "ACCEPTED"
    DEFERRED = "DEFERRED"
    REFUSED = "REFUSED"
    OUTAGE = "OUTAGE"
    UNASKED = "UNASKED"
    RECIPIENT_GONE = "RECIPIENT_GONE"
    ADDRESS_UNUSABLE = "ADDRESS_UNUSABLE"


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that a message is about: its id, when it was recorded, the trace it belongs to."""

    id: UUID
    at: datetime
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt's end: the answer, and the server's reply code where there was one."""

    answer: Answer
    reply_code: int | None = None


LEASE: Final = timedelta(seconds=15)
"""How long a claim holds without a sign of life; a killed sender's work is free again after it."""

RETRIES: Final = tuple(
    timedelta(seconds=seconds) for seconds in (2, 10, 30, 60, 5 * 60, 30 * 60, 2 * 3600, 12 * 3600)
)
"""Waits between attempts that failed for a reason of the message's own; then it is undeliverable."""

SPREAD: Final = 0.2
"""The part by which chance may lengthen a wait: what failed together shall not return together."""

_FIRST_PAUSE: Final = timedelta(milliseconds=250)
_LONGEST_PAUSE: Final = timedelta(seconds=5)

_CLOSING: Final = 421

_ENDS: Final = {
    Answer.ACCEPTED: (State.SENT, None),
    Answer.REFUSED: (State.FAILED, Failure.REFUSED),
    Answer.RECIPIENT_GONE: (State.FAILED, Failure.RECIPIENT_GONE),
    Answer.ADDRESS_UNUSABLE: (State.FAILED, Failure.ADDRESS_UNUSABLE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one recipient by one channel.

    The recipient is a person or, before there is an account, an e-mail confirmation; the address
    is asked for when it is sent and never kept. `about_id` is what another service is asked about then: it
    knows the address of who has no account as well. `variables` hold nothing personal. `due_at` is the
    next attempt while queued, the end of the lease while being sent, nothing once it has ended.
    `version` grows by one with each change: who holds an older one has lost the delivery. Of deliveries
    with the same `once` there is one only.
    """

    id: UUID
    cause_id: UUID
    person_id: UUID | None = None
    confirmation_id: UUID | None = None
    about_id: UUID | None = None
    template: str
    template_version: int
    variables: Mapping[str, str] = field(default_factory=dict)
    channel: Channel = Channel.EMAIL
    lane: Lane
    state: State = State.QUEUED
    attempts: int = 0
    due_at: datetime | None
    expires_at: datetime
    queued_at: datetime
    ended_at: datetime | None = None
    language: Language | None = None
    reply_code: int | None = None
    failure: Failure | None = None
    traceparent: str | None = None
    version: int = 1
    once: str | None = None

    @property
    def institution_id(self) -> UUID | None:
        """The institution that the message speaks of, if any."""
        named = self.variables.get("institution_id")
        return UUID(named) if named else None


def queue(
    kind: Kind,
    delivery_id: UUID,
    cause: Cause,
    now: datetime,
    *,
    person_id: UUID | None = None,
    confirmation_id: UUID | None = None,
    about_id: UUID | None = None,
    variables: Mapping[str, str] | None = None,
    once: str | None = None,
    until: datetime | None = None,
) -> Delivery:
    """A message to be sent at once: what a person caused at night is told at night.

    It is worth sending for the kind's lifetime from the cause on, however late that was heard of, and
    not after `until`.
    """
    given = dict(variables or {})
    if given.keys() != kind.variables:
        raise ValueError(f"{kind.template} takes {sorted(kind.variables)}, not {sorted(given)}")
    if (about_id is not None) is (kind.question is None):
        raise ValueError(f"what {kind.template} is about is asked for, or it is not")
    if about_id is None and (person_id is None) == (confirmation_id is None):
        raise ValueError("a message goes to a person or to a confirmation")
    last = cause.at + kind.lifetime
    return Delivery(
        id=delivery_id,
        cause_id=cause.id,
        person_id=person_id,
        confirmation_id=confirmation_id,
        about_id=about_id,
        template=kind.template,
        template_version=kind.version,
        variables=given,
        lane=kind.lane,
        due_at=now,
        expires_at=min(last, until) if until else last,
        queued_at=now,
        traceparent=cause.traceparent,
        once=once,
    )


def claim(delivery: Delivery, now: datetime) -> Delivery:
    """Take a due delivery to send it; one past its time expires, one that kills its senders fails."""
    if delivery.due_at is None or delivery.due_at > now:
        raise ValueError(f"a delivery that is {delivery.state} and not due is nobody's to take")
    if delivery.expires_at <= now:
        return _end(delivery, State.EXPIRED, now, failure=Failure.EXPIRED)
    if delivery.attempts > len(RETRIES):
        return _end(delivery, State.FAILED, now, failure=Failure.UNDELIVERABLE)
    return replace(
        delivery,
        state=State.SENDING,
        attempts=delivery.attempts + 1,
        due_at=now + LEASE,
        version=delivery.version + 1,
    )


def settle(
    delivery: Delivery, outcome: Outcome, now: datetime, *, chance: float, language: Language | None = None
) -> Delivery:
    """What becomes of a claimed delivery after an attempt; `chance` in [0, 1) spreads the retries.

    `language` is the one it was written in. An outage gives the delivery back at once and does not
    count as an attempt: the sender pauses instead. One that could not be asked about waits by itself.
    """
    if delivery.state is not State.SENDING:
        raise ValueError(f"a delivery that is {delivery.state} is not being sent")
    tried = replace(delivery, reply_code=outcome.reply_code, language=language or delivery.language)
    if outcome.answer in (Answer.OUTAGE, Answer.UNASKED):
        wait = _LONGEST_PAUSE * (1 + SPREAD * chance) if outcome.answer is Answer.UNASKED else timedelta()
        return _requeue(replace(tried, attempts=tried.attempts - 1), now + wait)
    if outcome.answer is Answer.DEFERRED:
        if tried.attempts > len(RETRIES):
            return _end(tried, State.FAILED, now, failure=Failure.UNDELIVERABLE)
        return _requeue(tried, now + RETRIES[tried.attempts - 1] * (1 + SPREAD * chance))
    state, failure = _ENDS[outcome.answer]
    return _end(tried, state, now, failure)


def read_reply(code: int) -> Answer:
    """What an SMTP reply to a message says (RFC 5321, 4.2.1); 421 closes the whole service (3.8)."""
    if code == _CLOSING:
        return Answer.OUTAGE
    return {2: Answer.ACCEPTED, 5: Answer.REFUSED}.get(code // 100, Answer.DEFERRED)


def pause(outages: int) -> timedelta:
    """How long a sender rests after so many outages in a row, before it tries with one message."""
    return min(_FIRST_PAUSE * float(2 ** min(outages - 1, 10)), _LONGEST_PAUSE)


def _requeue(delivery: Delivery, due_at: datetime) -> Delivery:
    return replace(delivery, state=State.QUEUED, due_at=due_at, version=delivery.version + 1)


def _end(delivery: Delivery, state: State, now: datetime, failure: Failure | None = None) -> Delivery:
    return replace(
        delivery,
        state=state,
        due_at=None,
        ended_at=now,
        failure=failure,
        version=delivery.version + 1,
    )
