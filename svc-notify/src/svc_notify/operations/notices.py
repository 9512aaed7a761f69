"""What the hub itself tells people: each is queued in one transaction, and told once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.principal import Role

from ..domain import kinds, messages
from ..domain.catalog import StaleEntry
from ..domain.deliveries import Delivery
from ..domain.kinds import Kind
from ..domain.messages import Cause
from ..storage import institutions
from . import following


@dataclass(frozen=True, slots=True)
class Registration:
    """What a person is told of a petition that was registered."""

    person_id: UUID
    institution_id: UUID
    petition_kind: str
    number: str
    registered_on: date
    answer_due_on: date


async def queue_registration_notice(
    session: AsyncSession, registration: Registration, cause: Cause, now: datetime
) -> list[Delivery]:
    """Queue the message that tells a person the number of a petition."""
    said = {
        "number": registration.number,
        "registered_on": registration.registered_on.isoformat(),
        "answer_due_on": registration.answer_due_on.isoformat(),
        "institution_id": str(registration.institution_id),
        "legal_basis": kinds.legal_basis(registration.petition_kind),
    }
    return await queue_notices(
        session, kinds.SUBMISSION_REGISTERED, [registration.person_id], said, cause, now
    )


async def queue_confirmation_code(
    session: AsyncSession, confirmation_id: UUID, cause: Cause, now: datetime, purpose: str = "SIGN_UP"
) -> list[Delivery]:
    """Queue the message that brings the code of an e-mail confirmation."""
    kind = kinds.code_kind(purpose)
    written = messages.write(kind, ids.new_id(), cause, now, confirmation_id=confirmation_id)
    async with session.begin():
        return await following.begin(session, [written], now)


async def queue_phone_code(
    session: AsyncSession, confirmation_id: UUID, cause: Cause, now: datetime
) -> list[Delivery]:
    """Queue the text message that brings the code of a telephone number."""
    written = messages.write(kinds.PHONE_CONFIRM, ids.new_id(), cause, now, confirmation_id=confirmation_id)
    async with session.begin():
        return await following.begin(session, [written], now)


async def queue_security_notice(
    session: AsyncSession, person_id: UUID, change: str, cause: Cause, now: datetime
) -> list[Delivery]:
    """Queue the message that tells a person what changed about how they sign in."""
    said = {"change": change, "changed_on": clock.local_date(cause.at).isoformat()}
    return await queue_notices(session, kinds.ACCOUNT_SECURITY, [person_id], said, cause, now)


async def queue_step_notice(
    session: AsyncSession, person_id: UUID, institution_id: UUID, state: str, cause: Cause, now: datetime
) -> list[Delivery]:
    """Queue the message that tells a person where their request to be known by an institution stands."""
    said = {
        "state": state,
        "told_on": clock.local_date(cause.at).isoformat(),
        "institution_id": str(institution_id),
    }
    return await queue_notices(session, kinds.REGISTRATION_STEP, [person_id], said, cause, now)


async def queue_validation_notice(
    session: AsyncSession, person_id: UUID, cause: Cause, now: datetime
) -> list[Delivery]:
    """Queue the message that tells a person that their account was validated."""
    said = {"told_on": clock.local_date(cause.at).isoformat()}
    return await queue_notices(session, kinds.ACCOUNT_VALIDATED, [person_id], said, cause, now)


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
    written = [
        messages.write(
            kind, ids.new_id(), cause, now, person_id=person_id, variables=variables, once=once, until=until
        )
        for person_id in people
    ]
    async with session.begin():
        return await following.begin(session, written, now)


async def queue_booking_notice(
    session: AsyncSession,
    kind: Kind,
    about_id: UUID,
    person_id: UUID | None,
    variables: Mapping[str, str],
    cause: Cause,
    now: datetime,
    until: datetime | None = None,
) -> list[Delivery]:
    """Queue a message about an appointment, or a code to book one; it is not worth sending after `until`.

    Without a person it goes to the address that svc-passport-booking gives when it is sent.
    """
    written = messages.write(
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
        return await following.begin(session, [written], now)


async def queue_stale_notices(
    session: AsyncSession, stale: StaleEntry, cause: Cause, now: datetime
) -> list[Delivery]:
    """Queue a reminder to each official who edits the provider's entries.

    Where the provider has none, to those who publish the catalog.
    """
    today = clock.local_date(now)
    said = {
        **{f"title_{language}": title for language, title in stale.titles.items()},
        "due_on": stale.due_on.isoformat(),
        "reminder": str(stale.reminder),
        "institution_id": str(stale.provider_id),
    }
    async with session.begin():
        wanted = ((Role.CATALOG_EDITOR, stale.provider_id), (Role.CATALOG_PUBLISHER, None))
        people: list[UUID] = []
        for role, institution_id in wanted:
            people = people or await institutions.find_officials(session, role, institution_id, today)
        written = [
            messages.write(kinds.CATALOG_STALE, ids.new_id(), cause, now, person_id=person_id, variables=said)
            for person_id in people
        ]
        return await following.begin(session, written, now)


async def queue_alarm(
    session: AsyncSession, institution_id: UUID | None, due_on: date, cause: Cause, now: datetime
) -> list[Delivery]:
    """Queue a warning of a legal term to each head of the unit, or of every unit for what came online.

    Once a day to each; where nobody is head, to those who keep the criminal record there.
    """
    today, kind = clock.local_date(now), kinds.CERTIFICATE_DUE
    said = {"due_on": due_on.isoformat(), "told_on": today.isoformat()}
    async with session.begin():
        people = await institutions.find_records_heads(session, institution_id, today)
        people = people or await institutions.find_officials(
            session, Role.RECORDS_OFFICER, institution_id, today
        )
        written = [
            messages.write(
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
        return await following.begin(session, written, now)
