"""Events of others: what each copy states is what we need of it."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_core.language import Language
from hub_events import trace
from hub_events.consumer import Subscription
from hub_events.envelope import Envelope, Event

from . import manifest, operations
from .domain import deliveries
from .domain.catalog import CatalogOfficial, CatalogRole, StaleEntry
from .domain.deliveries import Cause, Lane

_GRANTED: Final = "GRANTED"


class _Petition(BaseModel):
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID
    person_id: UUID
    acting_person_id: UUID | None = None
    institution_id: UUID
    number: int
    registered_on: date
    answer_due_on: date
    kind: str


class PetitionRegistered(_Petition, Event):
    """A petition has its number; who filed it is told, for whomever it was."""

    subject: ClassVar[str] = "hub.petitions.petition.registered.v1"


class SandboxPetitionRegistered(_Petition, Event):
    """The same of a petition that only tests an application: the number says so."""

    subject: ClassVar[str] = "hub.petitions.sandbox-petition.registered.v1"


class SandboxPersonCreated(Event):
    """Somebody was invented for an application that is being tested."""

    subject: ClassVar[str] = "hub.identity.test-person.created.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID


class SandboxPersonRemoved(Event):
    """Somebody invented is no more."""

    subject: ClassVar[str] = "hub.identity.test-person.removed.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID


class EmailConfirmationRequested(Event):
    """Somebody waits for a code: for a new account, or for a new password."""

    subject: ClassVar[str] = "hub.identity.email-confirmation.requested.v1"
    key_field: ClassVar[str] = "confirmation_id"

    confirmation_id: UUID
    purpose: str = "SIGN_UP"


class SecurityChanged(Event):
    """Something about how a person signs in has changed."""

    subject: ClassVar[str] = "hub.identity.account.security-changed.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID
    change: str


class PersonVerified(Event):
    """An account was validated."""

    subject: ClassVar[str] = "hub.identity.person.verified.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID


class _RegistrationStep(BaseModel):
    key_field: ClassVar[str] = "registration_id"

    registration_id: UUID
    person_id: UUID
    institution_id: UUID
    state: str


class RegistrationSubmitted(_RegistrationStep, Event):
    """A person has asked an institution to know them."""

    subject: ClassVar[str] = "hub.identity.registration.submitted.v1"


class RegistrationReturned(_RegistrationStep, Event):
    """The institution asks the person to complete the request."""

    subject: ClassVar[str] = "hub.identity.registration.returned.v1"


class RegistrationApproved(_RegistrationStep, Event):
    """The institution knows the person."""

    subject: ClassVar[str] = "hub.identity.registration.approved.v1"


class RegistrationRejected(_RegistrationStep, Event):
    """The institution has said no."""

    subject: ClassVar[str] = "hub.identity.registration.rejected.v1"


class RegistrationExpired(_RegistrationStep, Event):
    """The request has ended without a decision."""

    subject: ClassVar[str] = "hub.identity.registration.expired.v1"


class InstitutionChanged(Event):
    """An institution is new, or has changed."""

    subject: ClassVar[str] = "hub.catalog.institution.changed.v1"
    key_field: ClassVar[str] = "institution_id"

    institution_id: UUID
    names: dict[str, str | None]


class AppointmentChanged(Event):
    """An official was appointed, or the appointment has changed or ended."""

    subject: ClassVar[str] = "hub.identity.appointment.changed.v1"
    key_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    person_id: UUID
    institution_id: UUID
    role: str
    valid_from: date
    valid_to: date
    state: str


class EntryStale(Event):
    """The provider of an entry of the catalog has not confirmed it in time."""

    subject: ClassVar[str] = "hub.catalog.entry.stale.v1"
    key_field: ClassVar[str] = "entry_id"

    entry_id: UUID
    provider_id: UUID
    titles: dict[Language, str]
    due_on: date
    reminder: int


def subscriptions(wake: Callable[[Lane], None]) -> list[Subscription]:
    """The consumers; `wake` is called for a lane once what was queued in it is committed."""

    async def tell_the_petitioner(session: AsyncSession, heard: Envelope[Any]) -> None:
        petition = heard.data
        mark = deliveries.SANDBOX_MARK if isinstance(petition, SandboxPetitionRegistered) else ""
        delivery = await operations.queue_registration_notice(
            session,
            operations.Registration(
                person_id=petition.acting_person_id or petition.person_id,
                institution_id=petition.institution_id,
                petition_kind=petition.kind,
                number=f"{mark}{petition.number}",
                registered_on=petition.registered_on,
                answer_due_on=petition.answer_due_on,
            ),
            _cause(heard),
            clock.now(),
        )
        _wake_after_commit(session, wake, delivery.lane)

    async def send_the_code(session: AsyncSession, heard: Envelope[EmailConfirmationRequested]) -> None:
        delivery = await operations.queue_confirmation_code(
            session, heard.data.confirmation_id, _cause(heard), clock.now(), heard.data.purpose
        )
        _wake_after_commit(session, wake, delivery.lane)

    async def tell_the_owner(session: AsyncSession, heard: Envelope[SecurityChanged]) -> None:
        delivery = await operations.queue_security_notice(
            session, heard.data.person_id, heard.data.change, _cause(heard), clock.now()
        )
        _wake_after_commit(session, wake, delivery.lane)

    async def tell_the_validated(session: AsyncSession, heard: Envelope[PersonVerified]) -> None:
        delivery = await operations.queue_validation_notice(
            session, heard.data.person_id, _cause(heard), clock.now()
        )
        _wake_after_commit(session, wake, delivery.lane)

    async def tell_the_applicant(session: AsyncSession, heard: Envelope[Any]) -> None:
        step = heard.data
        delivery = await operations.queue_step_notice(
            session, step.person_id, step.institution_id, step.state, _cause(heard), clock.now()
        )
        _wake_after_commit(session, wake, delivery.lane)

    async def remind_the_provider(session: AsyncSession, heard: Envelope[EntryStale]) -> None:
        told = heard.data
        stale = StaleEntry(told.provider_id, told.titles, told.due_on, told.reminder)
        for delivery in await operations.queue_stale_notices(session, stale, _cause(heard), clock.now()):
            _wake_after_commit(session, wake, delivery.lane)

    return [
        Subscription(
            manifest.PETITIONS,
            {PetitionRegistered: tell_the_petitioner, SandboxPetitionRegistered: tell_the_petitioner},
        ),
        Subscription(manifest.CONFIRMATIONS, {EmailConfirmationRequested: send_the_code}),
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
    ]


async def _keep_institution(session: AsyncSession, heard: Envelope[InstitutionChanged]) -> None:
    changed = heard.data
    names = {language: name for language, name in changed.names.items() if name}
    await operations.keep_institution(session, changed.institution_id, names, changed.version)


async def _know_sandbox_person(session: AsyncSession, heard: Envelope[SandboxPersonCreated]) -> None:
    await operations.know_sandbox_person(session, heard.data.person_id, heard.time)


async def _remove_sandbox_person(session: AsyncSession, heard: Envelope[SandboxPersonRemoved]) -> None:
    await operations.remove_sandbox_person(session, heard.data.person_id)


async def _keep_official(session: AsyncSession, heard: Envelope[AppointmentChanged]) -> None:
    told = heard.data
    if told.role not in list(CatalogRole):
        return
    official = CatalogOfficial(
        appointment_id=told.appointment_id,
        person_id=told.person_id,
        institution_id=told.institution_id,
        role=CatalogRole(told.role),
        valid_from=told.valid_from,
        valid_to=told.valid_to,
        is_granted=told.state == _GRANTED,
        version=told.version,
    )
    await operations.keep_official(session, official)


def _cause(heard: Envelope[Any]) -> Cause:
    return Cause(heard.id, heard.time, trace.current() or heard.traceparent)


def _wake_after_commit(session: AsyncSession, wake: Callable[[Lane], None], lane: Lane) -> None:
    event.listen(session.sync_session, "after_commit", lambda _: wake(lane), once=True)
