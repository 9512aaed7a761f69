"""What svc-notify can do."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.principal import Role
from hub_events import outbox

from . import events, storage
from .domain import deliveries, kinds
from .domain.catalog import StaleEntry
from .domain.deliveries import Cause, Delivery, State
from .domain.kinds import Kind, Lane
from .domain.officials import Official
from .errors import MessageNotFound


@dataclass(frozen=True, slots=True)
class Registration:
    """What a person is told of a petition that was registered."""

    person_id: UUID
    institution_id: UUID
    petition_kind: str
    number: str
    registered_on: date
    answer_due_on: date


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery to be sent now, and the names by language of the institution that it speaks of."""

    delivery: Delivery
    institution: Mapping[str, str]


async def queue_registration_notice(
    session: AsyncSession, registration: Registration, cause: Cause, now: datetime
) -> Delivery:
    """Queue the message that tells a person the number of a petition."""
    async with session.begin():
        delivery = deliveries.queue(
            kinds.SUBMISSION_REGISTERED,
            ids.new_id(),
            cause,
            now,
            person_id=registration.person_id,
            variables={
                "number": registration.number,
                "registered_on": registration.registered_on.isoformat(),
                "answer_due_on": registration.answer_due_on.isoformat(),
                "institution_id": str(registration.institution_id),
                "legal_basis": kinds.legal_basis(registration.petition_kind),
            },
        )
        await _add(session, delivery)
    return delivery


async def queue_confirmation_code(
    session: AsyncSession, confirmation_id: UUID, cause: Cause, now: datetime, purpose: str = "SIGN_UP"
) -> Delivery:
    """Queue the message that brings the code of an e-mail confirmation."""
    async with session.begin():
        delivery = deliveries.queue(
            kinds.code_kind(purpose), ids.new_id(), cause, now, confirmation_id=confirmation_id
        )
        await _add(session, delivery)
    return delivery


async def queue_security_notice(
    session: AsyncSession, person_id: UUID, change: str, cause: Cause, now: datetime
) -> Delivery:
    """Queue the message that tells a person what changed about how they sign in."""
    async with session.begin():
        delivery = deliveries.queue(
            kinds.ACCOUNT_SECURITY,
            ids.new_id(),
            cause,
            now,
            person_id=person_id,
            variables={"change": change, "changed_on": clock.local_date(cause.at).isoformat()},
        )
        await _add(session, delivery)
    return delivery


async def queue_step_notice(
    session: AsyncSession, person_id: UUID, institution_id: UUID, state: str, cause: Cause, now: datetime
) -> Delivery:
    """Queue the message that tells a person where their request to be known by an institution stands."""
    async with session.begin():
        delivery = deliveries.queue(
            kinds.REGISTRATION_STEP,
            ids.new_id(),
            cause,
            now,
            person_id=person_id,
            variables={
                "state": state,
                "told_on": clock.local_date(cause.at).isoformat(),
                "institution_id": str(institution_id),
            },
        )
        await _add(session, delivery)
    return delivery


async def queue_validation_notice(
    session: AsyncSession, person_id: UUID, cause: Cause, now: datetime
) -> Delivery:
    """Queue the message that tells a person that their account was validated."""
    async with session.begin():
        delivery = deliveries.queue(
            kinds.ACCOUNT_VALIDATED,
            ids.new_id(),
            cause,
            now,
            person_id=person_id,
            variables={"told_on": clock.local_date(cause.at).isoformat()},
        )
        await _add(session, delivery)
    return delivery


async def queue_notices(
    session: AsyncSession,
    kind: Kind,
    people: Collection[UUID],
    variables: Mapping[str, str],
    cause: Cause,
    now: datetime,
    once: str | None = None,
    until: datetime | None = None,
) -> list[Delivery]:
    """Queue the same message to each of these people; none where one of the same `once` was queued before.

    It is not worth sending after `until`.
    """
    queued = [
        deliveries.queue(
            kind,
            ids.new_id(),
            cause,
            now,
            person_id=person_id,
            variables=variables,
            once=once,
            until=until,
        )
        for person_id in people
    ]
    async with session.begin():
        return [delivery for delivery in queued if await _add(session, delivery)]


async def queue_booking_notice(
    session: AsyncSession,
    kind: Kind,
    about_id: UUID,
    person_id: UUID | None,
    variables: Mapping[str, str],
    cause: Cause,
    now: datetime,
    until: datetime | None = None,
) -> Delivery | None:
    """Queue a message about an appointment, or a code to book one; it is not worth sending after `until`.

    Without a person it goes to the address that svc-passport-booking gives when it is sent. None where the
    person was invented and is no more.
    """
    delivery = deliveries.queue(
        kind,
        ids.new_id(),
        cause,
        now,
        person_id=person_id,
        about_id=about_id,
        variables=variables,
        until=until,
    )
    async with session.begin():
        return delivery if await _add(session, delivery) else None


async def _add(session: AsyncSession, delivery: Delivery) -> bool:
    """Store a message, but none to somebody invented who is no more; whether it was stored."""
    if delivery.person_id is not None and await storage.is_removed(session, delivery.person_id):
        return False
    return await storage.add(session, delivery)


async def know_sandbox_person(session: AsyncSession, person_id: UUID, created_at: datetime) -> None:
    """Somebody is invented since then; if they are no more by what was heard before, all goes now."""
    async with session.begin():
        await storage.put_sandbox_person(session, person_id, created_at=created_at)
        await storage.forget_sandbox(session, person_id)


async def remove_sandbox_person(session: AsyncSession, person_id: UUID) -> None:
    """Drop the messages to somebody invented; of who is not known to be invented nothing is dropped."""
    async with session.begin():
        await storage.put_sandbox_person(session, person_id, is_removed=True)
        await storage.forget_sandbox(session, person_id)


async def queue_stale_notices(
    session: AsyncSession, stale: StaleEntry, cause: Cause, now: datetime
) -> list[Delivery]:
    """Queue a reminder to each official who edits the provider's entries.

    Where the provider has none, to those who publish the catalog.
    """
    today = clock.local_date(now)
    async with session.begin():
        wanted = ((Role.CATALOG_EDITOR, stale.provider_id), (Role.CATALOG_PUBLISHER, None))
        people: list[UUID] = []
        for role, institution_id in wanted:
            people = people or await storage.find_officials(session, role, institution_id, today)
        queued = [
            deliveries.queue(
                kinds.CATALOG_STALE,
                ids.new_id(),
                cause,
                now,
                person_id=person_id,
                variables={
                    **{f"title_{language}": title for language, title in stale.titles.items()},
                    "due_on": stale.due_on.isoformat(),
                    "reminder": str(stale.reminder),
                    "institution_id": str(stale.provider_id),
                },
            )
            for person_id in people
        ]
        for delivery in queued:
            await storage.add(session, delivery)
    return queued


async def queue_alarm(
    session: AsyncSession, institution_id: UUID | None, due_on: date, cause: Cause, now: datetime
) -> list[Delivery]:
    """Queue a warning of a legal term to each head of the unit, or of every unit for what came online.

    Once a day to each; where nobody is head, to those who keep the criminal record there.
    """
    today, kind = clock.local_date(now), kinds.CERTIFICATE_DUE
    said = {"due_on": due_on.isoformat(), "told_on": today.isoformat()}
    async with session.begin():
        people = await storage.find_records_heads(session, institution_id, today)
        people = people or await storage.find_officials(session, Role.RECORDS_OFFICER, institution_id, today)
        queued = [
            deliveries.queue(
                kind,
                ids.new_id(),
                cause,
                now,
                person_id=person_id,
                variables=said,
                once=f"{kind.template}:{person_id}:{today}",
            )
            for person_id in people
        ]
        return [delivery for delivery in queued if await _add(session, delivery)]


async def keep_official(session: AsyncSession, official: Official) -> None:
    """Keep who has which role where; what is heard late changes nothing."""
    async with session.begin():
        await storage.keep_official(session, official)


async def keep_institution(
    session: AsyncSession, institution_id: UUID, names: Mapping[str, str], version: int
) -> None:
    """Keep an institution's names; what is heard late changes nothing."""
    async with session.begin():
        await storage.keep_institution(session, institution_id, names, version)


async def claim(session: AsyncSession, lane: Lane, limit: int, now: datetime) -> list[Claimed]:
    """Take up to so many due deliveries of a lane to send them; those too late for it end here."""
    async with session.begin():
        due = await storage.lock_due(session, lane, limit, now)
        taken = [deliveries.claim(delivery, now) for delivery in due]
        if taken:
            await storage.store_locked(session, taken)
        for delivery in taken:
            await _tell_end(session, delivery, now)
        sending = [delivery for delivery in taken if delivery.state is State.SENDING]
        names = await storage.find_institution_names(
            session, {delivery.institution_id for delivery in sending if delivery.institution_id}
        )
    return [Claimed(delivery, names.get(delivery.institution_id, {})) for delivery in sending]


async def extend_leases(session: AsyncSession, held: Collection[Delivery], now: datetime) -> set[UUID]:
    """A sign of life for deliveries whose sending takes long; the ids of those still held."""
    async with session.begin():
        return await storage.extend_leases(session, held, now + deliveries.LEASE)


async def settle(session: AsyncSession, settled: Delivery, now: datetime) -> bool:
    """Store what became of a claimed delivery, and tell it if that is its end.

    False, and nothing done, when another sender has claimed it since.
    """
    async with session.begin():
        return await _settle(session, settled, now)


async def send(
    session: AsyncSession, sent: Delivery, now: datetime, hand_over: Callable[[], Awaitable[bool]]
) -> bool:
    """Hand a claimed delivery over while all that says so waits for the commit; nobody can claim it then.

    False, and nothing stored, when `hand_over` says that the message was not accepted, or when another
    sender has claimed the delivery since: then it is not even called.
    """
    async with session.begin() as transaction:
        accepted = await _settle(session, sent, now) and await hand_over()
        if not accepted:
            await transaction.rollback()
    return accepted


async def list_messages(
    session: AsyncSession, person_id: UUID, before: UUID | None, limit: int
) -> list[Delivery]:
    """A person's messages, the newest first."""
    async with session.begin():
        return await storage.find_of_person(session, person_id, before, limit)


async def get_message(session: AsyncSession, person_id: UUID, message_id: UUID) -> Delivery:
    """One message of a person's; raises `MessageNotFound` for anybody else's."""
    async with session.begin():
        delivery = await storage.get_of_person(session, person_id, message_id)
    if delivery is None:
        raise MessageNotFound
    return delivery


async def personal_data(session: AsyncSession, person_id: UUID) -> list[Delivery]:
    """Everything that is held of a person: the messages to them, the oldest first."""
    async with session.begin():
        return await storage.find_all_of_person(session, person_id)


async def _settle(session: AsyncSession, settled: Delivery, now: datetime) -> bool:
    held = await storage.store_if_held(session, settled)
    if held:
        await _tell_end(session, settled, now)
    return held


async def _tell_end(session: AsyncSession, delivery: Delivery, now: datetime) -> None:
    if delivery.state is State.SENT:
        await outbox.record(session, events.DeliverySent.of(delivery), now)
    elif delivery.failure:
        await outbox.record(session, events.DeliveryFailed.of(delivery, delivery.failure), now)
