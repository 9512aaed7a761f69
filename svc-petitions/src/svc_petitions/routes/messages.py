"""What institutions and petitioners write to each other: HTTP and nothing else."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path

from hub_core.decisions import OwnCase
from hub_service import paging, policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Keys, handling
from ..errors.attachments import AttachmentUnknown, TooManyAttachments
from ..errors.files import FileNotFound
from ..errors.handling import ConflictOfInterest, NotTheHandler
from ..errors.messages import (
    DocumentDayPast,
    DocumentNotAsked,
    DocumentTypeRefused,
    MessageNotFound,
    ThreadClosed,
)
from ..errors.petitions import PetitionNotFound
from ..operations import messages as operations
from ..schemas.messages import FileMessageView, MessageView, WriteToInstitution, WriteToPetitioner
from .petitions import READ, WRITE

router = Router(prefix="/petitions/v1", tags=["messages"])

FileId = Annotated[schemas.Id, Path(description="The file.")]
MessageId = Annotated[schemas.Id, Path(description="The message.")]
PetitionId = Annotated[schemas.Id, Path(description="The petition's identifier.")]
_OF_FILES: Final = (TooManyAttachments, AttachmentUnknown)
_IN_CHARGE: Final = (FileNotFound, OwnCase, ConflictOfInterest, NotTheHandler)


@router.get(
    "/files/{file_id}/messages",
    summary="List the messages of a file",
    **handling(*_IN_CHARGE, purpose.PurposeRequired),
)
async def list_file_messages(
    file_id: FileId,
    asked: paging.Asked,
    official: policy.Acting,
    stated: purpose.Given,
    session: Session,
    keys: Keys,
    now: Now,
) -> paging.Page[FileMessageView]:
    """What the petitioner and your institution wrote to each other, the newest first.

    For who works on the file, and for heads; the petitioner reads who opened it.
    """
    found = await operations.read_as_official(
        session, keys, official, file_id, stated, asked.after(UUID), asked.rows, now
    )
    return asked.page(found, position=lambda one: (one.id,), view=FileMessageView.of)


@router.post(
    "/files/{file_id}/messages",
    status_code=201,
    summary="Write to the petitioner",
    **handling(*_IN_CHARGE, ThreadClosed, DocumentDayPast, *_OF_FILES),
)
async def write_to_petitioner(
    body: WriteToPetitioner,
    file_id: FileId,
    official: policy.Acting,
    session: Session,
    keys: Keys,
    now: Now,
) -> FileMessageView:
    """Write to the petitioner, send files along, and ask for documents, each until a last day.

    It cannot be changed afterwards. The term of the answer goes on. The petitioner gets an e-mail that says
    that there is a message, and not what it says.
    """
    return FileMessageView.of(
        await operations.write_to_petitioner(session, keys, official, file_id, body.written(), now)
    )


@router.post(
    "/files/{file_id}/messages/{message_id}/read",
    summary="Say that a message of the petitioner was read",
    **handling(*_IN_CHARGE, MessageNotFound),
)
async def mark_file_message_read(
    file_id: FileId,
    message_id: MessageId,
    official: policy.Acting,
    session: Session,
    keys: Keys,
    now: Now,
) -> FileMessageView:
    """The petitioner sees when it was; again changes nothing."""
    return FileMessageView.of(
        await operations.note_read_by_official(session, keys, official, file_id, message_id, now)
    )


@router.get(
    "/petitions/{petition_id}/messages",
    summary="List the messages about your petition",
    **policy.operation(READ, mandate=True, raises=(PetitionNotFound,)),
)
async def list_petition_messages(
    petition_id: PetitionId,
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
    keys: Keys,
    now: Now,
) -> paging.Page[MessageView]:
    """What you and the institution wrote to each other, the newest first."""
    found = await operations.read_as_petitioner(
        session, keys, person, petition_id, asked.after(UUID), asked.rows, now
    )
    return asked.page(found, position=lambda one: (one.id,), view=MessageView.of)


@router.post(
    "/petitions/{petition_id}/messages",
    status_code=201,
    summary="Write to the institution about your petition",
    **policy.operation(
        WRITE,
        mandate=True,
        raises=(PetitionNotFound, ThreadClosed, DocumentNotAsked, DocumentTypeRefused, *_OF_FILES),
    ),
)
async def write_to_institution(
    body: WriteToInstitution,
    petition_id: PetitionId,
    person: policy.Person,
    session: Session,
    keys: Keys,
    now: Now,
) -> MessageView:
    """Write to the official who works on your petition, until it is answered.

    Say which of the documents that were asked for come with it, and which file is which. It cannot be
    changed afterwards. The official gets an e-mail that says that there is a message, not what it says.
    """
    return MessageView.of(
        await operations.write_to_institution(session, keys, person, petition_id, body.written(), now)
    )


@router.post(
    "/petitions/{petition_id}/messages/{message_id}/read",
    summary="Say that you have read a message",
    **policy.operation(WRITE, mandate=True, raises=(PetitionNotFound, MessageNotFound)),
)
async def mark_petition_message_read(
    petition_id: PetitionId,
    message_id: MessageId,
    person: policy.Person,
    session: Session,
    keys: Keys,
    now: Now,
) -> MessageView:
    """The institution sees when it was: a courtesy, from which no term runs. Again changes nothing."""
    return MessageView.of(
        await operations.note_read_by_petitioner(session, keys, person, petition_id, message_id, now)
    )
