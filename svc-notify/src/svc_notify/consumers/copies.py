"""Events of others: what each copy states is what we need of it."""

from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

from pydantic import BaseModel

from hub_core.language import Language
from hub_events.envelope import Event

PERSON: Final = "PERSON"


class _ByChannel(BaseModel):
    channel: str = ""

    @property
    def is_guests(self) -> bool:
        """Whether somebody filed it without an account: they gave an e-mail address, which is asked for."""
        return self.channel == "GUEST"


class _Numbered(BaseModel):
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID
    person_id: UUID | None
    institution_id: UUID
    number: int
    answer_due_on: date

    @property
    def reader(self) -> UUID | None:
        """Who is written to; nobody without an account."""
        return self.person_id


class _Petition(_Numbered):
    acting_person_id: UUID | None = None

    @property
    def reader(self) -> UUID | None:
        """Who is written to: who filed it, for whomever it was; nobody for one without an account."""
        return self.acting_person_id or self.person_id


class _Registered(_Petition):
    registered_on: date
    kind: str


class _Step(_ByChannel, _Petition):
    """What every step of a petition tells."""


class PetitionExtended(_Step, Event):
    """The term of an answer was extended; `answer_due_on` is the new last day."""

    subject: ClassVar[str] = "hub.petitions.petition.extended.v1"


class ClarificationAsked(_Step, Event):
    """The institution has asked the petitioner something."""

    subject: ClassVar[str] = "hub.petitions.petition.clarification-asked.v1"


class PetitionForwarded(_Step, Event):
    """The institution has sent a petition on to the competent one."""

    subject: ClassVar[str] = "hub.petitions.petition.forwarded.v1"


class PetitionJoined(_Step, Event):
    """A petition was joined to another one of the same petitioner."""

    subject: ClassVar[str] = "hub.petitions.petition.joined.v1"


class PetitionClassed(_Step, Event):
    """A petition was filed away without an answer; the reason of one that ended with its audience says so."""

    subject: ClassVar[str] = "hub.petitions.petition.classed.v1"

    reason: str | None = None


class PetitionAnswered(_Step, Event):
    """A petition was answered."""

    subject: ClassVar[str] = "hub.petitions.petition.answered.v1"


class _Audience(BaseModel):
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID
    person_id: UUID | None
    acting_person_id: UUID | None
    institution_id: UUID
    state: str
    starts_at: datetime | None

    @property
    def reader(self) -> UUID | None:
        """Who is written to; nobody for who has no account."""
        return self.acting_person_id or self.person_id


class AudienceChanged(_Audience, Event):
    """A request for an audience has taken a step."""

    subject: ClassVar[str] = "hub.petitions.audience.changed.v1"

    came_from: str
    reason: str | None


class AudienceReminded(_Audience, Event):
    """An audience comes near."""

    subject: ClassVar[str] = "hub.petitions.audience.reminded.v1"


class _OfThread(BaseModel):
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID
    person_id: UUID | None
    acting_person_id: UUID | None
    institution_id: UUID
    number: int

    @property
    def reader(self) -> UUID | None:
        """Who is written to for the petitioner; nobody for one without an account."""
        return self.acting_person_id or self.person_id


class PetitionMessageSent(_OfThread, Event):
    """An institution and a petitioner write to each other; of several at once one is news."""

    subject: ClassVar[str] = "hub.petitions.message.sent.v1"

    side: str
    handler_id: UUID | None = None
    documents: int
    is_news: bool = True


class PetitionMessageUnread(_OfThread, Event):
    """What one side has written was not opened by the other for long."""

    subject: ClassVar[str] = "hub.petitions.message.unread.v1"

    side: str
    handler_id: UUID | None


class PetitionDocumentsReminded(_OfThread, Event):
    """The day comes near for documents that a petitioner was asked for."""

    subject: ClassVar[str] = "hub.petitions.document.reminded.v1"

    due_on: date


class PetitionRegistered(_Registered, Event):
    """A petition has its number."""

    subject: ClassVar[str] = "hub.petitions.petition.registered.v1"


class PetitionEntered(_ByChannel, _Numbered, Event):
    """The same of one that was not filed by an account; its petitioner may have one all the same."""

    subject: ClassVar[str] = "hub.petitions.petition.entered.v1"

    registered_on: date
    kind: str


class SandboxPetitionRegistered(_Registered, Event):
    """The same of a petition that only tests an application: the number says so."""

    subject: ClassVar[str] = "hub.petitions.sandbox-petition.registered.v1"


class SandboxPersonCreated(Event):
    """Somebody was invented for an application that is being tested."""

    subject: ClassVar[str] = "hub.identity.test-person.created.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID
    client_id: str


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


class PhoneConfirmationRequested(Event):
    """Somebody has given a telephone number, and waits for its code."""

    subject: ClassVar[str] = "hub.identity.phone-confirmation.requested.v1"
    key_field: ClassVar[str] = "confirmation_id"

    confirmation_id: UUID


class AccountDeleted(Event):
    """An account is no more."""

    subject: ClassVar[str] = "hub.identity.account.deleted.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID


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


class _CertificateRequest(BaseModel):
    key_field: ClassVar[str] = "request_id"

    request_id: UUID
    product: str
    number: int
    state: str
    holder_kind: str
    holder_id: UUID | None
    acting_person_id: UUID | None

    @property
    def people(self) -> list[UUID]:
        """Who asked, and the person it is about where that is another; who has no account is left out."""
        holder = self.holder_id if self.holder_kind == PERSON else None
        return list(dict.fromkeys(one for one in (self.acting_person_id, holder) if one))


class CertificateRequested(_CertificateRequest, Event):
    """A criminal-record or integrity certificate was asked for; no step tells of its first state."""

    subject: ClassVar[str] = "hub.criminal-record.request.submitted.v1"

    requested_on: date
    due_on: date


class CertificateRequestChanged(_CertificateRequest, Event):
    """Such a request has come later to another state."""

    subject: ClassVar[str] = "hub.criminal-record.request.state-changed.v1"


class CertificateRequestAlarmed(Event):
    """Such a request comes close to its legal term; without an institution it came online."""

    subject: ClassVar[str] = "hub.criminal-record.request.alarmed.v1"
    key_field: ClassVar[str] = "request_id"

    request_id: UUID
    institution_id: UUID | None
    due_on: date


class _Certificate(BaseModel):
    key_field: ClassVar[str] = "certificate_id"

    certificate_id: UUID
    product: str
    holder_id: UUID | None


class CertificateRevoked(_Certificate, Event):
    """A certificate can no longer be used, or the extract that an institution holds."""

    subject: ClassVar[str] = "hub.criminal-record.certificate.revoked.v1"

    institution_id: UUID | None


class CertificateSuperseded(_Certificate, Event):
    """A certificate was corrected: another takes its place."""

    subject: ClassVar[str] = "hub.criminal-record.certificate.superseded.v1"


class CertificateVerified(Event):
    """Somebody has verified a certificate."""

    subject: ClassVar[str] = "hub.criminal-record.certificate.verified.v1"
    key_field: ClassVar[str] = "certificate_id"

    certificate_id: UUID
    person_id: UUID | None


class _Booking(BaseModel):
    key_field: ClassVar[str] = "appointment_id"

    appointment_id: UUID
    starts_at: datetime
    person_id: UUID | None
    channel: str


class BookingHeld(_Booking, Event):
    """A place at a counter is held, and is lost unless it is confirmed."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.held.v1"

    held_until: datetime


class BookingMessageRequested(_Booking, Event):
    """Somebody waits for the message that confirms a hold, and asks for it again."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.message-requested.v1"

    held_until: datetime


class BookingConfirmed(_Booking, Event):
    """An appointment at a counter stands."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.confirmed.v1"


class BookingMoved(_Booking, Event):
    """It is at another time now, perhaps elsewhere."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.moved.v1"

    previous_starts_at: datetime


class BookingCancelled(_Booking, Event):
    """It was given up, or taken away by the office."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.cancelled.v1"

    state: str


class BookingExpired(_Booking, Event):
    """A hold has ended without having been confirmed."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.expired.v1"


class BookingReminded(_Booking, Event):
    """It comes near."""

    subject: ClassVar[str] = "hub.passport-booking.appointment.reminded.v1"


class _Waiting(BaseModel):
    key_field: ClassVar[str] = "entry_id"

    entry_id: UUID
    person_id: UUID | None
    starts_at: datetime


class WaitingOffered(_Waiting, Event):
    """A place is kept for somebody who waits; with an appointment, its own event tells of it."""

    subject: ClassVar[str] = "hub.passport-booking.waiting.offered.v1"

    appointment_id: UUID | None
    offered_until: datetime


class WaitingTold(_Waiting, Event):
    """An earlier place is free for whoever is first."""

    subject: ClassVar[str] = "hub.passport-booking.waiting.told.v1"


class ApplicationStateChanged(Event):
    """What was handed in at a counter has come further."""

    subject: ClassVar[str] = "hub.passport-booking.application.state-changed.v1"
    key_field: ClassVar[str] = "application_id"

    application_id: UUID
    person_id: UUID | None
    state: str


class PetitionCodeRequested(Event):
    """Somebody who files a petition without an account waits for a code."""

    subject: ClassVar[str] = "hub.petitions.email-code.requested.v1"
    key_field: ClassVar[str] = "code_id"

    code_id: UUID


class TermWarned(Event):
    """The term of a petition's answer has come far, or is over; `person_ids` are officials."""

    subject: ClassVar[str] = "hub.petitions.term.warned.v1"
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID
    institution_id: UUID
    answer_due_on: date
    warning: str
    person_ids: tuple[UUID, ...]


class BookingCodeRequested(Event):
    """Somebody who books without an account waits for a code."""

    subject: ClassVar[str] = "hub.passport-booking.email-code.requested.v1"
    key_field: ClassVar[str] = "code_id"

    code_id: UUID


class ExtractDecided(Event):
    """An institution has asked for an extract; without a person where none may be told of it."""

    subject: ClassVar[str] = "hub.criminal-record.extract.decided.v1"
    key_field: ClassVar[str] = "extract_id"

    extract_id: UUID
    institution_id: UUID
    person_id: UUID | None
    state: str


class _OfDriver(BaseModel):
    key_field: ClassVar[str] = "driver_id"

    driver_id: UUID
    person_id: UUID | None


class DriverLineChanged(_OfDriver, Event):
    """Something was recorded about a contravention report."""

    subject: ClassVar[str] = "hub.traffic-history.line.changed.v1"


class DriverPointsExpired(_OfDriver, Event):
    """Some points of a driver no longer count."""

    subject: ClassVar[str] = "hub.traffic-history.points.expired.v1"


class DriverSuspensionMoved(_OfDriver, Event):
    """A suspension of the right to drive was proposed, or took a step."""

    subject: ClassVar[str] = "hub.traffic-history.suspension.moved.v1"


class DriverLicenceChanged(_OfDriver, Event):
    """A licence was taken away or given back."""

    subject: ClassVar[str] = "hub.traffic-history.licence.changed.v1"


class RecordLinkOpened(Event):
    """Somebody opened a link to a driver's document; `person_id` is who gave the link."""

    subject: ClassVar[str] = "hub.traffic-history.record-link.opened.v1"
    key_field: ClassVar[str] = "link_id"

    link_id: UUID
    person_id: UUID


class DrivingReportMoved(Event):
    """A report of aggressive driving has come a step further; `person_id` is who reported."""

    subject: ClassVar[str] = "hub.traffic-history.driving-report.moved.v1"
    key_field: ClassVar[str] = "driving_report_id"

    driving_report_id: UUID
    person_id: UUID
    number: str
    state: str
    reason: str | None = None
    upload_by: datetime | None = None
