"""Messages that go from channel to channel, on a real database: replays, two processes, any order."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub_core import clock, ids
from svc_notify.domain import deliveries, kinds, messages
from svc_notify.domain.channels import Channel
from svc_notify.domain.deliveries import Answer, Delivery, Outcome, State
from svc_notify.domain.kinds import Group, Kind, Purpose
from svc_notify.domain.messages import Cause, Message
from svc_notify.domain.preferences import WORDING, OptIn, Preferences, Unsubscription
from svc_notify.domain.quiet_hours import QuietHours
from svc_notify.errors.messages import MessageNotFound
from svc_notify.operations import following, sending, unsubscribing
from svc_notify.storage import preferences

NOON = datetime.fromisoformat("2026-11-23T10:00:00+00:00")
NIGHT = datetime.fromisoformat("2026-11-23T22:00:00+00:00")
HOUR = timedelta(hours=1)
NOTICE = kinds.ACCOUNT_VALIDATED
REMINDER = kinds.PETITION_UNREAD
Begin = Callable[..., Awaitable[Message]]


def write(kind: Kind, person_id: UUID, now: datetime = NOON) -> Message:
    variables = dict.fromkeys(kind.variables, "")
    return messages.write(
        kind, ids.new_id(), Cause(ids.new_id(), now), now, person_id=person_id, variables=variables
    )


@pytest.fixture
def begin(hub: Any) -> Begin:
    """Begin `begin(kind, person_id, now)`."""

    async def begin_one(kind: Kind = NOTICE, person_id: UUID | None = None, now: datetime = NOON) -> Message:
        written = write(kind, person_id or ids.new_id(), now)
        async with hub.database.sessions() as session, session.begin():
            await following.begin(session, [written], now)
        return written

    return begin_one


@pytest.fixture
def found(looking: asyncpg.Connection) -> Callable[[Message], Awaitable[dict[str, str]]]:
    """How a message went: channel to state."""

    async def read(message: Message) -> dict[str, str]:
        rows = await looking.fetch(
            "SELECT channel, state FROM notify.deliveries WHERE message_id = $1 ORDER BY id", message.id
        )
        assert len({row["channel"] for row in rows}) == len(rows)
        return {row["channel"]: row["state"] for row in rows}

    return read


@pytest.fixture
def follow(hub: Any) -> Callable[[datetime], Awaitable[list[Delivery]]]:
    """What the clock does at an instant; what is to be sent."""

    async def act(now: datetime) -> list[Delivery]:
        async with hub.database.sessions() as session:
            return (await following.advance_due(session, 100, now))[1]

    return act


async def end(hub: Any, channel: Channel, answer: Answer, now: datetime) -> None:
    """Whatever is due by a channel has this outcome."""
    for lane in kinds.Lane:
        async with hub.database.sessions() as session:
            claimed = await sending.claim(session, channel, lane, 10, now)
        for each in claimed:
            settled = deliveries.settle(each.delivery, Outcome(answer), now, chance=0)
            async with hub.database.sessions() as session:
                await sending.settle(session, [settled], now)


async def test_a_notice_is_in_the_inbox_and_waits_for_the_mail_server(begin: Begin, found: Any) -> None:
    assert await found(await begin()) == {"IN_APP": "DELIVERED", "EMAIL": "QUEUED"}


async def test_an_e_mail_that_is_refused_is_followed_by_a_text_message(
    begin: Begin, found: Any, hub: Any, follow: Any
) -> None:
    """Edge case 86."""
    message = await begin()
    await end(hub, Channel.EMAIL, Answer.REFUSED, NOON)
    assert await found(message) == {"IN_APP": "DELIVERED", "EMAIL": "FAILED", "SMS": "QUEUED"}
    await follow(NOON + timedelta(days=2))
    await end(hub, Channel.SMS, Answer.REFUSED, NOON)
    assert await found(message) == {"IN_APP": "DELIVERED", "EMAIL": "FAILED", "SMS": "FAILED"}


async def test_a_reminder_goes_on_while_it_is_unread(begin: Begin, found: Any, hub: Any, follow: Any) -> None:
    message = await begin(REMINDER)
    assert await follow(NOON + HOUR - timedelta(seconds=1)) == []
    [email] = await follow(NOON + HOUR)
    assert email.channel is Channel.EMAIL
    await end(hub, Channel.EMAIL, Answer.ACCEPTED, NOON + HOUR)
    [text] = await follow(NOON + 13 * HOUR)
    assert (text.channel, text.due_at) == (Channel.SMS, datetime.fromisoformat("2026-11-24T06:00:00+00:00"))
    assert await follow(NOON + 30 * HOUR) == []
    assert await found(message) == {"IN_APP": "DELIVERED", "EMAIL": "SENT", "SMS": "QUEUED"}


async def test_what_was_read_goes_no_further(begin: Begin, found: Any, hub: Any, follow: Any) -> None:
    person = ids.new_id()
    message = await begin(REMINDER, person)
    await follow(NOON + HOUR)
    for _ in range(2):
        async with hub.database.sessions() as session:
            read = await following.read(session, message.id, person, Channel.IN_APP, NOON + HOUR)
    assert (read.read_at, read.read_by) == (NOON + HOUR, Channel.IN_APP)
    assert await follow(NOON + timedelta(days=3)) == []
    assert await found(message) == {"IN_APP": "DELIVERED", "EMAIL": "CANCELLED"}


async def test_what_was_read_while_it_was_tried_is_not_tried_again(
    begin: Begin, found: Any, hub: Any
) -> None:
    person = ids.new_id()
    message = await begin(NOTICE, person)
    async with hub.database.sessions() as session:
        [claimed] = await sending.claim(session, Channel.EMAIL, message.lane, 1, NOON)
    async with hub.database.sessions() as session:
        await following.read(session, message.id, person, Channel.IN_APP, NOON)
    put_off = deliveries.settle(claimed.delivery, Outcome(Answer.DEFERRED), NOON, chance=0)
    async with hub.database.sessions() as session:
        await sending.settle(session, [put_off], NOON)
    await end(hub, Channel.EMAIL, Answer.ACCEPTED, NOON + HOUR)
    assert await found(message) == {"IN_APP": "DELIVERED", "EMAIL": "CANCELLED"}


async def test_what_would_ring_too_late_leaves_its_place_to_the_next_channel(
    hub: Any, found: Any, follow: Any
) -> None:
    """Edge case 85: begun at night, and put off at night; a message that is too late altogether ends."""
    night, evening = (write(REMINDER, ids.new_id(), now) for now in (NIGHT, NIGHT - 5 * HOUR))
    plan = (*plan_of(Channel.SMS), messages.Step(Channel.EMAIL, None))
    begun = replace(night, plan=plan, expires_at=NIGHT + HOUR)
    put_off = replace(evening, plan=plan, expires_at=NIGHT + HOUR)
    over = replace(evening, id=ids.new_id(), plan=plan, expires_at=NIGHT)
    async with hub.database.sessions() as session, session.begin():
        [email] = await following.begin(session, [begun], NIGHT)
        await following.begin(session, [put_off, over], NIGHT - 5 * HOUR)
    assert (email.message.id, email.channel) == (begun.id, Channel.EMAIL)
    await end(hub, Channel.SMS, Answer.ACCEPTED, NIGHT)
    assert await found(begun) == {"SMS": "EXPIRED", "EMAIL": "QUEUED"}
    assert await found(put_off) == {"SMS": "EXPIRED", "EMAIL": "QUEUED"}
    assert await found(over) == {"SMS": "EXPIRED"}


async def unsubscribe(hub: Any, person: UUID) -> None:
    """Somebody wants no reminders of their petitions any more."""
    async with hub.database.sessions() as session:
        subject = unsubscribing.Subject(person, Group.PETITIONS, None)
        await unsubscribing.unsubscribe(session, subject, NOON + HOUR)


async def test_what_was_unsubscribed_from_while_it_was_tried_is_not_tried_again(
    begin: Begin, found: Any, hub: Any, follow: Any
) -> None:
    person = ids.new_id()
    message = await begin(REMINDER, person)
    await follow(NOON + HOUR)
    async with hub.database.sessions() as session:
        [claimed] = await sending.claim(session, Channel.EMAIL, message.lane, 1, NOON + HOUR)
    await unsubscribe(hub, person)
    put_off = deliveries.settle(claimed.delivery, Outcome(Answer.DEFERRED), NOON + HOUR, chance=0)
    async with hub.database.sessions() as session:
        await sending.settle(session, [put_off], NOON + HOUR)
    await end(hub, Channel.EMAIL, Answer.ACCEPTED, NOON + 2 * HOUR)
    assert await found(message) == {"IN_APP": "DELIVERED", "EMAIL": "CANCELLED"}


@pytest.mark.parametrize(
    ("own", "ends"),
    [(None, "2026-11-24T06:00:00+00:00"), (QuietHours(20 * 60, 9 * 60), "2026-11-24T07:00:00+00:00")],
    ids=["everybody", "own"],
)
async def test_edge_case_85_a_retry_does_not_ring_at_night_either(
    hub: Any, looking: asyncpg.Connection, own: QuietHours | None, ends: str
) -> None:
    """Nor in the quiet hours that its recipient has chosen."""
    person, evening = ids.new_id(), NIGHT - 5 * HOUR
    message = replace(write(REMINDER, person, evening), plan=plan_of(Channel.SMS))
    async with hub.database.sessions() as session, session.begin():
        await preferences.put(session, Preferences(person, quiet_hours=own, changed_at=NOON, version=1))
        await following.begin(session, [message], evening)
    await end(hub, Channel.SMS, Answer.DEFERRED, evening)
    await end(hub, Channel.SMS, Answer.ACCEPTED, NIGHT)
    row = await looking.fetchrow(
        "SELECT state, attempts, due_at FROM notify.deliveries WHERE message_id = $1", message.id
    )
    assert tuple(row) == ("QUEUED", 1, datetime.fromisoformat(ends))
    await end(hub, Channel.SMS, Answer.ACCEPTED, row["due_at"])
    assert (
        await looking.fetchval("SELECT state FROM notify.deliveries WHERE message_id = $1", message.id)
        == "SENT"
    )


async def test_somebody_else_proves_nothing(begin: Begin, hub: Any) -> None:
    message = await begin()
    for message_id in (message.id, ids.new_id()):
        with pytest.raises(MessageNotFound):
            async with hub.database.sessions() as session:
                await following.read(session, message_id, ids.new_id(), Channel.IN_APP, NOON)


async def test_two_processes_begin_a_step_once(begin: Begin, found: Any, follow: Any) -> None:
    told = [await begin(REMINDER) for _ in range(20)]
    both = await asyncio.gather(*(follow(NOON + HOUR) for _ in range(4)))
    assert sum(map(len, both)) == len(told)
    for message in told:
        assert await found(message) == {"IN_APP": "DELIVERED", "EMAIL": "QUEUED"}


async def test_a_reminder_does_not_ring_at_night_and_what_expires_by_then_is_not_sent(
    hub: Any, found: Any
) -> None:
    """Edge case 85."""
    by_sms = plan_of(Channel.SMS)
    waits = replace(write(REMINDER, ids.new_id(), NIGHT), plan=by_sms)
    expires = replace(write(REMINDER, ids.new_id(), NIGHT), plan=by_sms, expires_at=NIGHT + HOUR)
    own = replace(write(REMINDER, ids.new_id(), NIGHT), plan=by_sms, purpose=Purpose.TRANSACTIONAL)
    async with hub.database.sessions() as session, session.begin():
        queued = await following.begin(session, [waits, expires, own], NIGHT)
    assert [(each.message.id, each.due_at) for each in queued] == [
        (waits.id, datetime.fromisoformat("2026-11-24T06:00:00+00:00")),
        (own.id, NIGHT),
    ]
    assert await found(expires) == {"SMS": "EXPIRED"}


def plan_of(*channels: Channel) -> tuple[messages.Step, ...]:
    return tuple(messages.Step(channel) for channel in channels)


async def test_what_is_not_wanted_is_stored_as_that(
    hub: Any, begin: Begin, found: Any, told: Any, looking: asyncpg.Connection
) -> None:
    person = ids.new_id()
    gone = Preferences(
        person, unsubscribed=(Unsubscription(Group.PETITIONS, None, NOON),), changed_at=NOON, version=1
    )
    async with hub.database.sessions() as session, session.begin():
        await preferences.put(session, gone)
    reminder, notice = await begin(REMINDER, person), await begin(NOTICE, person)
    assert await found(reminder) == {"EMAIL": "FAILED"}
    assert await found(notice) == {"IN_APP": "DELIVERED", "EMAIL": "QUEUED"}
    assert [subject for subject, _ in await told()] == ["hub.notify.delivery.failed.v1"]
    assert await looking.fetchval(
        "SELECT failure FROM notify.deliveries WHERE message_id = $1", reminder.id
    ) == ("not-wanted")


async def test_the_channels_that_a_person_has_chosen_are_taken(hub: Any, begin: Begin, found: Any) -> None:
    person = ids.new_id()
    chosen = Preferences(
        person, channels={Group.ACCOUNT: frozenset({Channel.SMS})}, changed_at=NOON, version=1
    )
    async with hub.database.sessions() as session, session.begin():
        await preferences.put(session, chosen)
    assert await found(await begin(NOTICE, person)) == {"IN_APP": "DELIVERED", "SMS": "QUEUED"}


async def test_a_batch_is_begun_in_one_transaction(hub: Any, looking: asyncpg.Connection) -> None:
    now = clock.now()
    batch = [write(NOTICE, ids.new_id(), now) for _ in range(1500)]
    async with hub.database.sessions() as session, session.begin():
        queued = await following.begin(session, batch, now)
    assert {each.message.id for each in queued} == {each.id for each in batch}
    assert await looking.fetchval("SELECT count(*) FROM notify.deliveries") == 2 * len(batch)


async def test_what_was_stored_is_read_back(hub: Any, begin: Begin) -> None:
    await begin(REMINDER)
    async with hub.database.sessions() as session:
        _, [queued] = await following.advance_due(session, 10, NOON + HOUR)
    assert (queued.state, queued.message.purpose, queued.message.step) == (State.QUEUED, Purpose.REMINDER, 2)


@pytest.mark.parametrize("has_asked", [False, True])
async def test_the_text_message_of_a_passport_goes_only_to_who_has_expressly_asked_for_it(
    hub: Any, found: Any, *, has_asked: bool
) -> None:
    """Also where the e-mail fails (8.1)."""
    person_id, kind = ids.new_id(), kinds.APPLICATION_READY
    told = messages.write(
        kind,
        ids.new_id(),
        Cause(ids.new_id(), NOON),
        NOON,
        person_id=person_id,
        about_id=ids.new_id(),
        variables=dict.fromkeys(kind.variables, ""),
    )
    asked = (OptIn(Purpose.SERVICE_OPTIN, NOON, WORDING),) if has_asked else ()
    async with hub.database.sessions() as session, session.begin():
        await preferences.put(session, Preferences(person_id, opt_ins=asked, changed_at=NOON, version=1))
        await following.begin(session, [told], NOON)
    await end(hub, Channel.EMAIL, Answer.REFUSED, NOON)
    assert ("SMS" in await found(told)) is has_asked
