"""One event of each kind, as the contract shows them."""

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from hub_core.principal import Kind
from hub_events.envelope import Event
from hub_service.access import Action, Result
from hub_service.access import Channel as AccessChannel
from svc_passport_booking.domain.applications import Stage
from svc_passport_booking.domain.closures import ClosureReason
from svc_passport_booking.domain.openings import Kind as OpeningKind
from svc_passport_booking.domain.reminders import Reminder
from svc_passport_booking.domain.states import Channel, State
from svc_passport_booking.domain.waiting import EndReason
from svc_passport_booking.domain.waiting import Kind as WaitingKind
from svc_passport_booking.events.access import RecordAccessed
from svc_passport_booking.events.applications import ApplicationStateChanged
from svc_passport_booking.events.appointments import (
    AppointmentCancelled,
    AppointmentCheckedIn,
    AppointmentConfirmed,
    AppointmentExpired,
    AppointmentHeld,
    AppointmentMessageRequested,
    AppointmentMissed,
    AppointmentMoved,
    AppointmentRefused,
    AppointmentReminded,
    AppointmentServed,
)
from svc_passport_booking.events.bridge_days import BridgeDayDeclared, BridgeDayRemoved
from svc_passport_booking.events.guests import EmailCodeRequested
from svc_passport_booking.events.offices import OfficeClosed, OfficeReopened
from svc_passport_booking.events.openings import DayAnnounced
from svc_passport_booking.events.waiting import WaitingJoined, WaitingLeft, WaitingOffered, WaitingTold

_PERSON: Final = UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71")
_APPOINTMENT: Final[dict[str, Any]] = {
    "appointment_id": UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"),
    "office_id": UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b72"),
    "type": "PE",
    "starts_at": datetime(2026, 12, 3, 7, 30, tzinfo=UTC),
    "size": 2,
    "person_id": _PERSON,
    "channel": Channel.ONLINE,
    "reason": None,
}
_ENTRY: Final[dict[str, Any]] = {
    "entry_id": UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b78"),
    "kind": WaitingKind.PLACE,
    "type": "PE",
    "size": 2,
    "person_id": _PERSON,
    "opening_id": None,
}
_ALERT: Final = _ENTRY | {"kind": WaitingKind.ALERT}
_OFFICE: Final = UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b72")
_STARTS_AT: Final = datetime(2026, 12, 3, 7, 30, tzinfo=UTC)
_GUEST: Final = _APPOINTMENT | {"person_id": None}

EVENTS: list[Event] = [
    AppointmentHeld(
        **_GUEST, held_until=datetime(2026, 11, 22, 10, 30, tzinfo=UTC), replaces_id=None, version=1
    ),
    AppointmentConfirmed(**_APPOINTMENT, version=1),
    AppointmentMessageRequested(**_GUEST, held_until=datetime(2026, 11, 22, 10, 30, tzinfo=UTC), version=1),
    AppointmentExpired(**_GUEST, version=2),
    AppointmentCancelled(**_APPOINTMENT, state=State.CANCELLED_BY_CITIZEN, version=2),
    AppointmentMoved(
        **_APPOINTMENT,
        previous_office_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b73"),
        previous_starts_at=datetime(2026, 12, 1, 7, 30, tzinfo=UTC),
        version=2,
    ),
    AppointmentCheckedIn(**_APPOINTMENT, version=2),
    AppointmentServed(**_APPOINTMENT, version=3),
    AppointmentRefused(**(_APPOINTMENT | {"reason": "DOCUMENTS_MISSING"}), version=3),
    AppointmentMissed(**_APPOINTMENT, version=2),
    AppointmentReminded(**_GUEST, reminder=Reminder.FIRST, version=2),
    ApplicationStateChanged(
        application_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b78"),
        office_id=_APPOINTMENT["office_id"],
        type="PE",
        state=Stage.AT_COUNTER,
        person_id=_PERSON,
        wants_message=True,
        version=5,
    ),
    RecordAccessed(
        line_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b76"),
        actor_id="0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b74",
        actor_kind=Kind.PERSON,
        roles=(),
        institution_id=None,
        on_behalf_of=_PERSON,
        mandate_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b75"),
        client_id="demo-portal",
        action=Action.CREATE,
        resource_type="appointment",
        resource_id="0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70",
        subject_person_id=_PERSON,
        purpose=None,
        file=None,
        legal_basis="Civil Code art. 1295, 2009",
        channel=AccessChannel.API,
        result=Result.GRANTED,
        request_id="0199f2a47c1e7b3a9d523f6a1c8e4b77",
        withheld_until=None,
        version=1,
    ),
    BridgeDayDeclared(
        day=date(2026, 12, 28),
        legal_basis="Hotărârea Guvernului nr. 1/2026",
        institution_id=None,
        version=1,
    ),
    BridgeDayRemoved(
        day=date(2026, 12, 28),
        legal_basis="Hotărârea Guvernului nr. 1/2026",
        institution_id=None,
        version=2,
    ),
    OfficeClosed(
        office_id=_APPOINTMENT["office_id"],
        closure_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b78"),
        starts_at=datetime(2026, 12, 3, 7, tzinfo=UTC),
        ends_at=datetime(2026, 12, 4, 15, tzinfo=UTC),
        reason=ClosureReason.POWER,
        version=1,
    ),
    OfficeReopened(
        office_id=_APPOINTMENT["office_id"],
        closure_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b78"),
        reopened_at=datetime(2026, 12, 3, 12, tzinfo=UTC),
        version=2,
    ),
    EmailCodeRequested(code_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b77"), version=1),
    WaitingJoined(**_ENTRY, version=1),
    WaitingOffered(
        **_ENTRY,
        appointment_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"),
        office_id=_OFFICE,
        starts_at=_STARTS_AT,
        offered_until=datetime(2026, 11, 22, 10, 15, tzinfo=UTC),
        version=2,
    ),
    WaitingTold(**_ALERT, slot_id=48213, office_id=_OFFICE, starts_at=_STARTS_AT, version=2),
    WaitingLeft(**_ENTRY, end_reason=EndReason.BOOKED, version=3),
    DayAnnounced(
        opening_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b79"),
        office_id=_OFFICE,
        pool_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b7a"),
        kind=OpeningKind.DRAW,
        days_from=date(2027, 2, 22),
        days_to=date(2027, 2, 26),
        window_from=datetime(2026, 11, 30, 7, tzinfo=UTC),
        window_to=datetime(2026, 11, 30, 10, tzinfo=UTC),
        commitment="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        version=1,
    ),
]
