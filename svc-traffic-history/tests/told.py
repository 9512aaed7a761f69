"""Examples of what is told of records, for the contract."""

from typing import Final
from uuid import UUID

from hub_core.principal import Kind, Role
from hub_events.envelope import Event
from hub_service.access import Action, Result
from hub_service.access import Channel as AccessChannel
from hub_service.purpose import Purpose
from svc_traffic_history.events.access import RecordAccessed
from svc_traffic_history.events.driving_reports import DrivingReportMoved
from svc_traffic_history.events.history_documents import HistoryIssued, RecordLinkOpened
from svc_traffic_history.events.ledger import (
    LicenceChanged,
    LineChanged,
    PointsExpired,
    SuspensionMoved,
)

ACCESSED: Final = RecordAccessed(
    line_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b76"),
    actor_id="0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b73",
    actor_kind=Kind.PERSON,
    roles=(Role.TRAFFIC_OFFICER,),
    institution_id=UUID("39d62b88-9ccb-5653-a7d6-77ac8931e031"),
    on_behalf_of=None,
    mandate_id=None,
    client_id="demo-office",
    action=Action.READ,
    resource_type="driver-record",
    resource_id="0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70",
    subject_person_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71"),
    purpose=Purpose.CASE_HANDLING,
    file="41/2026",
    legal_basis="OUG nr. 195/2002",
    channel=AccessChannel.API,
    result=Result.GRANTED,
    request_id="0199f2a47c1e7b3a9d523f6a1c8e4b77",
    withheld_until=None,
    version=1,
)
LINE: Final = LineChanged(
    driver_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"),
    person_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71"),
    proces_verbal_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b72"),
    version=2,
)
SUSPENSION: Final = SuspensionMoved(
    suspension_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b74"),
    driver_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"),
    person_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71"),
    version=1,
)
LICENCE: Final = LicenceChanged(
    driver_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"),
    person_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71"),
    version=1,
)
EXPIRED: Final = PointsExpired(
    driver_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"),
    person_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71"),
    version=1,
)
DRIVING_REPORT: Final = DrivingReportMoved(
    driving_report_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b75"),
    person_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b78"),
    number="CA-2026-000123",
    state="UNDER_REVIEW",
    version=4,
)
ISSUED: Final = HistoryIssued(
    document_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b79"),
    person_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71"),
    version=1,
)
OPENED: Final = RecordLinkOpened(
    link_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b7a"),
    opening_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b7b"),
    document_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b79"),
    person_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71"),
    version=2,
)
EVENTS: Final[list[Event]] = [ACCESSED, DRIVING_REPORT, ISSUED, EXPIRED, LICENCE, LINE, OPENED, SUSPENSION]
