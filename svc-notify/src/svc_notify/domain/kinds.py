"""The kinds of messages: what each takes, how long it is worth sending, where it leads."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final

from hub_core.language import Language

from .channels import EVERY, Channel


class Lane(IntEnum):
    """A queue of its own, with connections of its own: what waits in one never delays another."""

    CODE = 0
    NOTICE = 1
    REMINDER = 2
    BULK = 3


class Purpose(StrEnum):
    """What a message rests on (8.1).

    `TRANSACTIONAL`: the public task, no consent is asked. `SERVICE_OPTIN` and `SURVEY`: the person's consent.
    `REMINDER`: the public task, but who wants none gets none.
    """

    TRANSACTIONAL = "TRANSACTIONAL"
    SERVICE_OPTIN = "SERVICE_OPTIN"
    REMINDER = "REMINDER"
    SURVEY = "SURVEY"


def may_unsubscribe(purpose: Purpose) -> bool:
    """Whether a person may want none of what rests on this; never of what the public task demands."""
    return purpose is not Purpose.TRANSACTIONAL


class Group(StrEnum):
    """What a message belongs to, as people meet it: one line of their preferences, one reason in the footer.

    `INSTITUTIONS` is what institutions send by templates of their own, `WORK` what goes to officials.
    """

    ACCOUNT = "ACCOUNT"
    APPOINTMENTS = "APPOINTMENTS"
    AUDIENCES = "AUDIENCES"
    CERTIFICATES = "CERTIFICATES"
    DRIVING = "DRIVING"
    INSTITUTIONS = "INSTITUTIONS"
    PETITIONS = "PETITIONS"
    WORK = "WORK"


GROUP_NAMES: Final = MappingProxyType(
    {
        Group.ACCOUNT: {Language.RO: "Contul", Language.HU: "Fiók", Language.EN: "Account"},
        Group.APPOINTMENTS: {
            Language.RO: "Programări și pașapoarte",
            Language.HU: "Időpontok és útlevelek",
            Language.EN: "Appointments and passports",
        },
        Group.AUDIENCES: {Language.RO: "Audiențe", Language.HU: "Fogadóórák", Language.EN: "Audiences"},
        Group.CERTIFICATES: {
            Language.RO: "Certificate",
            Language.HU: "Bizonyítványok",
            Language.EN: "Certificates",
        },
        Group.DRIVING: {
            Language.RO: "Conducere auto",
            Language.HU: "Járművezetés",
            Language.EN: "Driving",
        },
        Group.INSTITUTIONS: {
            Language.RO: "Mesaje ale instituțiilor",
            Language.HU: "Intézmények üzenetei",
            Language.EN: "Messages of institutions",
        },
        Group.PETITIONS: {Language.RO: "Petiții", Language.HU: "Petíciók", Language.EN: "Petitions"},
        Group.WORK: {
            Language.RO: "Activitatea în instituție",
            Language.HU: "Intézményi munka",
            Language.EN: "Work at the institution",
        },
    }
)
"""What each group is called on a page of preferences."""


class Question(StrEnum):
    """What another service is asked about when a message is sent, as its addresses name it."""

    APPOINTMENT = "appointments"
    EMAIL_CODE = "email-codes"
    WAITING = "waiting-entries"
    APPLICATION = "applications"
    AUDIENCE = "audiences"
    GUEST_PETITION = "guest-petitions"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message: its template and version, its lane, how long it is worth sending.

    `purpose` is what it rests on, `group` what people know it by. `channels` are the ways it may go,
    `by_consent` those of them by which it goes only to who has expressly asked for it. `question` is what
    another service is asked when it is sent; `states` are those of what it is about in which the message
    still tells the truth.
    """

    template: str
    version: int
    lane: Lane
    lifetime: timedelta
    variables: frozenset[str]
    group: Group
    purpose: Purpose = Purpose.TRANSACTIONAL
    channels: frozenset[Channel] = EVERY
    by_consent: frozenset[Channel] = frozenset()
    question: Question | None = None
    states: frozenset[str] = frozenset()
    has_calendar: bool = False

    @property
    def may_unsubscribe(self) -> bool:
        """Whether a person may say that they want none of it."""
        return may_unsubscribe(self.purpose)

    def channels_to(self, opted_in: Collection[Purpose]) -> frozenset[Channel]:
        """The ways it may go to somebody who has asked for messages of these purposes."""
        return self.channels if Purpose.SERVICE_OPTIN in opted_in else self.channels - self.by_consent


AT_WORK: Final = EVERY - {Channel.SMS}
"""The ways of what goes to officials about their work."""

SUBMISSION_REGISTERED: Final = Kind(
    template="submission.registered",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"number", "registered_on", "answer_due_on", "institution_id", "legal_basis"}),
    group=Group.PETITIONS,
)
PETITION_STEP: Final = Kind(
    template="petition.step",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"change", "number", "answer_due_on", "institution_id", "told_on"}),
    group=Group.PETITIONS,
)
PETITION_TERM: Final = Kind(
    template="petition.term",
    version=2,
    lane=Lane.REMINDER,
    lifetime=timedelta(days=2),
    variables=frozenset({"state", "answer_due_on", "institution_id", "told_on"}),
    group=Group.WORK,
    channels=AT_WORK,
)
PETITION_MESSAGE: Final = Kind(
    template="petition.message",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"documents", "number", "institution_id", "told_on"}),
    group=Group.PETITIONS,
)
GUEST_REGISTERED: Final = Kind(
    template="petition.guest-registered",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset(),
    group=Group.PETITIONS,
    channels=frozenset({Channel.EMAIL}),
    question=Question.GUEST_PETITION,
)
GUEST_STEP: Final = Kind(
    template="petition.guest-step",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"change", "answer_due_on", "told_on"}),
    group=Group.PETITIONS,
    channels=frozenset({Channel.EMAIL}),
    question=Question.GUEST_PETITION,
)
GUEST_PETITIONS: Final = frozenset({GUEST_REGISTERED.template, GUEST_STEP.template})
"""What is written to who filed without an account: svc-petitions is asked about it when it is sent."""
PETITION_REPLY: Final = Kind(
    template="petition.reply",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=7),
    variables=frozenset({"state", "documents", "number", "institution_id", "told_on"}),
    group=Group.WORK,
    channels=AT_WORK,
)
PETITION_DOCUMENTS: Final = Kind(
    template="petition.documents",
    version=2,
    lane=Lane.REMINDER,
    lifetime=timedelta(days=2),
    variables=frozenset({"number", "due_on", "institution_id", "told_on"}),
    group=Group.PETITIONS,
    purpose=Purpose.REMINDER,
)
PETITION_UNREAD: Final = Kind(
    template="petition.unread",
    version=2,
    lane=Lane.REMINDER,
    lifetime=timedelta(days=7),
    variables=frozenset({"number", "institution_id", "told_on"}),
    group=Group.PETITIONS,
    purpose=Purpose.REMINDER,
)
AUDIENCE_SCHEDULED: Final = Kind(
    template="audience.scheduled",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"change", "institution_id"}),
    group=Group.AUDIENCES,
    question=Question.AUDIENCE,
    states=frozenset({"SCHEDULED"}),
    has_calendar=True,
)
AUDIENCE_CONFIRMED: Final = Kind(
    template="audience.confirmed",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"institution_id"}),
    group=Group.AUDIENCES,
    question=Question.AUDIENCE,
    states=frozenset({"CONFIRMED"}),
    has_calendar=True,
)
AUDIENCE_REMINDER: Final = Kind(
    template="audience.reminder",
    version=2,
    lane=Lane.REMINDER,
    lifetime=timedelta(days=2),
    variables=frozenset({"institution_id"}),
    group=Group.AUDIENCES,
    purpose=Purpose.REMINDER,
    question=Question.AUDIENCE,
    states=frozenset({"SCHEDULED", "CONFIRMED"}),
)
AUDIENCE_STEP: Final = Kind(
    template="audience.step",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"state", "institution_id", "told_on"}),
    group=Group.AUDIENCES,
    question=Question.AUDIENCE,
    states=frozenset({"DECLINED", "IN_WRITING", "REQUESTED"}),
)
AUDIENCES: Final = {
    kind.template: kind for kind in (AUDIENCE_SCHEDULED, AUDIENCE_CONFIRMED, AUDIENCE_REMINDER, AUDIENCE_STEP)
}
"""The messages of audiences, by template: svc-petitions is asked about them when they are sent."""
ACCOUNT_CONFIRM: Final = Kind(
    template="account.confirm",
    version=2,
    lane=Lane.CODE,
    lifetime=timedelta(minutes=15),
    variables=frozenset(),
    group=Group.ACCOUNT,
    channels=frozenset({Channel.EMAIL}),
)
PASSWORD_RESET: Final = Kind(
    template="password.reset",
    version=2,
    lane=Lane.CODE,
    lifetime=timedelta(minutes=15),
    variables=frozenset(),
    group=Group.ACCOUNT,
    channels=frozenset({Channel.EMAIL}),
)
ACCOUNT_SECURITY: Final = Kind(
    template="account.security",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=7),
    variables=frozenset({"change", "changed_on"}),
    group=Group.ACCOUNT,
)
PHONE_CONFIRM: Final = Kind(
    template="phone.confirm",
    version=1,
    lane=Lane.CODE,
    lifetime=timedelta(minutes=10),
    variables=frozenset(),
    group=Group.ACCOUNT,
    channels=frozenset({Channel.SMS}),
)
REGISTRATION_STEP: Final = Kind(
    template="registration.step",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"state", "told_on", "institution_id"}),
    group=Group.ACCOUNT,
)
ACCOUNT_VALIDATED: Final = Kind(
    template="account.validated",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"told_on"}),
    group=Group.ACCOUNT,
)
CATALOG_STALE: Final = Kind(
    template="catalog.stale",
    version=2,
    lane=Lane.REMINDER,
    lifetime=timedelta(days=30),
    variables=frozenset({"title_ro", "title_hu", "title_en", "due_on", "reminder", "institution_id"}),
    group=Group.WORK,
    channels=AT_WORK,
)
CERTIFICATE_REQUESTED: Final = Kind(
    template="criminal-record.registered",
    version=3,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"product", "number", "state", "registered_on", "due_on"}),
    group=Group.CERTIFICATES,
)
CERTIFICATE_STEP: Final = Kind(
    template="criminal-record.step",
    version=3,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"product", "number", "state", "told_on"}),
    group=Group.CERTIFICATES,
)
CERTIFICATE_ENDED: Final = Kind(
    template="criminal-record.certificate",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"product", "change", "told_on"}),
    group=Group.CERTIFICATES,
)
CERTIFICATE_VERIFIED: Final = Kind(
    template="criminal-record.verified",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=7),
    variables=frozenset({"told_on"}),
    group=Group.CERTIFICATES,
)
CERTIFICATE_DUE: Final = Kind(
    template="criminal-record.due",
    version=2,
    lane=Lane.REMINDER,
    lifetime=timedelta(days=2),
    variables=frozenset({"due_on", "told_on"}),
    group=Group.WORK,
    channels=AT_WORK,
)
EXTRACT: Final = Kind(
    template="criminal-record.extract",
    version=3,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"change", "institution_id", "told_on"}),
    group=Group.CERTIFICATES,
)
DRIVER_RECORD: Final = Kind(
    template="traffic.record",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"told_on"}),
    group=Group.DRIVING,
)
RECORD_LINK_OPENED: Final = Kind(
    template="traffic.link-opened",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=7),
    variables=frozenset({"told_on"}),
    group=Group.DRIVING,
)
DRIVING_REPORT: Final = Kind(
    template="traffic.report",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"number", "state", "reason", "upload_on", "upload_hour", "told_on"}),
    group=Group.DRIVING,
)
BOOKING_CONFIRM: Final = Kind(
    template="booking.confirm",
    version=2,
    lane=Lane.CODE,
    lifetime=timedelta(days=1),
    variables=frozenset(),
    group=Group.APPOINTMENTS,
    question=Question.APPOINTMENT,
    states=frozenset({"HELD"}),
)
BOOKING_OFFER: Final = Kind(
    template="booking.offer",
    version=2,
    lane=Lane.CODE,
    lifetime=timedelta(days=7),
    variables=frozenset({"channel"}),
    group=Group.APPOINTMENTS,
    question=Question.APPOINTMENT,
    states=frozenset({"HELD"}),
)
BOOKING_CONFIRMED: Final = Kind(
    template="booking.confirmed",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset(),
    group=Group.APPOINTMENTS,
    question=Question.APPOINTMENT,
    states=frozenset({"CONFIRMED"}),
    has_calendar=True,
)
BOOKING_MOVED: Final = Kind(
    template="booking.moved",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"previous_on", "previous_hour"}),
    group=Group.APPOINTMENTS,
    question=Question.APPOINTMENT,
    states=frozenset({"CONFIRMED"}),
    has_calendar=True,
)
BOOKING_CANCELLED: Final = Kind(
    template="booking.cancelled",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"state"}),
    group=Group.APPOINTMENTS,
    question=Question.APPOINTMENT,
    states=frozenset({"CANCELLED_BY_CITIZEN", "CANCELLED_BY_OFFICE"}),
)
BOOKING_EXPIRED: Final = Kind(
    template="booking.expired",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=7),
    variables=frozenset({"channel"}),
    group=Group.APPOINTMENTS,
    question=Question.APPOINTMENT,
    states=frozenset({"EXPIRED"}),
)
BOOKING_REMINDER: Final = Kind(
    template="booking.reminder",
    version=2,
    lane=Lane.REMINDER,
    lifetime=timedelta(days=2),
    variables=frozenset(),
    group=Group.APPOINTMENTS,
    purpose=Purpose.REMINDER,
    question=Question.APPOINTMENT,
    states=frozenset({"CONFIRMED"}),
)
BOOKING_CODE: Final = Kind(
    template="booking.email-code",
    version=2,
    lane=Lane.CODE,
    lifetime=timedelta(minutes=15),
    variables=frozenset(),
    group=Group.APPOINTMENTS,
    channels=frozenset({Channel.EMAIL}),
    question=Question.EMAIL_CODE,
)
PETITION_CODE: Final = Kind(
    template="petition.email-code",
    version=2,
    lane=Lane.CODE,
    lifetime=timedelta(minutes=15),
    variables=frozenset(),
    group=Group.PETITIONS,
    channels=frozenset({Channel.EMAIL}),
    question=Question.EMAIL_CODE,
)
BOOKING_EARLIER: Final = Kind(
    template="booking.earlier",
    version=2,
    lane=Lane.CODE,
    lifetime=timedelta(days=2),
    variables=frozenset({"earlier_on", "earlier_hour", "kept"}),
    group=Group.APPOINTMENTS,
    question=Question.WAITING,
    states=frozenset({"WAITING", "OFFERED"}),
)
APPLICATION_READY: Final = Kind(
    template="application.at-counter",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"told_on"}),
    group=Group.APPOINTMENTS,
    by_consent=frozenset({Channel.SMS}),
    question=Question.APPLICATION,
    states=frozenset({"AT_COUNTER"}),
)
BOOKINGS: Final = {
    kind.template: kind
    for kind in (
        BOOKING_CONFIRM,
        BOOKING_OFFER,
        BOOKING_CONFIRMED,
        BOOKING_MOVED,
        BOOKING_CANCELLED,
        BOOKING_EXPIRED,
        BOOKING_REMINDER,
        BOOKING_CODE,
        BOOKING_EARLIER,
        APPLICATION_READY,
    )
}
"""The messages of appointments, by template: svc-passport-booking is asked about them when they are sent."""
WEBHOOK_STOPPED: Final = Kind(
    template="webhook.stopped",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=7),
    variables=frozenset({"application", "state", "told_on"}),
    group=Group.ACCOUNT,
)
ALL: Final = MappingProxyType(
    {
        kind.template: kind
        for kind in (
            SUBMISSION_REGISTERED,
            PETITION_STEP,
            PETITION_TERM,
            PETITION_MESSAGE,
            GUEST_REGISTERED,
            GUEST_STEP,
            PETITION_REPLY,
            PETITION_DOCUMENTS,
            PETITION_UNREAD,
            AUDIENCE_SCHEDULED,
            AUDIENCE_CONFIRMED,
            AUDIENCE_REMINDER,
            AUDIENCE_STEP,
            ACCOUNT_CONFIRM,
            PASSWORD_RESET,
            ACCOUNT_SECURITY,
            PHONE_CONFIRM,
            REGISTRATION_STEP,
            ACCOUNT_VALIDATED,
            CATALOG_STALE,
            CERTIFICATE_REQUESTED,
            CERTIFICATE_STEP,
            CERTIFICATE_ENDED,
            CERTIFICATE_VERIFIED,
            CERTIFICATE_DUE,
            EXTRACT,
            DRIVER_RECORD,
            RECORD_LINK_OPENED,
            DRIVING_REPORT,
            BOOKING_CONFIRM,
            BOOKING_OFFER,
            BOOKING_CONFIRMED,
            BOOKING_MOVED,
            BOOKING_CANCELLED,
            BOOKING_EXPIRED,
            BOOKING_REMINDER,
            BOOKING_CODE,
            PETITION_CODE,
            BOOKING_EARLIER,
            APPLICATION_READY,
            WEBHOOK_STOPPED,
        )
    }
)
"""Every kind of message of the hub, by template."""
CODES: Final = frozenset(
    {
        ACCOUNT_CONFIRM.template,
        PASSWORD_RESET.template,
        PHONE_CONFIRM.template,
        BOOKING_CODE.template,
        PETITION_CODE.template,
    }
)
"""What brings a code to the address that somebody gave, who need not be who reads it."""
TOLD_STEPS: Final = frozenset({"ISSUED", "MANUAL_REVIEW", "NEEDS_COUNTER", "REJECTED", "CANCELLED"})
"""The states of a request for a certificate that its people are written to about."""
_OF_PURPOSE: Final = {"PASSWORD_RESET": PASSWORD_RESET}
CONFIRM_PAGE: Final = "/appointments/confirm"
"""Where a held appointment is confirmed; the secret stands behind `#`, which no server is sent."""
BOOKINGS_PAGE: Final = "/appointments"
"""Where an appointment is looked at and given up; its code stands behind `#`."""
APPLICATIONS_PAGE: Final = "/appointments/status"
"""Where somebody sees how far an application has come."""
_PAGES: Final = {REGISTRATION_STEP.template: "/account/registrations"}

_PETITION_KINDS: Final = frozenset({"REQUEST", "COMPLAINT", "NOTIFICATION", "PROPOSAL"})
SANDBOX_MARK: Final = "SANDBOX "
"""What stands before a number that no institution has given."""

OG_27_2002: Final = "OG_27_2002_ART_8"


def find(template: str) -> Kind | None:
    """The kind of message with this template; none for a template of an institution."""
    return ALL.get(template)


def page_of(template: str) -> str:
    """The page of the person's account that a message of this template leads to."""
    return _PAGES.get(template, "/account/overview")


def code_kind(purpose: str) -> Kind:
    """The message that brings a code for this purpose."""
    return _OF_PURPOSE.get(purpose, ACCOUNT_CONFIRM)


def legal_basis(petition_kind: str) -> str:
    """What the term of an answer rests on: OG 27/2002 art. 8 (1) for petitions, else empty."""
    return OG_27_2002 if petition_kind in _PETITION_KINDS else ""
