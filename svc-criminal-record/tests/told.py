"""Examples of what is told of requests and certificates, for the contract."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from hub_core.principal import Kind
from hub_events.envelope import Event
from hub_service.access import Action, Result
from hub_service.access import Channel as AccessChannel
from svc_criminal_record.domain.extracts import ExtractState
from svc_criminal_record.domain.products import Channel, HolderKind, Product
from svc_criminal_record.domain.states import State
from svc_criminal_record.events.access import RecordAccessed
from svc_criminal_record.events.certificates import CertificateIssued
from svc_criminal_record.events.changes import CertificateRevoked, CertificateSuperseded
from svc_criminal_record.events.extracts import ExtractDecided
from svc_criminal_record.events.requests import RequestAlarmed, RequestStateChanged, RequestSubmitted

_REQUEST: Final = UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70")
_HOLDER: Final = UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71")
_ACTING: Final = UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b73")
_MANDATE: Final = UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b74")

SUBMITTED: Final = RequestSubmitted(
    request_id=_REQUEST,
    number=123,
    product=Product.CRIMINAL_RECORD,
    channel=Channel.ONLINE,
    state=State.MANUAL_REVIEW,
    holder_kind=HolderKind.PERSON,
    holder_id=_HOLDER,
    acting_person_id=_ACTING,
    mandate_id=_MANDATE,
    requested_on=date(2026, 11, 22),
    due_on=date(2026, 11, 25),
    version=3,
)
CHANGED: Final = RequestStateChanged(
    request_id=_REQUEST,
    number=123,
    product=Product.CRIMINAL_RECORD,
    channel=Channel.ONLINE,
    state=State.ISSUED,
    previous_state=State.MANUAL_REVIEW,
    holder_kind=HolderKind.PERSON,
    holder_id=_HOLDER,
    acting_person_id=_ACTING,
    mandate_id=_MANDATE,
    due_on=date(2026, 11, 25),
    counter_until=None,
    version=5,
)
ALARMED: Final = RequestAlarmed(
    request_id=_REQUEST,
    product=Product.CRIMINAL_RECORD,
    channel=Channel.ONLINE,
    state=State.MANUAL_REVIEW,
    institution_id=None,
    due_on=date(2026, 11, 25),
    version=4,
)
ISSUED: Final = CertificateIssued(
    certificate_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b75"),
    request_id=_REQUEST,
    product=Product.CRIMINAL_RECORD,
    holder_id=_HOLDER,
    issued_at=datetime(2026, 11, 22, 10, tzinfo=UTC),
    valid_until=date(2027, 5, 22),
    version=1,
)
ACCESSED: Final = RecordAccessed(
    line_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b76"),
    actor_id=str(_ACTING),
    actor_kind=Kind.PERSON,
    roles=(),
    institution_id=None,
    on_behalf_of=_HOLDER,
    mandate_id=_MANDATE,
    client_id="demo-portal",
    action=Action.CREATE,
    resource_type="certificate-request",
    resource_id=str(_REQUEST),
    subject_person_id=_HOLDER,
    purpose=None,
    file=None,
    legal_basis="Civil Code art. 1295, 2009",
    channel=AccessChannel.API,
    result=Result.GRANTED,
    request_id="0199f2a47c1e7b3a9d523f6a1c8e4b77",
    withheld_until=None,
    version=1,
)
EXTRACT_DECIDED: Final = ExtractDecided(
    extract_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b75"),
    batch_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b76"),
    institution_id=UUID("0199f2a4-7c1e-5b3a-9d52-3f6a1c8e4b70"),
    person_id=_HOLDER,
    state=ExtractState.ISSUED,
    version=1,
)
REVOKED: Final = CertificateRevoked(
    certificate_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b75"),
    product=Product.CRIMINAL_RECORD,
    holder_id=_HOLDER,
    extract_id=None,
    institution_id=None,
    revoked_at=datetime(2026, 11, 23, 10, tzinfo=UTC),
    version=2,
)
SUPERSEDED: Final = CertificateSuperseded(
    certificate_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b75"),
    superseded_by=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b76"),
    product=Product.CRIMINAL_RECORD,
    holder_id=_HOLDER,
    superseded_at=datetime(2026, 11, 23, 10, tzinfo=UTC),
    version=2,
)
EVENTS: Final[list[Event]] = [
    SUBMITTED,
    CHANGED,
    ALARMED,
    ISSUED,
    REVOKED,
    SUPERSEDED,
    ACCESSED,
    EXTRACT_DECIDED,
]
