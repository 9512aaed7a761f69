"""The feed of events for partners: which there are, what of each is handed on, and who may see it.

`TYPES` is the whole truth: an event type that is not in it is handed on to nobody, and `WITHHELD` says why.
No id of a person is ever handed on, neither of whom an event is about nor of an official; applications
know people by a subject of their own.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.rules import Rules

EVENTS_READ: Final = "events:read"
PETITIONS_READ: Final = "petitions:read"
APPOINTMENTS_READ: Final = "appointments:read"
RECORD_READ: Final = "criminal-record:read"
TRAFFIC_READ: Final = "traffic-history:read"
DRIVING_REPORTS_READ: Final = "driving-reports:read"

KEPT: Final = "notification.events-kept"
"""The rule that says how long an event can be read."""

_ANY: Final = ".*"


@dataclass(frozen=True, slots=True)
class Shown:
    """An event type that partners may see.

    `data` are the members handed on. `person` names the member that says whom it is about, and `scope`
    what an application of theirs needs; without it no person's application sees it. `institution` names
    the member that says whose file it is. `tested_by` names the member with the application whose test it
    is. Without `has_subject` the aggregate's id stands for a person, and is left out.
    """

    data: tuple[str, ...]
    scope: str | None = None
    person: str | None = None
    institution: str | None = None
    tested_by: str | None = None
    is_public: bool = False
    has_subject: bool = True


def _of_petition(*more: str, is_inner: bool = False, tested_by: str | None = None) -> Shown:
    """Of a petition: for its institution and, unless it is an inner matter, who petitioned."""
    return Shown(
        ("version", "petition_id", "institution_id", "number", "year", *more),
        scope=None if is_inner else PETITIONS_READ,
        person=None if is_inner else "person_id",
        institution="institution_id",
        tested_by=tested_by,
    )


def _of_person(scope: str, *data: str, person: str = "person_id", institution: str | None = None) -> Shown:
    return Shown(("version", *data), scope, person, institution)


def _public(*data: str) -> Shown:
    return Shown(("version", *data), is_public=True)


_FILE: Final = ("kind", "state", "answer_due_on", "channel", "reason")
_REGISTERED: Final = ("registered_on", "answer_due_on", "kind")
_AUDIENCE: Final = ("state", "sitting_id", "starts_at")
_APPOINTMENT: Final = ("appointment_id", "office_id", "type", "starts_at", "size", "channel", "reason")
_WAITING: Final = ("entry_id", "kind", "type", "size", "opening_id")
_REQUEST: Final = ("request_id", "number", "product", "channel", "state")
_ENTRY: Final = ("entry_id", "code", "entry_version", "status", "provider_id")
_INSTITUTION: Final = (
    *("institution_id", "code", "names", "kind", "parent_id", "county", "counties", "aliases"),
    *("attributions", "accepts_petitions", "addressee", "valid_from", "valid_to"),
)
_OPENING: Final = (
    *("opening_id", "office_id", "pool_id", "kind", "days_from", "days_to"),
    *("window_from", "window_to", "commitment"),
)

_PETITIONS: Final = {
    "audience.changed": _of_petition(*_AUDIENCE, "came_from", "reason"),
    "audience.reminded": _of_petition(*_AUDIENCE),
    "document.reminded": _of_petition("documents", "due_on"),
    "document.requested": _of_petition("message_id", "document_id", "due_on"),
    "entry.struck": _of_petition("struck_by_year", "struck_by_number", "reason", is_inner=True),
    "file.opened": _of_petition(*_FILE, "forwarded_from"),
    "message.sent": _of_petition("message_id", "side", "documents"),
    "petition.answered": _of_petition(*_FILE, "leader_id"),
    "petition.archived": _of_petition(*_FILE),
    "petition.assigned": _of_petition(*_FILE),
    "petition.clarification-asked": _of_petition(*_FILE),
    "petition.classed": _of_petition(*_FILE),
    "petition.entered": _of_petition(*_REGISTERED, "channel"),
    "petition.extended": _of_petition(*_FILE),
    "petition.forwarded": _of_petition(*_FILE),
    "petition.joined": _of_petition(*_FILE, "leader_id"),
    "petition.registered": _of_petition(*_REGISTERED, "channel"),
    "petition.withdrawn": _of_petition(*_FILE),
    "sandbox-petition.registered": _of_petition(*_REGISTERED, tested_by="client_id"),
    "term.warned": _of_petition("kind", "state", "answer_due_on", "warning", "days_left", is_inner=True),
}
_PASSPORT_BOOKING: Final = {
    "application.state-changed": _of_person(
        APPOINTMENTS_READ, "application_id", "office_id", "type", "state"
    ),
    "appointment.cancelled": _of_person(APPOINTMENTS_READ, *_APPOINTMENT, "state"),
    "appointment.checked-in": _of_person(APPOINTMENTS_READ, *_APPOINTMENT),
    "appointment.confirmed": _of_person(APPOINTMENTS_READ, *_APPOINTMENT),
    "appointment.expired": _of_person(APPOINTMENTS_READ, *_APPOINTMENT),
    "appointment.held": _of_person(APPOINTMENTS_READ, *_APPOINTMENT, "held_until", "replaces_id"),
    "appointment.missed": _of_person(APPOINTMENTS_READ, *_APPOINTMENT),
    "appointment.moved": _of_person(
        APPOINTMENTS_READ, *_APPOINTMENT, "previous_office_id", "previous_starts_at"
    ),
    "appointment.refused": _of_person(APPOINTMENTS_READ, *_APPOINTMENT),
    "appointment.reminded": _of_person(APPOINTMENTS_READ, *_APPOINTMENT, "reminder"),
    "appointment.served": _of_person(APPOINTMENTS_READ, *_APPOINTMENT),
    "bridge-day.declared": _public("day", "legal_basis", "institution_id"),
    "bridge-day.removed": _public("day", "legal_basis", "institution_id"),
    "day.announced": _public(*_OPENING),
    "office.closed": _public("office_id", "closure_id", "starts_at", "ends_at", "reason"),
    "office.reopened": _public("office_id", "closure_id", "reopened_at"),
    "waiting.joined": _of_person(APPOINTMENTS_READ, *_WAITING),
    "waiting.left": _of_person(APPOINTMENTS_READ, *_WAITING, "end_reason"),
    "waiting.offered": _of_person(
        APPOINTMENTS_READ, *_WAITING, "appointment_id", "office_id", "starts_at", "offered_until"
    ),
    "waiting.told": _of_person(APPOINTMENTS_READ, *_WAITING, "slot_id", "office_id", "starts_at"),
}
_CRIMINAL_RECORD: Final = {
    "certificate.issued": _of_person(
        *(RECORD_READ, "certificate_id", "request_id", "product", "issued_at", "valid_until"),
        person="holder_id",
    ),
    "certificate.revoked": _of_person(
        *(RECORD_READ, "certificate_id", "product", "extract_id", "institution_id", "revoked_at"),
        person="holder_id",
        institution="institution_id",
    ),
    "certificate.superseded": _of_person(
        *(RECORD_READ, "certificate_id", "superseded_by", "product", "superseded_at"), person="holder_id"
    ),
    "certificate.verified": _of_person(RECORD_READ, "certificate_id", "verification_id", "way"),
    "extract.decided": _of_person(
        *(RECORD_READ, "extract_id", "batch_id", "institution_id", "state"), institution="institution_id"
    ),
    "request.alarmed": Shown(
        ("version", "request_id", "product", "channel", "state", "institution_id", "due_on"),
        institution="institution_id",
    ),
    "request.state-changed": _of_person(
        *(RECORD_READ, *_REQUEST, "previous_state", "due_on", "counter_until"), person="holder_id"
    ),
    "request.submitted": _of_person(*(RECORD_READ, *_REQUEST, "requested_on", "due_on"), person="holder_id"),
}
_TRAFFIC_HISTORY: Final = {
    "driving-report.moved": _of_person(
        DRIVING_REPORTS_READ, "driving_report_id", "number", "state", "reason", "upload_by"
    ),
    "history-document.issued": _of_person(TRAFFIC_READ, "document_id"),
    "licence.changed": Shown(("version",), TRAFFIC_READ, "person_id", has_subject=False),
    "line.changed": _of_person(TRAFFIC_READ, "proces_verbal_id"),
    "points.expired": Shown(("version",), TRAFFIC_READ, "person_id", has_subject=False),
    "record-link.opened": _of_person(TRAFFIC_READ, "link_id", "opening_id", "document_id"),
    "suspension.moved": _of_person(TRAFFIC_READ, "suspension_id"),
}
_CATALOG: Final = {
    "entry.published": _public(*_ENTRY),
    "entry.resumed": _public(*_ENTRY),
    "entry.retired": _public(*_ENTRY),
    "entry.stale": Shown(("version", *_ENTRY, "titles", "due_on", "reminder"), institution="provider_id"),
    "entry.suspended": _public(*_ENTRY, "until"),
    "institution.changed": _public(*_INSTITUTION),
    "rule.changed": _public("code", "rows"),
}

TYPES: Final[Mapping[str, Shown]] = {
    f"hub.{source}.{name}.v1": shown
    for source, names in {
        "petitions": _PETITIONS,
        "passport-booking": _PASSPORT_BOOKING,
        "criminal-record": _CRIMINAL_RECORD,
        "traffic-history": _TRAFFIC_HISTORY,
        "catalog": _CATALOG,
    }.items()
    for name, shown in names.items()
}

_OF_THE_HUB: Final = "the order to send a message: its word is in the message"
_OF_THE_LOG: Final = "a line of a person's access log, which only that person reads, some lines later"
WITHHELD: Final[Mapping[str, str]] = {
    "hub.petitions.email-code.requested.v1": _OF_THE_HUB,
    "hub.petitions.message.unread.v1": "whether the other side has opened a message is theirs to know",
    "hub.petitions.record.accessed.v1": _OF_THE_LOG,
    "hub.passport-booking.appointment.message-requested.v1": _OF_THE_HUB,
    "hub.passport-booking.email-code.requested.v1": _OF_THE_HUB,
    "hub.passport-booking.record.accessed.v1": _OF_THE_LOG,
    "hub.criminal-record.record.accessed.v1": _OF_THE_LOG,
    "hub.traffic-history.record.accessed.v1": _OF_THE_LOG,
    "hub.identity.*": "who somebody is and how they sign in: applications learn it by OpenID Connect",
    "hub.notify.*": "of messages: their senders read it in their own feed of orders",
}
"""Why a type, or all of a service, is handed on to nobody."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event as it was heard: `data` has every member that its publisher tells."""

    id: UUID
    type: str
    key: str
    time: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event that partners may see, and who of them.

    `body` is the CloudEvent (JSON) that they get. `sandbox_client_id` is the application whose test it is;
    none of what happened in earnest.
    """

    id: UUID
    type: str
    subject: str | None
    time: datetime
    institution_id: UUID | None
    person_id: UUID | None
    scope: str | None
    is_public: bool
    sandbox_client_id: str | None
    body: bytes
    position: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a client for its institution, a person's token, or an application for itself.

    `scopes` are those of the token. A sandbox reader is an application that is being tested.
    """

    client_id: str
    scopes: frozenset[str]
    institution_id: UUID | None = None
    person_id: UUID | None = None
    is_sandbox: bool = False

    @property
    def sandbox_client_id(self) -> str | None:
        """The application whose tests are all that it sees; none where it sees what is in earnest."""
        return self.client_id if self.is_sandbox else None


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person lets an application see, from a moment on, while it is not withdrawn."""

    client_id: str
    person_id: UUID
    scopes: Mapping[str, datetime]


def may_see(reader: Reader, event: FeedEvent, consents: Collection[Consent]) -> bool:
    """Whether a reader may see an event, with the consents that live now.

    An application that stands for itself sees an event of who has agreed both to be followed
    (`events:read`) and to its scope, each before it happened.
    """
    if event.is_public:
        return True
    if event.sandbox_client_id != reader.sandbox_client_id:
        return False
    if reader.institution_id is not None:
        return event.institution_id == reader.institution_id
    if event.person_id is None or event.scope is None:
        return False
    if reader.person_id is not None:
        return event.person_id == reader.person_id and event.scope in reader.scopes
    return any(
        one.client_id == reader.client_id
        and one.person_id == event.person_id
        and all(
            scope in one.scopes and one.scopes[scope] <= event.time for scope in (EVENTS_READ, event.scope)
        )
        for one in consents
    )


def shown(arrival: Arrival) -> FeedEvent:
    """What is handed on of an event, and who may see it; its type is one of `TYPES`."""
    how = TYPES[arrival.type]
    said = arrival.data
    subject = arrival.key if how.has_subject else None
    return FeedEvent(
        id=arrival.id,
        type=arrival.type,
        subject=subject,
        time=arrival.time,
        institution_id=_id(said, how.institution),
        person_id=_id(said, how.person),
        scope=how.scope,
        is_public=how.is_public,
        sandbox_client_id=said[how.tested_by] if how.tested_by else None,
        body=_cloud_event(arrival, subject, {name: said[name] for name in how.data if name in said}),
    )


def _cloud_event(arrival: Arrival, subject: str | None, data: Mapping[str, Any]) -> bytes:
    attributes = {
        "specversion": "1.0",
        "id": str(arrival.id),
        "source": f"/{source_of(arrival.type)}",
        "type": arrival.type,
        "time": arrival.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        **({"subject": subject} if subject else {}),
        "datacontenttype": "application/json",
        "data": data,
    }
    return json.dumps(attributes, ensure_ascii=False, separators=(",", ":")).encode()


def source_of(event_type: str) -> str:
    """The service that tells a type of event."""
    return event_type.split(".")[1]


def matches(pattern: str, event_type: str) -> bool:
    """Whether a type is meant by a filter: itself, or `*` for its last parts (`hub.petitions.*`)."""
    if pattern.endswith(_ANY):
        return event_type.startswith(pattern.removesuffix("*"))
    return event_type == pattern


def meant(patterns: Collection[str]) -> list[str]:
    """The types that some filter means, in their order; all without a filter."""
    return [one for one in TYPES if not patterns or any(matches(pattern, one) for pattern in patterns)]


def kept_since(legal: Rules, now: datetime) -> datetime:
    """Events from before then are no longer kept."""
    return now - timedelta(days=legal.on(KEPT, local_date(now)).whole)


def _id(said: Mapping[str, Any], member: str | None) -> UUID | None:
    value = said.get(member) if member else None
    return UUID(value) if value else None
