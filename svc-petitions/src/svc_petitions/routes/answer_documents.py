"""Answers as sealed documents: HTTP and nothing else."""

from typing import Annotated, Any, Final

from fastapi import Path, Request, Response

from hub_documents import checking
from hub_service import policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Checking, Documents, Keys, Trusted, working
from ..domain.answers import AnswerSeal
from ..errors.documents import (
    AnswerDocumentMissing,
    AnswerFileNotPdf,
    AnswerNotVerified,
    DocumentStoreAway,
    SealNotInForce,
)
from ..errors.files import FileNotFound
from ..errors.petitions import PetitionNotFound
from ..operations import answer_documents as operations
from ..operations.status import in_time
from ..schemas.answer_documents import VerifiedAnswerFileView, VerifiedAnswerView
from .petitions import READ

UPLOADS: Final = dict.fromkeys(
    ("/petitions/v1/verifications/file", "/answers/verify/file"), checking.MOST_BYTES
)
"""Where larger bodies are taken, with the bytes they may have."""
_TYPE: Final = "application/pdf"
_PDF: Final = {"schema": {"type": "string", "contentMediaType": "application/pdf"}}
PDF_HEADERS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}

router = Router(prefix="/petitions/v1", tags=["answers"])


def with_pdf(described: dict[str, Any]) -> dict[str, Any]:
    """What an operation says of itself that gives a sealed PDF."""
    answer = {"description": "The sealed PDF", "content": {"application/pdf": _PDF}}
    return described | {"responses": described["responses"] | {200: answer}, "response_class": Response}


@router.get(
    "/petitions/{petition_id}/answer-document",
    summary="Fetch the sealed answer to a petition",
    **with_pdf(
        policy.operation(
            READ,
            mandate=True,
            raises=(PetitionNotFound, AnswerDocumentMissing, SealNotInForce, DocumentStoreAway),
        )
    ),
)
async def get_answer_document(
    petition_id: Annotated[schemas.Id, Path(description="The petition's identifier.")],
    person: policy.Person,
    means: Documents,
    session: Session,
    now: Now,
) -> Response:
    """The answer as a PDF with the institution's seal, in Romanian and with its courtesy text.

    Of a petition that was joined to another one, it is that one's answer, which names all that it answers.
    """
    content = await operations.fetch(session, means, person, petition_id, now)
    return Response(content, media_type="application/pdf", headers=PDF_HEADERS)


@router.get(
    "/files/{file_id}/answer-document",
    summary="Fetch the sealed answer of a file",
    **with_pdf(
        working(
            FileNotFound, AnswerDocumentMissing, SealNotInForce, DocumentStoreAway, purpose.PurposeRequired
        )
    ),
)
async def get_file_answer_document(
    file_id: Annotated[schemas.Id, Path(description="The file.")],
    official: policy.Acting,
    stated: purpose.Given,
    means: Documents,
    session: Session,
    now: Now,
) -> Response:
    """The same document for the institution: to be printed and posted to who has no account."""
    content = await operations.fetch_for_official(session, means, official, file_id, stated, now)
    return Response(content, media_type="application/pdf", headers=PDF_HEADERS)


@router.get(
    "/verify/{code}",
    summary="Verify the answer to a petition",
    **policy.public(raises=(AnswerNotVerified,)),
)
async def verify_petition_answer(
    code: Annotated[
        str,
        Path(
            min_length=16,
            max_length=40,
            pattern=r"^[A-Za-z0-9 -]+$",
            description="The code on the document; case, blanks and hyphens do not count.",
            examples=["P-K7QF-2M9X-T4PA-8WDC"],
        ),
    ],
    keys: Keys,
    session: Session,
    response: Response,
) -> VerifiedAnswerView:
    """Whether an answer with this code was sealed: its institution, its numbers and the digest of its file.

    Nobody's name, and nothing of what the answer says.
    """
    response.headers["cache-control"] = "no-store"
    async with in_time():
        return VerifiedAnswerView.of(await operations.verify(session, keys, code))


def _taking_a_pdf(described: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "string", "format": "binary", "maxLength": checking.MOST_BYTES}
    body = {"description": "The file.", "required": True, "content": {_TYPE: {"schema": schema}}}
    return described | {"openapi_extra": described["openapi_extra"] | {"requestBody": body}}


@router.post(
    "/verifications/file",
    summary="Verify the file of an answer to a petition",
    **_taking_a_pdf(policy.public(raises=(AnswerFileNotPdf,), asks=True)),
)
async def verify_petition_answer_file(
    request: Request, anchors: Trusted, checker: Checking, session: Session, now: Now, response: Response
) -> VerifiedAnswerFileView:
    """Whether this file is the answer to a petition exactly as it was sealed.

    The body is the file itself, at most 10 MiB; it is checked and not kept. Nobody's name is told, and
    nothing of what the answer says.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise AnswerFileNotPdf
    response.headers["cache-control"] = "no-store"
    verdict = await checker.check(request.stream(), anchors.trust, now)
    seal = AnswerSeal(verdict.outcome.value)
    async with in_time():
        found = await operations.find_file(session, bytes.fromhex(verdict.sha256), seal)
        return VerifiedAnswerFileView(seal=seal, answer=VerifiedAnswerView.of(found) if found else None)
