"""Files: lists of work, and each step of officials. HTTP and nothing else."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from hub_core.clock import local_date
from hub_core.decisions import FourEyes, OwnCase
from hub_service import paging, policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import handling, leading, registering, registry, signing, working
from ..domain.files import File
from ..domain.states import PetitionState
from ..errors.choices import NoAddressee
from ..errors.files import FileNotFound, FileStateForbids
from ..errors.handling import (
    AlreadySentOn,
    AnswerWanted,
    AuthorityComplainedOf,
    ConflictOfInterest,
    CrimeNotSentOn,
    DraftMissing,
    ExtendedAlready,
    ExtensionTooLong,
    ForwardedToItself,
    HandlerElsewhere,
    LeadsOthers,
    NotAnonymous,
    NotAnsweredBefore,
    NothingToJoin,
    NotTheHandler,
    SaysSomethingNew,
    TermHasPassed,
)
from ..errors.petitions import InstitutionAcceptsNoPetitions, InstitutionUnknown
from ..errors.structure import CompartmentClosed, CompartmentNotFound, NotADelegate
from ..operations import answers
from ..operations import files as reading
from ..operations import handling as operations
from ..schemas.files import (
    AskClarification,
    AssignFile,
    ClassFile,
    DraftAnswer,
    ExtendTerm,
    FileView,
    ForwardFile,
    ForwardingView,
    GiveReason,
    JoinedView,
    JoinFiles,
    LoadView,
    OpenedFileView,
    SayOfWhom,
    WorkloadView,
)
from ..storage.workload import Wanted

router = Router(prefix="/petitions/v1", tags=["files"])

FileId = Annotated[schemas.Id, Path(description="The file.")]
_STEP: Final = (FileNotFound, FileStateForbids, OwnCase)
_DECIDED: Final = (*_STEP, ConflictOfInterest)
_IN_HAND: Final = (*_DECIDED, NotTheHandler)
_SIGNED: Final = (*_DECIDED, FourEyes)
OfHandler = Annotated[schemas.Id | None, Query(description="Only those of this handler.")]
InCompartment = Annotated[schemas.Id | None, Query(description="Only those of this compartment.")]
InState = Annotated[
    PetitionState | None, Query(description="Only those that stand here; none of them has ended.")
]
HOT: Final = (
    *("list_files", "triage_file", "assign_file", "accept_file"),
    *("draft_answer", "approve_answer", "sign_answer", "send_answer"),
)
"""What is done with nearly every petition."""


def _view(file: File, now: Now) -> FileView:
    return FileView.of(file, local_date(now))


@router.get("/files", summary="List the files to work on", **working())
async def list_files(
    asked: paging.Asked,
    official: policy.Acting,
    session: Session,
    now: Now,
    handler_id: OfHandler = None,
    compartment_id: InCompartment = None,
    state: InState = None,
) -> paging.Page[FileView]:
    """The files of your institution on which somebody has to act, what is due first first.

    What is overdue comes first, and stays until it is answered. It says nothing of what petitions say:
    opening one does. A petition that is joined to another one is there by that one, which has the
    earliest term of all.
    """
    position = asked.position((date, UUID))
    found = await reading.workload(
        session,
        official,
        Wanted(handler_id, compartment_id, state),
        after=(position[0], position[1]) if position else None,
        limit=asked.rows,
    )
    return asked.page(
        found, position=lambda one: (one.answer_due_on, one.id), view=lambda one: _view(one, now)
    )


@router.get("/workload", summary="Count the files to work on", **working())
async def get_workload(
    official: policy.Acting,
    session: Session,
    now: Now,
    handler_id: OfHandler = None,
    compartment_id: InCompartment = None,
) -> WorkloadView:
    """How many files wait in each state, how many are overdue, how many are due in the next five days."""
    wanted = Wanted(handler_id, compartment_id)
    found = await reading.count(session, official, wanted, now)
    return WorkloadView(items=[LoadView.of(state, load) for state, load in found])


@router.get("/forwarded-files", summary="List what was sent on", **working())
async def list_forwarded_files(
    asked: paging.Asked, official: policy.Acting, session: Session
) -> paging.Page[ForwardingView]:
    """What your institution has sent on to others, by its number, the last first."""
    position = asked.position((int, int))
    found = await reading.sent_on(
        session, official, before=(position[0], position[1]) if position else None, limit=asked.rows
    )
    return asked.page(found, position=lambda one: (one.year, one.number), view=ForwardingView.of)


@router.get("/files/{file_id}", summary="Open a file", **working(FileNotFound, purpose.PurposeRequired))
async def open_file(
    file_id: FileId, official: policy.Acting, stated: purpose.Given, session: Session, now: Now
) -> OpenedFileView:
    """A file with the petition in it and all that happened; the petitioner reads who opened it."""
    opened = await reading.open_file(session, official, file_id, stated, now)
    return OpenedFileView.of(opened, local_date(now))


@router.get("/files/{file_id}/joined-files", summary="List what is joined to a file", **working(FileNotFound))
async def list_joined_files(
    file_id: FileId, asked: paging.Asked, official: policy.Acting, session: Session, now: Now
) -> paging.Page[FileView]:
    """The files that the answer to this one will answer too, in the order of their filing."""
    found = await reading.joined_to(session, official, file_id, after=asked.after(UUID), limit=asked.rows)
    return asked.page(found, position=lambda one: (one.id,), view=lambda one: _view(one, now))


@router.post("/files/{file_id}/triage", summary="Take a petition into triage", **registering(*_STEP))
async def triage_file(
    file_id: FileId, body: SayOfWhom, official: policy.Acting, session: Session, now: Now
) -> FileView:
    """The registry has read a registered petition: whom it complains of, whether it reports a crime."""
    moved = await operations.triage(
        session, official, file_id, body.complained_of, now, reports_crime=body.reports_crime
    )
    return _view(moved, now)


@router.post(
    "/files/{file_id}/complained-of", summary="Say whom a petition complains of", **registry(*_DECIDED)
)
async def say_complained_of(
    file_id: FileId, body: SayOfWhom, official: policy.Acting, session: Session, now: Now
) -> FileView:
    """Put right what was said at triage. Who is complained of, or works under who is, has no say in it."""
    moved = await operations.say_of_whom(
        session, official, file_id, body.complained_of, now, reports_crime=body.reports_crime
    )
    return _view(moved, now)


@router.post(
    "/files/{file_id}/class",
    summary="File a petition away",
    **leading(
        *(*_DECIDED, AnswerWanted, CrimeNotSentOn, LeadsOthers, NotAnonymous),
        *(NotAnsweredBefore, SaysSomethingNew),
    ),
)
async def class_file(
    file_id: FileId, body: ClassFile, official: policy.Acting, session: Session, now: Now
) -> FileView:
    """File away what nobody signed (art. 7), or what the same petitioner was answered before (art. 10(2)).

    The earlier petition gets a note. With one new fact in it a petition is a new one, and is answered. What
    reports a crime is sent to the police all the same, under a number of the register.
    """
    moved = await operations.file_away(
        *(session, official, file_id, body.reason, body.repeats, now),
        says_something_new=body.says_something_new,
        sent_to=body.sent_to,
    )
    return _view(moved, now)


@router.post("/files/{file_id}/join", summary="Join petitions to a file", **leading(*_DECIDED, NothingToJoin))
async def join_files(
    file_id: FileId, body: JoinFiles, official: policy.Acting, session: Session, now: Now
) -> JoinedView:
    """Join petitions of the same petitioner about the same problem, in one act (art. 10(1)).

    This file leads: it keeps the earliest term of all, and its answer is that of each; each keeps its
    number. Thousands are joined as fast as they are stored.
    """
    joined = await operations.join(session, official, file_id, body.petition_ids, now)
    return JoinedView.of(joined, local_date(now))


@router.post("/files/{file_id}/separate", summary="Take a joined petition out", **leading(*_DECIDED))
async def separate_file(file_id: FileId, official: policy.Acting, session: Session, now: Now) -> FileView:
    """It asks for something else as well: it stands by itself again, with its own term."""
    return _view(await operations.separate(session, official, file_id, now), now)


@router.post(
    "/files/{file_id}/forward",
    summary="Send a file on",
    **leading(
        *(*_STEP, LeadsOthers, AlreadySentOn, ForwardedToItself),
        *(InstitutionUnknown, InstitutionAcceptsNoPetitions, NoAddressee),
    ),
)
async def forward_file(
    file_id: FileId, body: ForwardFile, official: policy.Acting, session: Session, now: Now
) -> FileView:
    """Send a petition on to who is competent, within five days of its registration (art. 6^1).

    Where you name nobody it goes to the structure that the registry has chosen, with the reason for that
    choice. The clock of your institution ends. An institution of the hub has it in its register at once,
    and its own clock begins; the petitioner keeps the number they know, and is told. It never goes back to
    an institution that has sent it on, unless you say why.
    """
    return _view(await operations.forward(session, official, file_id, body.to(), body.reason, now), now)


@router.post(
    "/files/{file_id}/assign",
    summary="Give a file to a handler",
    **leading(*_DECIDED, AuthorityComplainedOf, CompartmentNotFound, CompartmentClosed, HandlerElsewhere),
)
async def assign_file(
    file_id: FileId, body: AssignFile, official: policy.Acting, session: Session, now: Now
) -> FileView:
    """Give a file to an official of a compartment, or to another one.

    Neither who is complained of nor who works under them gets it (art. 11). Where the petition is against
    the head of the institution, it goes to the authority above.
    """
    moved = await operations.assign(
        *(session, official, file_id, body.compartment_id, body.handler_id, body.instruction, now)
    )
    return _view(moved, now)


@router.post("/files/{file_id}/accept", summary="Take up a file", **handling(*_IN_HAND))
async def accept_file(file_id: FileId, official: policy.Acting, session: Session, now: Now) -> FileView:
    """You work on the file that you were given."""
    return _view(await operations.accept(session, official, file_id, now), now)


@router.post(
    "/files/{file_id}/hand-back",
    summary="Give a file back",
    **handling(FileNotFound, FileStateForbids, NotTheHandler),
)
async def hand_back_file(
    file_id: FileId, body: GiveReason, official: policy.Acting, session: Session, now: Now
) -> FileView:
    """It is not for you or your compartment: the head gives it to another, or sends it on."""
    return _view(await operations.hand_back(session, official, file_id, body.reason, now), now)


@router.post("/files/{file_id}/clarification", summary="Ask the petitioner something", **handling(*_IN_HAND))
async def ask_file_clarification(
    file_id: FileId, body: AskClarification, official: policy.Acting, session: Session, now: Now
) -> FileView:
    """Ask the petitioner for a clarification. The term of the answer goes on."""
    asked = await operations.ask_clarification(session, official, file_id, body.question, now)
    return _view(asked, now)


@router.post("/files/{file_id}/resume", summary="Go on without the petitioner", **handling(*_IN_HAND))
async def resume_file(file_id: FileId, official: policy.Acting, session: Session, now: Now) -> FileView:
    """Go on with a file whose petitioner has not answered, or has answered another way."""
    return _view(await operations.resume(session, official, file_id, now), now)


@router.post(
    "/files/{file_id}/extension",
    summary="Extend the term",
    **leading(*_DECIDED, ExtendedAlready, TermHasPassed, ExtensionTooLong),
)
async def extend_file_term(
    file_id: FileId, body: ExtendTerm, official: policy.Acting, session: Session, now: Now
) -> FileView:
    """Extend the term of the answer once, before it is over, where more has to be looked into (art. 9).

    The petitioner is told, and why.
    """
    return _view(await operations.extend(session, official, file_id, body.days, body.reason, now), now)


@router.post("/files/{file_id}/draft", summary="Draft the answer", **handling(*_IN_HAND))
async def draft_answer(
    file_id: FileId, body: DraftAnswer, official: policy.Acting, session: Session, now: Now
) -> FileView:
    """Write the answer, with the law that the solution rests on (art. 13); another one approves it."""
    return _view(await answers.write(session, official, file_id, body.answer(), now), now)


@router.post("/files/{file_id}/approve", summary="Approve the draft", **leading(*_SIGNED))
async def approve_answer(file_id: FileId, official: policy.Acting, session: Session, now: Now) -> FileView:
    """Approve what another one drafted."""
    return _view(await answers.approve(session, official, file_id, now), now)


@router.post("/files/{file_id}/return", summary="Return the draft", **signing(*_DECIDED, DraftMissing))
async def return_answer(
    file_id: FileId, body: GiveReason, official: policy.Acting, session: Session, now: Now
) -> FileView:
    """Return a draft to its handler, with the reason."""
    return _view(await answers.give_back(session, official, file_id, body.reason, now), now)


@router.post("/files/{file_id}/sign", summary="Sign the answer", **signing(*_SIGNED, NotADelegate))
async def sign_answer(file_id: FileId, official: policy.Acting, session: Session, now: Now) -> FileView:
    """Sign what another one drafted: as the head, or by a delegation that holds today."""
    return _view(await answers.sign(session, official, file_id, now), now)


@router.post("/files/{file_id}/send", summary="Send the answer", **registering(*_DECIDED))
async def send_answer(file_id: FileId, official: policy.Acting, session: Session, now: Now) -> FileView:
    """Send the signed answer out under a number of the register; it answers all that are joined to it."""
    return _view(await answers.send(session, official, file_id, now), now)
