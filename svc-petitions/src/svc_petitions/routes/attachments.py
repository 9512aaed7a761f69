"""Files of petitions: HTTP and nothing else."""

from typing import Annotated, Any, Final
from urllib.parse import quote, unquote

from fastapi import Header, Path, Query, Request, Response

from hub_core.decisions import OwnCase
from hub_core.text import normalise
from hub_service import policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Address, Filing, SessionApart, handling, registering, working
from ..domain.attachments import MOST_BYTES, NAME_MAX, Attachment
from ..errors.attachments import (
    AttachmentInfected,
    AttachmentNotFound,
    AttachmentsUnavailable,
    AttachmentTooLarge,
    AttachmentTypeRefused,
    TooManyAttachments,
)
from ..errors.files import FileNotFound
from ..errors.guests import ProofRefused, TriedTooOften
from ..errors.handling import ConflictOfInterest, NotTheHandler
from ..errors.messages import DocumentNotAsked, DocumentTypeRefused
from ..errors.petitions import PetitionNotFound
from ..operations import attachments as operations
from ..operations import guests, messages
from ..schemas.attachments import AttachmentsView, AttachmentView
from .petitions import READ, WRITE

router = Router(prefix="/petitions/v1", tags=["attachments"])

UPLOADS: Final = dict.fromkeys(
    (
        "/petitions/v1/attachments",
        "/petitions/v1/entries/attachments",
        "/petitions/v1/guest-attachments",
        "/petitions/v1/messages/attachments",
    ),
    MOST_BYTES,
)
"""Where larger bodies are taken, with the bytes they may have."""
_REFUSED: Final = (AttachmentTooLarge, AttachmentTypeRefused, AttachmentInfected, AttachmentsUnavailable)
_FILE: Final = {"schema": {"type": "string", "format": "binary", "maxLength": MOST_BYTES}}

PetitionId = Annotated[schemas.Id, Path(description="The petition.")]
MessageId = Annotated[schemas.Id, Path(description="The message.")]
AttachmentId = Annotated[schemas.Id, Path(description="The file.")]
FileName = Annotated[
    str,
    Header(
        alias="File-Name",
        min_length=1,
        max_length=900,
        pattern=r"^[A-Za-z0-9._~%-]+$",
        description="What the file is called, percent-encoded in UTF-8 (RFC 3986).",
        examples=["cerere%20semnat%C4%83.pdf"],
    ),
]


def _taking_a_file(policies: dict[str, Any]) -> dict[str, Any]:
    body = {
        "description": "The file itself.",
        "required": True,
        "content": {"application/octet-stream": _FILE},
    }
    return {**policies, "openapi_extra": {**policies["openapi_extra"], "requestBody": body}}


def _giving_a_file(policies: dict[str, Any]) -> dict[str, Any]:
    answer = {"description": "The file as it was uploaded", "content": {"application/octet-stream": _FILE}}
    return policies | {"responses": policies["responses"] | {200: answer}, "response_class": Response}


@router.post(
    "/attachments",
    status_code=201,
    summary="Upload a file to be attached",
    **_taking_a_file(
        policy.operation(WRITE, mandate=True, raises=(*_REFUSED, DocumentNotAsked, DocumentTypeRefused))
    ),
)
async def upload_attachment(
    request: Request,
    file_name: FileName,
    person: policy.Person,
    session: Session,
    means: Filing,
    now: Now,
    document_id: Annotated[
        schemas.Id | None,
        Query(description="The document that an institution asked you for, if it is one."),
    ] = None,
) -> AttachmentView:
    """Upload a file, then name its identifier when you file the petition or write a message about it.

    Until then only you have it. Say which document it is, if you were asked for one, and its type is
    checked at once. It is taken as PDF, JPEG, PNG, DOCX or ODT without macros, or plain text, by its
    content, and looked at by a virus scanner before anything of it is stored.
    """
    name = _name(file_name)
    document = await messages.expected(session, person, document_id, now) if document_id else None
    return AttachmentView.of(
        await operations.upload(session, means, person.person_id, name, request.stream(), now, document)
    )


@router.post(
    "/guest-attachments",
    status_code=201,
    summary="Upload a file without an account",
    **_taking_a_file(policy.public(raises=(*_REFUSED, ProofRefused, TriedTooOften, TooManyAttachments))),
)
async def upload_guest_attachment(
    request: Request,
    file_name: FileName,
    code_id: Annotated[
        schemas.Id, Header(alias="Code-Id", description="The id of the code that was sent by e-mail.")
    ],
    code: Annotated[
        str,
        Header(
            alias="Code",
            pattern=r"^[0-9]{6}$",
            min_length=6,
            max_length=6,
            description="The six digits from the e-mail; a wrong one is counted.",
            examples=["204816"],
        ),
    ],
    apart: SessionApart,
    session: Session,
    means: Filing,
    address: Address,
    now: Now,
) -> AttachmentView:
    """Upload a file with the code that shows your address, then name it when you file with that code.

    The code stays good for the petition. As many files as a petition may have, and the same is taken.
    """
    proof = guests.Proof(code_id, code)
    return AttachmentView.of(
        await guests.upload(apart, session, means, proof, address, _name(file_name), request.stream(), now)
    )


@router.post(
    "/entries/attachments",
    status_code=201,
    summary="Upload a scanned paper",
    **_taking_a_file(registering(*_REFUSED)),
)
async def upload_entry_attachment(
    request: Request, file_name: FileName, official: policy.Acting, session: Session, means: Filing, now: Now
) -> AttachmentView:
    """Upload what came with a petition on paper or by e-mail, then name it when you enter the petition."""
    name = _name(file_name)
    return AttachmentView.of(
        await operations.upload(session, means, official.person_id, name, request.stream(), now)
    )


@router.post(
    "/messages/attachments",
    status_code=201,
    summary="Upload a file for a message to a petitioner",
    **_taking_a_file(handling(*_REFUSED)),
)
async def upload_message_attachment(
    request: Request, file_name: FileName, official: policy.Acting, session: Session, means: Filing, now: Now
) -> AttachmentView:
    """Upload what the petitioner is to get, then name it in the message. A virus scanner looks at it."""
    name = _name(file_name)
    return AttachmentView.of(
        await operations.upload(session, means, official.person_id, name, request.stream(), now)
    )


@router.get(
    "/petitions/{petition_id}/attachments",
    summary="List the files of your petition",
    **policy.operation(READ, mandate=True, raises=(PetitionNotFound,)),
)
async def list_attachments(
    petition_id: PetitionId, person: policy.Person, session: Session, means: Filing, now: Now
) -> AttachmentsView:
    """What you have sent along, in its order."""
    return _shown(await operations.list_own(session, means, person, petition_id, now))


@router.get(
    "/petitions/{petition_id}/attachments/{attachment_id}",
    summary="Get a file of your petition",
    **_giving_a_file(
        policy.operation(
            READ, mandate=True, raises=(PetitionNotFound, AttachmentNotFound, AttachmentsUnavailable)
        )
    ),
)
async def get_attachment(
    petition_id: PetitionId,
    attachment_id: AttachmentId,
    person: policy.Person,
    session: Session,
    means: Filing,
    now: Now,
) -> Response:
    """The file as you uploaded it."""
    return _given(*await operations.fetch_own(session, means, person, petition_id, attachment_id, now))


@router.get(
    "/files/{petition_id}/attachments",
    summary="List the files that came with a petition",
    **working(FileNotFound, purpose.PurposeRequired),
)
async def list_file_attachments(
    petition_id: PetitionId,
    official: policy.Acting,
    stated: purpose.Given,
    session: Session,
    means: Filing,
    now: Now,
) -> AttachmentsView:
    """What the petitioner sent along; who has an account sees in their log that you looked."""
    return _shown(await operations.list_for_official(session, means, official, petition_id, stated, now))


@router.get(
    "/files/{petition_id}/attachments/{attachment_id}",
    summary="Get a file that came with a petition",
    **_giving_a_file(
        working(FileNotFound, AttachmentNotFound, AttachmentsUnavailable, purpose.PurposeRequired)
    ),
)
async def get_file_attachment(
    petition_id: PetitionId,
    attachment_id: AttachmentId,
    official: policy.Acting,
    stated: purpose.Given,
    session: Session,
    means: Filing,
    now: Now,
) -> Response:
    """The file as it was uploaded; who has an account sees in their log that you opened it."""
    found = await operations.fetch_for_official(
        session, means, official, petition_id, attachment_id, stated, now
    )
    return _given(*found)


@router.get(
    "/petitions/{petition_id}/messages/{message_id}/attachments/{attachment_id}",
    summary="Get a file of a message about your petition",
    **_giving_a_file(
        policy.operation(
            READ, mandate=True, raises=(PetitionNotFound, AttachmentNotFound, AttachmentsUnavailable)
        )
    ),
)
async def get_message_attachment(
    petition_id: PetitionId,
    message_id: MessageId,
    attachment_id: AttachmentId,
    person: policy.Person,
    session: Session,
    means: Filing,
    now: Now,
) -> Response:
    """What you or the institution sent with a message."""
    place = messages.Place(petition_id, message_id, attachment_id)
    return _given(*await messages.fetch_as_petitioner(session, means, person, place, now))


@router.get(
    "/files/{petition_id}/messages/{message_id}/attachments/{attachment_id}",
    summary="Get a file of a message",
    **_giving_a_file(
        handling(
            *(FileNotFound, OwnCase, ConflictOfInterest, NotTheHandler),
            *(AttachmentNotFound, AttachmentsUnavailable, purpose.PurposeRequired),
        )
    ),
)
async def get_file_message_attachment(
    petition_id: PetitionId,
    message_id: MessageId,
    attachment_id: AttachmentId,
    official: policy.Acting,
    stated: purpose.Given,
    session: Session,
    means: Filing,
    now: Now,
) -> Response:
    """For who works on the file, and for heads; the petitioner reads who opened it."""
    place = messages.Place(petition_id, message_id, attachment_id)
    return _given(*await messages.fetch_as_official(session, means, official, place, stated, now))


def _name(encoded: str) -> str:
    """The name without folders and control characters, of a length that every system takes."""
    decoded = normalise(unquote(encoded)).replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in decoded if sign.isprintable()).strip()[-NAME_MAX:] or "file"


def _shown(attachments: list[Attachment]) -> AttachmentsView:
    return AttachmentsView(items=[AttachmentView.of(attachment) for attachment in attachments])


def _given(attachment: Attachment, content: bytes) -> Response:
    """The file, to be saved and not opened in the browser."""
    headers = {
        "cache-control": "no-store",
        "content-disposition": f"attachment; filename*=UTF-8''{quote(attachment.name, safe='')}",
        "x-content-type-options": "nosniff",
    }
    return Response(content, media_type=attachment.media_type, headers=headers)
