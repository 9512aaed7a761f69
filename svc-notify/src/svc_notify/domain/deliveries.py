"""The rules of telling somebody something once. No I/O; `now` is an argument."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.language import Language

from . import quiet_hours
from .kinds import Lane
from .messages import Channel, Message
from .quiet_hours import QuietHours


class State(StrEnum):
    """Where a delivery stands; `SENT` means that a server took it over, not that somebody read it.

    `DELIVERED` and `BOUNCED` were reported after that: it is where its recipient reads, or came back.
    `CANCELLED` was not sent because the message was read before, or is wanted no more.
    """

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    BOUNCED = "BOUNCED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


class Failure(StrEnum):
    """Why a message never left or came back: the `reason` of the event.

    `ADDRESS_GONE`: there is no such address (any more); `RETURNED`: it came back for another reason;
    `NOT_WANTED`: its recipient has unsubscribed from such messages, or never asked for them.
    """

    RECIPIENT_GONE = "recipient-gone"
    ADDRESS_GONE = "address-gone"
    ADDRESS_UNUSABLE = "address-unusable"
    NO_ADDRESS = "no-address"
    REFUSED = "refused"
    RETURNED = "returned"
    UNDELIVERABLE = "undeliverable"
    EXPIRED = "expired"
    NOT_WANTED = "not-wanted"


class Answer(StrEnum):
    """What came of one attempt.

    `OUTAGE` is nobody's message: the server could not be reached or took nothing from us at all.
    `UNASKED` is nobody's either, but holds up this message only: who alone knows what it says is not there.
    `NOT_YET` says that its provider of mailboxes gets no more at this moment.
    `DEFERRED` is this message's: taken up, then put off, cut, or left without an answer.
    `NO_ADDRESS`: its recipient is there, but has nothing to be reached at by this channel.
    `SUPPRESSED`: it was not handed over, because the address sent messages back before.
    """

    ACCEPTED = "ACCEPTED"
    DEFERRED = "DEFERRED"
    REFUSED = "REFUSED"
    OUTAGE = "OUTAGE"
    UNASKED = "UNASKED"
    NOT_YET = "NOT_YET"
    RECIPIENT_GONE = "RECIPIENT_GONE"
    ADDRESS_UNUSABLE = "ADDRESS_UNUSABLE"
    NO_ADDRESS = "NO_ADDRESS"
    SUPPRESSED = "SUPPRESSED"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt's end: the answer, and the server's reply code where there was one.

    `provider` is who took the message over, `provider_ref` what they call it. `retry_after` is the shortest
    wait that was asked for.
    """

    answer: Answer
    reply_code: int | None = None
    provider: str | None = None
    provider_ref: str | None = None
    retry_after: timedelta = timedelta()


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
    Answer.NO_ADDRESS: (State.FAILED, Failure.NO_ADDRESS),
    Answer.SUPPRESSED: (State.FAILED, Failure.ADDRESS_GONE),
}


_MAY_BE_REPORTED: Final = {State.QUEUED, State.SENDING, State.SENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to its recipient by one channel.

    `due_at` is the next attempt while queued, the end of the lease while being sent, nothing once it has
    ended. `provider` is who took it over, by whose `provider_ref` it can be known again. `version` grows by
    one with each change: who holds an older one has lost the delivery. `held_by` is the process that is
    sending it; nobody takes it over while that process is connected to the database.
    """

    id: UUID
    message: Message
    channel: Channel
    state: State = State.QUEUED
    attempts: int = 0
    due_at: datetime | None
    queued_at: datetime
    ended_at: datetime | None = None
    language: Language | None = None
    reply_code: int | None = None
    failure: Failure | None = None
    provider: str | None = None
    provider_ref: str | None = None
    delivered_at: datetime | None = None
    held_by: int | None = None
    version: int = 1

    @property
    def lane(self) -> Lane:
        """The queue it waits in."""
        return self.message.lane

    @property
    def expires_at(self) -> datetime:
        """When it is not worth sending any more."""
        return self.message.expires_at


def queue(
    message: Message, channel: Channel, delivery_id: UUID, now: datetime, *, due_at: datetime | None = None
) -> Delivery:
    """A message to be sent by a channel: at once, because what a person caused at night is told at night."""
    return Delivery(
        id=delivery_id, message=message, channel=channel, due_at=due_at or now, queued_at=due_at or now
    )


def begin(
    message: Message, channel: Channel, delivery_id: UUID, now: datetime, hours: QuietHours
) -> Delivery:
    """A message by one channel of its plan.

    What goes into the inbox is there. What must wait for the end of the quiet hours does; what expires
    before that is not sent.
    """
    due_at = quiet_hours.earliest(message.purpose, channel, now, hours)
    begun = queue(message, channel, delivery_id, now, due_at=due_at)
    if due_at >= message.expires_at:
        return replace(begun, state=State.EXPIRED, due_at=None, ended_at=now, failure=Failure.EXPIRED)
    if channel is Channel.IN_APP:
        return replace(begun, state=State.DELIVERED, due_at=None, ended_at=now, delivered_at=now)
    return begun


def decline(message: Message, channel: Channel, delivery_id: UUID, now: datetime) -> Delivery:
    """What its recipient does not want: never sent, and known why."""
    declined = queue(message, channel, delivery_id, now)
    return replace(declined, state=State.FAILED, due_at=None, ended_at=now, failure=Failure.NOT_WANTED)


def cancel(delivery: Delivery, now: datetime) -> Delivery:
    """A delivery that waits is not sent; `ValueError` for one that is under way or has ended."""
    if delivery.state is not State.QUEUED:
        raise ValueError(f"a delivery that is {delivery.state} is not called back")
    return _end(delivery, State.CANCELLED, now)


def claim(
    delivery: Delivery,
    now: datetime,
    holder: int | None = None,
    *,
    is_wanted: bool = True,
    hours: QuietHours | None = None,
) -> Delivery:
    """Take a due delivery to send it.

    One whose message was read or is wanted no more is not sent, one past its time expires, one that kills
    its senders fails. What is due in `hours` and must not ring then goes back to their end, or expires where
    that is too late (edge case 85).
    """
    if delivery.due_at is None or delivery.due_at > now:
        raise ValueError(f"a delivery that is {delivery.state} and not due is nobody's to take")
    if delivery.message.is_read or not is_wanted:
        return _end(delivery, State.CANCELLED, now)
    if delivery.expires_at <= now:
        return _end(delivery, State.EXPIRED, now, failure=Failure.EXPIRED)
    if delivery.attempts > len(RETRIES):
        return _end(delivery, State.FAILED, now, failure=Failure.UNDELIVERABLE)
    at = quiet_hours.earliest(delivery.message.purpose, delivery.channel, now, hours) if hours else now
    if at >= delivery.expires_at:
        return _end(delivery, State.EXPIRED, now, failure=Failure.EXPIRED)
    if at > now:
        return _requeue(delivery, at)
    return replace(
        delivery,
        state=State.SENDING,
        attempts=delivery.attempts + 1,
        due_at=now + LEASE,
        held_by=holder,
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
    tried = replace(
        delivery,
        reply_code=outcome.reply_code,
        language=language or delivery.language,
        provider=outcome.provider or delivery.provider,
        provider_ref=outcome.provider_ref or delivery.provider_ref,
    )
    if outcome.answer is Answer.NOT_YET:
        return _requeue(replace(tried, attempts=tried.attempts - 1), now + outcome.retry_after)
    if outcome.answer in (Answer.OUTAGE, Answer.UNASKED):
        wait = _LONGEST_PAUSE * (1 + SPREAD * chance) if outcome.answer is Answer.UNASKED else timedelta()
        return _requeue(replace(tried, attempts=tried.attempts - 1), now + wait)
    if outcome.answer is Answer.DEFERRED:
        if tried.attempts > len(RETRIES):
            return _end(tried, State.FAILED, now, failure=Failure.UNDELIVERABLE)
        wait = max(RETRIES[tried.attempts - 1], outcome.retry_after)
        return _requeue(tried, now + wait * (1 + SPREAD * chance))
    state, failure = _ENDS[outcome.answer]
    return _end(tried, state, now, failure)


def deliver(
    delivery: Delivery, now: datetime, provider: str | None = None, provider_ref: str | None = None
) -> Delivery | None:
    """What a receipt makes of a delivery: it is where its recipient reads. None where that changes nothing.

    A receipt may be the first that is heard of an attempt whose answer was lost.
    """
    if delivery.state not in _MAY_BE_REPORTED:
        return None
    known = replace(
        delivery,
        provider=provider or delivery.provider,
        provider_ref=provider_ref or delivery.provider_ref,
        delivered_at=now,
    )
    return _end(known, State.DELIVERED, delivery.ended_at or now)


def bounce(delivery: Delivery, failure: Failure, now: datetime) -> Delivery | None:
    """What a report of failure makes of a delivery; none where that changes nothing."""
    if delivery.state not in _MAY_BE_REPORTED:
        return None
    return _end(delivery, State.BOUNCED, delivery.ended_at or now, failure)


def leaves_room(delivery: Delivery, now: datetime) -> bool:
    """Whether a delivery has ended so that its message may still go by another channel.

    It failed or came back, or had to wait for longer than the message is worth sending; the message itself
    is not too late yet.
    """
    unsent = delivery.state in {State.FAILED, State.BOUNCED, State.EXPIRED}
    return unsent and delivery.expires_at > now


def read_reply(code: int) -> Answer:
    """What an SMTP reply to a message says (RFC 5321, 4.2.1); 421 closes the whole service (3.8)."""
    if code == _CLOSING:
        return Answer.OUTAGE
    return {2: Answer.ACCEPTED, 5: Answer.REFUSED}.get(code // 100, Answer.DEFERRED)


def pause(outages: int) -> timedelta:
    """How long a sender rests after so many outages in a row, before it tries with one message."""
    return min(_FIRST_PAUSE * float(2 ** min(outages - 1, 10)), _LONGEST_PAUSE)


def _requeue(delivery: Delivery, due_at: datetime) -> Delivery:
    return replace(delivery, state=State.QUEUED, due_at=due_at, held_by=None, version=delivery.version + 1)


def _end(delivery: Delivery, state: State, now: datetime, failure: Failure | None = None) -> Delivery:
    return replace(
        delivery,
        state=state,
        due_at=None,
        ended_at=now,
        failure=failure,
        held_by=None,
        version=delivery.version + 1,
    )
