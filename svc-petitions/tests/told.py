"""One event of each kind, as an example for those who listen."""

from datetime import date
from typing import Final
from uuid import UUID

from hub_core.principal import Kind
from hub_events.envelope import Event
from hub_service.access import Action, Channel, Result
from svc_petitions.domain import petitions as domain
from svc_petitions.events.access import RecordAccessed
from svc_petitions.events.petitions import PetitionRegistered, SandboxPetitionRegistered

REGISTERED = PetitionRegistered(
    petition_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"),
    person_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71"),
    acting_person_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b73"),
    mandate_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b74"),
    institution_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b72"),
    number=123,
    year=2026,
    registered_on=date(2026, 11, 21),
    answer_due_on=date(2026, 12, 21),
    kind=domain.PetitionKind.REQUEST,
    version=1,
)

ACCESSED = RecordAccessed(
    line_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b75"),
    actor_id="0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b73",
    actor_kind=Kind.PERSON,
    roles=(),
    institution_id=None,
    on_behalf_of=REGISTERED.person_id,
    mandate_id=REGISTERED.mandate_id,
    client_id="demo-portal",
    action=Action.READ,
    resource_type="petition",
    resource_id=str(REGISTERED.petition_id),
    subject_person_id=REGISTERED.person_id,
    purpose=None,
    file=None,
    legal_basis=domain.REPRESENTATION,
    channel=Channel.API,
    result=Result.GRANTED,
    request_id="0199f2a47c1e7b3a9d523f6a1c8e4b76",
    withheld_until=None,
    version=1,
)

SANDBOX_REGISTERED = SandboxPetitionRegistered(
    client_id="app-0123456789abcdef", version=1, **REGISTERED.model_dump(exclude={"version"})
)

EVENTS: Final[list[Event]] = [REGISTERED, SANDBOX_REGISTERED, ACCESSED]
