"""Events of others: parse, call one operation."""

from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_core.principal import Role
from hub_events.consumer import Subscription
from hub_events.envelope import Envelope

from .. import manifest
from ..domain.catalog import StaleEntry
from ..domain.channels import Channel
from ..domain.officials import WRITTEN_TO, Official
from ..operations import institutions, notices, preferences, push, sandbox_people, suppressions
from . import bookings, certificates, hearing, petitions, traffic
from .copies import (
    AccountDeleted,
    AppointmentChanged,
    EmailConfirmationRequested,
    EntryStale,
    InstitutionChanged,
    PersonVerified,
    PhoneConfirmationRequested,
    RegistrationApproved,
    RegistrationExpired,
    RegistrationRejected,
    RegistrationReturned,
    RegistrationSubmitted,
    SandboxPersonCreated,
    SandboxPersonRemoved,
    SecurityChanged,
)
from .hearing import Wake

_GRANTED: Final = "GRANTED"
_NEW_NUMBERS: Final = frozenset({"PHONE_ADDED", "PHONE_CHANGED"})


def subscriptions(wake: Wake) -> list[Subscription]:
    """The consumers; `wake` is called with what was queued once that is committed."""

    async def send_the_code(session: AsyncSession, heard: Envelope[EmailConfirmationRequested]) -> None:
        queued = await notices.queue_confirmation_code(
            session, heard.data.confirmation_id, hearing.cause(heard), clock.now(), heard.data.purpose
        )
        hearing.wake_after_commit(session, wake, queued)

    async def send_the_phone_code(session: AsyncSession, heard: Envelope[PhoneConfirmationRequested]) -> None:
        queued = await notices.queue_phone_code(
            session, heard.data.confirmation_id, hearing.cause(heard), clock.now()
        )
        hearing.wake_after_commit(session, wake, queued)

    async def tell_the_owner(session: AsyncSession, heard: Envelope[SecurityChanged]) -> None:
        queued = await notices.queue_security_notice(
            session, heard.data.person_id, heard.data.change, hearing.cause(heard), clock.now()
        )
        if heard.data.change in _NEW_NUMBERS:
            await suppressions.lift_changed(session, heard.data.person_id, Channel.SMS, clock.now())
        hearing.wake_after_commit(session, wake, queued)

    async def tell_the_validated(session: AsyncSession, heard: Envelope[PersonVerified]) -> None:
        queued = await notices.queue_validation_notice(
            session, heard.data.person_id, hearing.cause(heard), clock.now()
        )
        hearing.wake_after_commit(session, wake, queued)

    async def tell_the_applicant(session: AsyncSession, heard: Envelope[Any]) -> None:
        step = heard.data
        queued = await notices.queue_step_notice(
            session, step.person_id, step.institution_id, step.state, hearing.cause(heard), clock.now()
        )
        hearing.wake_after_commit(session, wake, queued)

    async def remind_the_provider(session: AsyncSession, heard: Envelope[EntryStale]) -> None:
        told = heard.data
        stale = StaleEntry(told.provider_id, told.titles, told.due_on, told.reminder)
        queued = await notices.queue_stale_notices(session, stale, hearing.cause(heard), clock.now())
        hearing.wake_after_commit(session, wake, queued)

    return [
        petitions.subscription(wake),
        Subscription(
            manifest.CONFIRMATIONS,
            {EmailConfirmationRequested: send_the_code, PhoneConfirmationRequested: send_the_phone_code},
        ),
        Subscription(manifest.INSTITUTIONS, {InstitutionChanged: _keep_institution}),
        Subscription(manifest.SECURITY, {SecurityChanged: tell_the_owner}),
        Subscription(
            manifest.REGISTRATIONS,
            {
                PersonVerified: tell_the_validated,
                RegistrationSubmitted: tell_the_applicant,
                RegistrationReturned: tell_the_applicant,
                RegistrationApproved: tell_the_applicant,
                RegistrationRejected: tell_the_applicant,
                RegistrationExpired: tell_the_applicant,
            },
        ),
        Subscription(
            manifest.SANDBOX,
            {SandboxPersonCreated: _know_sandbox_person, SandboxPersonRemoved: _remove_sandbox_person},
        ),
        Subscription(manifest.APPOINTMENTS, {AppointmentChanged: _keep_official}),
        Subscription(manifest.ENTRIES, {EntryStale: remind_the_provider}),
        certificates.subscription(wake),
        bookings.subscription(wake),
        traffic.subscription(wake),
        Subscription(manifest.ACCOUNTS, {AccountDeleted: _forget_person}),
    ]


async def _forget_person(session: AsyncSession, heard: Envelope[AccountDeleted]) -> None:
    await push.forget_person(session, heard.data.person_id)
    await preferences.forget(session, heard.data.person_id)


async def _keep_institution(session: AsyncSession, heard: Envelope[InstitutionChanged]) -> None:
    changed = heard.data
    names = {language: name for language, name in changed.names.items() if name}
    await institutions.keep_institution(session, changed.institution_id, names, changed.version)


async def _know_sandbox_person(session: AsyncSession, heard: Envelope[SandboxPersonCreated]) -> None:
    await sandbox_people.know(session, heard.data.person_id, heard.data.client_id, heard.time)


async def _remove_sandbox_person(session: AsyncSession, heard: Envelope[SandboxPersonRemoved]) -> None:
    await sandbox_people.remove(session, heard.data.person_id)


async def _keep_official(session: AsyncSession, heard: Envelope[AppointmentChanged]) -> None:
    told = heard.data
    if told.role not in WRITTEN_TO:
        return
    official = Official(
        appointment_id=told.appointment_id,
        person_id=told.person_id,
        institution_id=told.institution_id,
        role=Role(told.role),
        valid_from=told.valid_from,
        valid_to=told.valid_to,
        is_granted=told.state == _GRANTED,
        version=told.version,
    )
    await institutions.keep_official(session, official)
