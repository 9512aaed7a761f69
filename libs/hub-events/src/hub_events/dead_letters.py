"""What consumers could not handle: listed, told again to the one that failed, or thrown away.

A letter is told again on a subject that only the failed consumer's durable hears. The consumer finds
the event not in its inbox (its transaction was rolled back) and handles it like any other.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from . import subjects, trace


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event in its grave; `number` names it, `reason` says why without a word of its data."""

    number: int
    service: str
    consumer: str
    source: str
    subject: str
    event_id: str
    reason: str
    buried_at: datetime | None


async def list_(js: JetStreamContext, service: str | None = None, limit: int = 100) -> list[DeadLetter]:
    """The oldest letters of one service, or of all."""
    letters: list[DeadLetter] = []
    async for message in _messages(js, f"dead.{service}.>" if service else subjects.GRAVES):
        letters.append(_letter(message))
        if len(letters) == limit:
            break
    return letters


async def replay(js: JetStreamContext, number: int) -> DeadLetter:
    """Tell a letter again to the consumer that buried it, and take it out of the grave; the letter.

    `KeyError` when there is no such letter.
    """
    message = await _message(js, number)
    letter = _letter(message)
    headers = {
        subjects.MESSAGE_ID: f"replay.{letter.event_id}.{number}",
        subjects.EVENT_ID: letter.event_id,
        subjects.EVENT_SUBJECT: letter.subject,
    }
    traceparent = (message.headers or {}).get(trace.HEADER)
    if traceparent:
        headers[trace.HEADER] = traceparent
    again = subjects.replay_for(letter.source, letter.service, letter.consumer)
    await js.publish(again, message.data or b"", headers=headers)
    await js.delete_msg(subjects.DEAD_LETTERS, number)
    return letter


async def discard(js: JetStreamContext, number: int) -> DeadLetter:
    """Throw a letter away; the letter. `KeyError` when there is no such letter."""
    letter = _letter(await _message(js, number))
    await js.delete_msg(subjects.DEAD_LETTERS, number)
    return letter


async def _message(js: JetStreamContext, number: int) -> RawStreamMsg:
    try:
        return await js.get_msg(subjects.DEAD_LETTERS, number)
    except NotFoundError:
        raise KeyError(number) from None


async def _messages(js: JetStreamContext, pattern: str) -> AsyncIterator[RawStreamMsg]:
    seq = 1
    while True:
        try:
            message = await js.get_msg(subjects.DEAD_LETTERS, seq, pattern, next=True)
        except NotFoundError:
            return
        yield message
        seq = (message.seq or seq) + 1


def _letter(message: RawStreamMsg) -> DeadLetter:
    headers = message.headers or {}
    _, service, consumer = (message.subject or "..").split(".")
    return DeadLetter(
        number=message.seq or 0,
        service=service,
        consumer=consumer,
        source=headers.get(subjects.SOURCE, ""),
        subject=headers.get(subjects.EVENT_SUBJECT, ""),
        event_id=headers.get(subjects.EVENT_ID, ""),
        reason=headers.get(subjects.REASON, ""),
        buried_at=message.time,
    )
