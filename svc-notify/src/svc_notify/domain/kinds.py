"""The kinds of messages: what each takes, how long it is worth sending, where it leads."""

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Final


class Lane(IntEnum):
    """A queue of its own, with connections of its own: what waits in one never delays another."""

    CODE = 0
    NOTICE = 1


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

    `question` is what another service is asked when it is sent; `states` are those of what it is about
    in which the message still tells the truth.
    """

    template: str
    version: int
    lane: Lane
    lifetime: timedelta
    variables: frozenset[str]
    question: Question | None = None
    states: frozenset[str] = frozenset()
    has_calendar: bool = False


SUBMISSION_REGISTERED: Final = Kind(
    template="submission.registered",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"number", "registered_on", "answer_due_on", "institution_id", "legal_basis"}),
)
PETITION_STEP: Final = Kind(
    template="petition.step",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"change", "number", "answer_due_on", "institution_id", "told_on"}),
)
PETITION_TERM: Final = Kind(
    template="petition.term",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=2),
    variables=frozenset({"state", "answer_due_on", "institution_id", "told_on"}),
)
PETITION_MESSAGE: Final = Kind(
    template="petition.message",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"documents", "number", "institution_id", "told_on"}),
)
GUEST_REGISTERED: Final = Kind(
    template="petition.guest-registered",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset(),
    question=Question.GUEST_PETITION,
)
GUEST_STEP: Final = Kind(
    template="petition.guest-step",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"change", "answer_due_on", "told_on"}),
    question=Question.GUEST_PETITION,
)
GUEST_PETITIONS: Final = frozenset({GUEST_REGISTERED.template, GUEST_STEP.template})
"""What is written to who filed without an account: svc-petitions is asked about it when it is sent."""
PETITION_REPLY: Final = Kind(
    template="petition.reply",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=7),
    variables=frozenset({"state", "documents", "number", "institution_id", "told_on"}),
)
PETITION_DOCUMENTS: Final = Kind(
    template="petition.documents",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=2),
    variables=frozenset({"number", "due_on", "institution_id", "told_on"}),
)
PETITION_UNREAD: Final = Kind(
    template="petition.unread",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=7),
    variables=frozenset({"number", "institution_id", "told_on"}),
)
AUDIENCE_SCHEDULED: Final = Kind(
    template="audience.scheduled",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"change", "institution_id"}),
    question=Question.AUDIENCE,
    states=frozenset({"SCHEDULED"}),
    has_calendar=True,
)
AUDIENCE_CONFIRMED: Final = Kind(
    template="audience.confirmed",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"institution_id"}),
    question=Question.AUDIENCE,
    states=frozenset({"CONFIRMED"}),
    has_calendar=True,
)
AUDIENCE_REMINDER: Final = Kind(
    template="audience.reminder",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=2),
    variables=frozenset({"institution_id"}),
    question=Question.AUDIENCE,
    states=frozenset({"SCHEDULED", "CONFIRMED"}),
)
AUDIENCE_STEP: Final = Kind(
    template="audience.step",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"state", "institution_id", "told_on"}),
    question=Question.AUDIENCE,
    states=frozenset({"DECLINED", "IN_WRITING", "REQUESTED"}),
)
AUDIENCES: Final = {
    kind.template: kind for kind in (AUDIENCE_SCHEDULED, AUDIENCE_CONFIRMED, AUDIENCE_REMINDER, AUDIENCE_STEP)
}
"""The messages of audiences, by template: svc-petitions is asked about them when they are sent."""
ACCOUNT_CONFIRM: Final = Kind(
    template="account.confirm",
    version=1,
    lane=Lane.CODE,
    lifetime=timedelta(minutes=15),
    variables=frozenset(),
)
PASSWORD_RESET: Final = Kind(
    template="password.reset",
    version=1,
    lane=Lane.CODE,
    lifetime=timedelta(minutes=15),
    variables=frozenset(),
)
ACCOUNT_SECURITY: Final = Kind(
    template="account.security",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=7),
    variables=frozenset({"change", "changed_on"}),
)
REGISTRATION_STEP: Final = Kind(
    template="registration.step",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"state", "told_on", "institution_id"}),
)
ACCOUNT_VALIDATED: Final = Kind(
    template="account.validated",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"told_on"}),
)
CATALOG_STALE: Final = Kind(
    template="catalog.stale",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"title_ro", "title_hu", "title_en", "due_on", "reminder", "institution_id"}),
)
CERTIFICATE_REQUESTED: Final = Kind(
    template="criminal-record.registered",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"product", "number", "state", "registered_on", "due_on"}),
)
CERTIFICATE_STEP: Final = Kind(
    template="criminal-record.step",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"product", "number", "state", "told_on"}),
)
CERTIFICATE_ENDED: Final = Kind(
    template="criminal-record.certificate",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"product", "change", "told_on"}),
)
CERTIFICATE_VERIFIED: Final = Kind(
    template="criminal-record.verified",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=7),
    variables=frozenset({"told_on"}),
)
CERTIFICATE_DUE: Final = Kind(
    template="criminal-record.due",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=2),
    variables=frozenset({"due_on", "told_on"}),
)
EXTRACT: Final = Kind(
    template="criminal-record.extract",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"change", "institution_id", "told_on"}),
)
DRIVER_RECORD: Final = Kind(
    template="traffic.record",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"told_on"}),
)
RECORD_LINK_OPENED: Final = Kind(
    template="traffic.link-opened",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=7),
    variables=frozenset({"told_on"}),
)
DRIVING_REPORT: Final = Kind(
    template="traffic.report",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"number", "state", "reason", "upload_on", "upload_hour", "told_on"}),
)
BOOKING_CONFIRM: Final = Kind(
    template="booking.confirm",
    version=1,
    lane=Lane.CODE,
    lifetime=timedelta(days=1),
    variables=frozenset(),
    question=Question.APPOINTMENT,
    states=frozenset({"HELD"}),
)
BOOKING_OFFER: Final = Kind(
    template="booking.offer",
    version=1,
    lane=Lane.CODE,
    lifetime=timedelta(days=7),
    variables=frozenset({"channel"}),
    question=Question.APPOINTMENT,
    states=frozenset({"HELD"}),
)
BOOKING_CONFIRMED: Final = Kind(
    template="booking.confirmed",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset(),
    question=Question.APPOINTMENT,
    states=frozenset({"CONFIRMED"}),
    has_calendar=True,
)
BOOKING_MOVED: Final = Kind(
    template="booking.moved",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"previous_on", "previous_hour"}),
    question=Question.APPOINTMENT,
    states=frozenset({"CONFIRMED"}),
    has_calendar=True,
)
BOOKING_CANCELLED: Final = Kind(
    template="booking.cancelled",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"state"}),
    question=Question.APPOINTMENT,
    states=frozenset({"CANCELLED_BY_CITIZEN", "CANCELLED_BY_OFFICE"}),
)
BOOKING_EXPIRED: Final = Kind(
    template="booking.expired",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=7),
    variables=frozenset({"channel"}),
    question=Question.APPOINTMENT,
    states=frozenset({"EXPIRED"}),
)
BOOKING_REMINDER: Final = Kind(
    template="booking.reminder",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=2),
    variables=frozenset(),
    question=Question.APPOINTMENT,
    states=frozenset({"CONFIRMED"}),
)
BOOKING_CODE: Final = Kind(
    template="booking.email-code",
    version=1,
    lane=Lane.CODE,
    lifetime=timedelta(minutes=15),
    variables=frozenset(),
    question=Question.EMAIL_CODE,
)
PETITION_CODE: Final = Kind(
    template="petition.email-code",
    version=1,
    lane=Lane.CODE,
    lifetime=timedelta(minutes=15),
    variables=frozenset(),
    question=Question.EMAIL_CODE,
)
BOOKING_EARLIER: Final = Kind(
    template="booking.earlier",
    version=1,
    lane=Lane.CODE,
    lifetime=timedelta(days=2),
    variables=frozenset({"earlier_on", "earlier_hour", "kept"}),
    question=Question.WAITING,
    states=frozenset({"WAITING", "OFFERED"}),
)
APPLICATION_READY: Final = Kind(
    template="application.at-counter",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"told_on"}),
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


def page_of(template: str) -> str:
    """The page of the person's account that a message of this template leads to."""
    return _PAGES.get(template, "/account/overview")


def code_kind(purpose: str) -> Kind:
    """The message that brings a code for this purpose."""
    return _OF_PURPOSE.get(purpose, ACCOUNT_CONFIRM)


def legal_basis(petition_kind: str) -> str:
    """What the term of an answer rests on: OG 27/2002 art. 8 (1) for petitions, else empty."""
    return OG_27_2002 if petition_kind in _PETITION_KINDS else ""
