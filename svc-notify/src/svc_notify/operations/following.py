"""How a message goes from channel to channel, until it is known that it was read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.rules import Rules
from hub_events import outbox
from hub_service import rules

from ..domain import deliveries, kinds, messages, plans, quiet_hours
from ..domain.channels import Channel
from ..domain.deliveries import Delivery, State
from ..domain.kinds import Group, Purpose
from ..domain.messages import Message
from ..domain.plans import Reach, Waits
from ..domain.quiet_hours import QuietHours
from ..errors.messages import MessageNotFound
from ..events import deliveries as events
from ..storage import deliveries as deliveries_storage
from ..storage import messages as storage
from ..storage import preferences, sandbox_people
from ..storage.preferences import Known
from . import order_events

RULES: Final = (*plans.RULES, *quiet_hours.RULES)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What holds for deliveries when they are due: which are wanted no more, and the quiet hours of the rest.

    `with_marks` are the people who want diacritics in text messages.
    """

    unwanted: frozenset[UUID]
    hours: Mapping[UUID, QuietHours]
    with_marks: frozenset[UUID]


async def begin(session: AsyncSession, written: Sequence[Message], now: datetime) -> list[Delivery]:
    """Store new messages with their first deliveries; those that have to be sent.

    A message without a plan goes as its kind does. Nothing is stored to somebody invented who is no more,
    nor where one of the same `once` was told before. What its recipient does not want is stored as that.
    """
    people = {message.person_id for message in written if message.person_id}
    removed = await sandbox_people.lock_removed(session, people) if people else set()
    known = await preferences.find_known(session, people, now) if people else {}
    legal = await rules.read(session, *RULES)
    waits = Waits.of(legal, clock.local_date(now))
    planned = [
        replace(message, plan=_plan(message, _of(known, message), waits))
        for message in written
        if message.person_id not in removed
    ]
    begun = [messages.go_on(message, now) for message in planned]
    stored = {message.id for message in await storage.add(session, [message for message, _ in begun])}
    made: list[Delivery] = []
    for message, channels in begun:
        if message.id in stored:
            hours = _hours(_of(known, message), legal, now)
            made += _begin_each(message, channels, hours, now)
            if not message.plan:
                made.append(deliveries.decline(message, Channel.EMAIL, ids.new_id(), now))
    return await _keep(session, made, now)


async def waits(session: AsyncSession, now: datetime) -> Waits:
    """How long what nobody waits for is unread before each further channel, for `plans.standard`."""
    return Waits.of(await rules.read(session, *plans.RULES), clock.local_date(now))


async def advance_due(session: AsyncSession, limit: int, now: datetime) -> tuple[int, list[Delivery]]:
    """Begin the next step of up to so many messages that are unread so long; how many, and what to send."""
    async with session.begin():
        due = await storage.lock_due(session, limit, now)
        return len(due), await _advance(session, due, now)


async def fail_over(session: AsyncSession, failed: Delivery, now: datetime) -> list[Delivery]:
    """Begin the step after a channel that has just failed or sent the message back; what has to be sent.

    In the transaction in which that is stored. Nothing where other channels have been begun since, nor of a
    message that is too late altogether.
    """
    if len(failed.message.plan) <= failed.message.step or not deliveries.leaves_room(failed, now):
        return []
    message = await storage.lock(session, failed.message.id)
    if message is None or not plans.goes_on(message.plan, message.step, failed.channel):
        return []
    return await _advance(session, [message], now)


async def read(
    session: AsyncSession, message_id: UUID, person_id: UUID, channel: Channel, now: datetime
) -> Message:
    """Note that a person has read a message: nothing more is begun, what waits is called back.

    The first proof counts. Raises `MessageNotFound` for anybody else's.
    """
    async with session.begin():
        return await note_read(session, message_id, person_id, channel, now)


async def note_read(
    session: AsyncSession, message_id: UUID, person_id: UUID, channel: Channel, now: datetime
) -> Message:
    """The same in the caller's transaction."""
    message = await storage.lock(session, message_id)
    if message is None or message.person_id != person_id:
        raise MessageNotFound
    if message.is_read:
        return message
    proved = messages.read(message, channel, now)
    await storage.store(session, [proved])
    await call_back(session, [message_id], now)
    return proved


async def stop(
    session: AsyncSession, person_id: UUID, group: Group, institution_id: UUID | None, now: datetime
) -> None:
    """Call back whatever a person has just unsubscribed from."""
    open_ones = [
        message
        for message in await storage.lock_open(session, person_id, Purpose.TRANSACTIONAL, now)
        if message.group is group and institution_id in (None, message.sender_id)
    ]
    await storage.store(session, [messages.stop(message)[0] for message in open_ones])
    await call_back(session, [message.id for message in open_ones], now)


async def find_wishes(session: AsyncSession, due: Sequence[Delivery], now: datetime) -> Wishes:
    """What the recipients of deliveries want now, in one question for all."""
    asked = {
        delivery.message.person_id
        for delivery in due
        if delivery.message.person_id
        and (delivery.message.purpose is not Purpose.TRANSACTIONAL or delivery.channel is Channel.SMS)
    }
    known = await preferences.find_known(session, asked, now) if asked else {}
    waiting = [
        delivery for delivery in due if quiet_hours.may_wait(delivery.message.purpose, delivery.channel)
    ]
    legal = await rules.read(session, *quiet_hours.RULES) if waiting else None
    return Wishes(
        frozenset(
            delivery.id for delivery in due if not _is_wanted(delivery.message, _of(known, delivery.message))
        ),
        {delivery.id: _hours(_of(known, delivery.message), legal, now) for delivery in waiting}
        if legal
        else {},
        frozenset(person_id for person_id, each in known.items() if each.preferences.sms_diacritics),
    )


async def call_back(session: AsyncSession, message_ids: Collection[UUID], now: datetime) -> None:
    """Cancel what waits of these messages; what is just being taken is looked at when it returns."""
    waiting = await deliveries_storage.lock_waiting(session, message_ids)
    if waiting:
        await deliveries_storage.store(session, [deliveries.cancel(delivery, now) for delivery in waiting])


def _plan(message: Message, known: Known | None, waits: Waits) -> plans.Plan:
    """The plan that fits a message's recipient; none for what they do not want."""
    kind, opted_in = kinds.find(message.template), known.preferences.opted_in if known else ()
    channels = kind.channels_to(opted_in) if kind else frozenset(Channel)
    plan = message.plan or plans.standard(channels, message.purpose, waits)
    if message.template in kinds.CODES:
        return plan
    if known is None:
        return plans.fit(plan, message.purpose, Reach(has_account=False))
    if not _is_wanted(message, known):
        return ()
    return plans.fit(plan, message.purpose, Reach(known.preferences.chosen(message.group), known.unusable))


def _is_wanted(message: Message, known: Known | None) -> bool:
    if known is None:
        return True
    unsubscribed = known.preferences.has_unsubscribed(message.group, message.sender_id)
    return plans.is_wanted(message.purpose, known.preferences.opted_in, unsubscribed=unsubscribed)


def _of(known: Mapping[UUID, Known], message: Message) -> Known | None:
    return known.get(message.person_id) if message.person_id else None


def _hours(known: Known | None, legal: Rules, now: datetime) -> QuietHours:
    own = known.preferences.quiet_hours if known else None
    return own or QuietHours.of(legal, clock.local_date(now))


def _begin_each(
    message: Message, channels: Sequence[Channel], hours: QuietHours, now: datetime
) -> list[Delivery]:
    return [deliveries.begin(message, channel, ids.new_id(), now, hours) for channel in channels]


async def _advance(session: AsyncSession, locked: Sequence[Message], now: datetime) -> list[Delivery]:
    if not locked:
        return []
    legal = await rules.read(session, *RULES)
    people = {message.person_id for message in locked if message.person_id}
    known = await preferences.find_known(session, people, now) if people else {}
    gone_on = [
        messages.go_on(message, now) if _is_wanted(message, _of(known, message)) else messages.stop(message)
        for message in locked
    ]
    await storage.store(session, [message for message, _ in gone_on])
    made: list[Delivery] = []
    for message, channels in gone_on:
        made += _begin_each(message, channels, _hours(_of(known, message), legal, now), now)
    return await _keep(session, made, now)


async def _keep(session: AsyncSession, made: Sequence[Delivery], now: datetime) -> list[Delivery]:
    """Store new deliveries and tell those that have ended without being sent; those that have to be sent.

    What would ring only after its message has expired leaves its place to the step after it.
    """
    await deliveries_storage.add(session, made)
    failed = [event for event in map(events.end_of, made) if isinstance(event, events.DeliveryFailed)]
    if failed:
        await outbox.record_all(session, failed, now)
    await order_events.note(session, made, now)
    queued = [delivery for delivery in made if delivery.state is State.QUEUED]
    for delivery in made:
        if delivery.state is State.EXPIRED:
            queued += await fail_over(session, delivery, now)
    return queued
