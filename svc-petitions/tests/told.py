"""One event of each kind, as an example for those who listen."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from hub_core.principal import Kind
from hub_events.envelope import Event
from hub_service.access import Action, Channel, Result
from svc_petitions.domain import petitions as domain
from svc_petitions.domain.audiences import Audience, AudienceFile, AudienceState, Mode, Sitting
from svc_petitions.domain.files import File, Solution
from svc_petitions.domain.messages import Message, RequestedDocument, Side
from svc_petitions.domain.registers import StrikeReason
from svc_petitions.domain.states import PetitionState
from svc_petitions.domain.terms import TermWarning
from svc_petitions.events import files
from svc_petitions.events.access import RecordAccessed
from svc_petitions.events.audiences import AudienceChanged, AudienceReminded
from svc_petitions.events.guests import EmailCodeRequested
from svc_petitions.events.messages import DocumentReminded, DocumentRequested, MessageSent, MessageUnread
from svc_petitions.events.petitions import PetitionEntered, PetitionRegistered, SandboxPetitionRegistered
from svc_petitions.events.registers import EntryStruck
from svc_petitions.events.terms import TermWarned

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
    channel=domain.Channel.ONLINE,
    version=1,
)

ENTERED = PetitionEntered(
    channel=domain.Channel.POST,
    version=1,
    **REGISTERED.model_dump(exclude={"version", "channel", "acting_person_id", "mandate_id"}),
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
    client_id="app-0123456789abcdef", version=1, **REGISTERED.model_dump(exclude={"channel", "version"})
)

FILE = File(
    id=REGISTERED.petition_id,
    person_id=REGISTERED.person_id,
    acting_person_id=REGISTERED.acting_person_id,
    institution_id=REGISTERED.institution_id,
    kind=REGISTERED.kind,
    year=REGISTERED.year,
    number=REGISTERED.number,
    registered_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
    registered_on=REGISTERED.registered_on,
    answer_due_on=REGISTERED.answer_due_on,
    answer_rule_id="petition.answer",
    answer_legal_basis="OG nr. 27/2002 art. 8 alin. (1)",
    state=PetitionState.ASSIGNED,
    version=3,
    compartment_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b80"),
    handler_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b81"),
    forwarded_from=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b82"),
)
ANSWERED = replace(FILE, state=PetitionState.ANSWERED, version=8, solution=Solution.FAVOURABLE)
JOINED = replace(
    FILE, state=PetitionState.JOINED, leader_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b83"), handler_id=None
)
OF_FILES: Final[list[Event]] = [
    files.PetitionAssigned.of(FILE, None),
    files.PetitionExtended.of(replace(FILE, state=PetitionState.IN_ANALYSIS), None),
    files.ClarificationAsked.of(replace(FILE, state=PetitionState.AWAITING_CLARIFICATION), None),
    files.PetitionForwarded.of(replace(FILE, state=PetitionState.FORWARDED), None),
    files.FileOpened.of(replace(FILE, state=PetitionState.REGISTERED), "FORWARDED"),
    files.PetitionJoined.of(JOINED, None),
    files.PetitionClassed.of(replace(FILE, state=PetitionState.CLASSED), "ANONYMOUS"),
    files.PetitionAnswered.of(ANSWERED, None),
    files.PetitionWithdrawn.of(replace(FILE, state=PetitionState.WITHDRAWN), None),
    files.PetitionArchived.of(replace(ANSWERED, state=PetitionState.ARCHIVED), None),
]

CODE_REQUESTED = EmailCodeRequested(code_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b77"), version=1)

WARNED = TermWarned.of(
    FILE, TermWarning.DAYS, [UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b81")], date(2026, 12, 16)
)

STRUCK = EntryStruck(
    petition_id=REGISTERED.petition_id,
    institution_id=REGISTERED.institution_id,
    year=2026,
    number=123,
    struck_by_year=2026,
    struck_by_number=130,
    reason=StrikeReason.ENTERED_TWICE,
    official_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b84"),
    version=130,
)

DOCUMENT = RequestedDocument(
    UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b86"), "Copia actului de identitate", date(2026, 12, 4)
)
MESSAGE = Message(
    id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b85"),
    petition_id=FILE.id,
    institution_id=FILE.institution_id,
    side=Side.INSTITUTION,
    sender_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b81"),
    text="Vă rog să trimiteți o copie.",
    sent_at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    documents=(DOCUMENT,),
)
OF_THREADS: Final[list[Event]] = [
    MessageSent.of(FILE, MESSAGE, 1),
    MessageUnread.of(FILE, Side.PETITIONER, 2),
    DocumentRequested.of(FILE, MESSAGE, DOCUMENT),
    DocumentReminded.of(FILE, [DOCUMENT.due_on]),
]

SITTING = Sitting(
    id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b90"),
    institution_id=REGISTERED.institution_id,
    function="Director general",
    host_id=None,
    mode=Mode.IN_PERSON,
    place="Strada Exemplului nr. 1, camera 12",
    starts_at=datetime(2026, 12, 2, 8, 0, tzinfo=UTC),
    minutes=15,
    places=8,
    topics=("PASSPORTS",),
    made_by=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b84"),
)
AUDIENCE = AudienceFile(
    audience=Audience(
        petition_id=REGISTERED.petition_id,
        institution_id=REGISTERED.institution_id,
        topic="PASSPORTS",
        state=AudienceState.SCHEDULED,
        version=2,
        person_id=REGISTERED.person_id,
        sitting_id=SITTING.id,
        place=2,
    ),
    number=REGISTERED.number,
    year=REGISTERED.year,
    file_state=PetitionState.TRIAGE,
    registered_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
    registered_on=REGISTERED.registered_on,
    answer_due_on=REGISTERED.answer_due_on,
    acting_person_id=REGISTERED.acting_person_id,
    language="ro",
    sitting=SITTING,
)
OF_AUDIENCES: Final[list[Event]] = [
    AudienceChanged.of(AUDIENCE, AudienceState.REQUESTED, None),
    AudienceReminded.of(AUDIENCE),
]

EVENTS: Final[list[Event]] = [
    REGISTERED,
    ENTERED,
    SANDBOX_REGISTERED,
    ACCESSED,
    CODE_REQUESTED,
    *OF_AUDIENCES,
    *OF_FILES,
    *OF_THREADS,
    WARNED,
    STRUCK,
]
