"""History documents, for their holder: HTTP and nothing else."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Path, Response

from hub_core.principal import Assurance
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.problems import ServiceUnavailable
from hub_service.routing import Router

from ..dependencies import READ, WRITE, Asking, Documents, Keys, SessionApart
from ..errors.documents import TrafficSealAway, TrafficStoreAway
from ..errors.history_documents import (
    HistoryAgeNeeded,
    HistoryDocumentNotFound,
    HistoryMotiveUnknown,
    HistoryPeriodWrong,
    HistoryUnprintable,
    RomanianLicenceNeeded,
    TooManyHistories,
)
from ..errors.registers import DriverIdentityNeeded, DriverNotFound, DriverRegisterUnavailable
from ..operations import history_documents as operations
from ..schemas.history_documents import (
    HistoryDocumentView,
    HistoryMotivesView,
    HistoryMotiveView,
    RequestHistory,
)

_PDF: Final = {"schema": {"type": "string", "contentMediaType": "application/pdf"}}
PDF_HEADERS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}

router = Router(prefix="/traffic-history/v1", tags=["history"])

DocumentId = Annotated[schemas.Id, Path(description="The document's identifier.")]


def with_pdf(described: dict[str, Any]) -> dict[str, Any]:
    """What an operation says of itself that gives a sealed PDF."""
    answer = {"description": "The sealed PDF", "content": {"application/pdf": _PDF}}
    return described | {"responses": described["responses"] | {200: answer}, "response_class": Response}


@router.get(
    "/history-documents/motives",
    summary="List what a history may be asked for",
    **policy.public(),
)
async def list_history_motives(session: Session, now: Now) -> HistoryMotivesView:
    """Today's list of motives."""
    options = await operations.motives(session, now)
    return HistoryMotivesView(items=[HistoryMotiveView.of(option) for option in options])


@router.post(
    "/history-documents",
    status_code=201,
    summary="Get your history of sanctions as a sealed document",
    **policy.operation(
        WRITE,
        assurance=Assurance.SUBSTANTIAL,
        raises=(
            *(DriverIdentityNeeded, DriverNotFound, DriverRegisterUnavailable, ServiceUnavailable),
            *(HistoryAgeNeeded, RomanianLicenceNeeded, HistoryMotiveUnknown, HistoryPeriodWrong),
            *(TooManyHistories, HistoryUnprintable, TrafficSealAway, TrafficStoreAway),
        ),
    ),
)
async def issue_history_document(
    body: RequestHistory,
    person: policy.Person,
    means: Asking,
    archive: Documents,
    apart: SessionApart,
    session: Session,
    now: Now,
    response: Response,
) -> HistoryDocumentView:
    """The sanctions of a period, your active points and your right to drive, as of this moment.

    It is issued at once and free of charge, to holders of a Romanian driving licence. The document is
    valid in electronic form only: printed, it loses its authenticity.
    """
    made = await operations.issue(apart, session, means, archive, person.person_id, body.wanted(), now)
    response.headers["location"] = f"{router.prefix}/history-documents/{made.id}"
    return HistoryDocumentView.of(made)


@router.get(
    "/history-documents",
    summary="List your history documents",
    **policy.operation(READ, assurance=Assurance.SUBSTANTIAL),
)
async def list_history_documents(
    asked: paging.Asked, person: policy.Person, keys: Keys, session: Session
) -> paging.Page[HistoryDocumentView]:
    """Your documents, newest first."""
    found = await operations.list_documents(
        session, keys, person.person_id, before=asked.after(UUID), limit=asked.rows
    )
    return asked.page(found, position=lambda one: (one.id,), view=HistoryDocumentView.of)


@router.get(
    "/history-documents/{document_id}",
    summary="Read a history document",
    **policy.operation(READ, assurance=Assurance.SUBSTANTIAL, raises=(HistoryDocumentNotFound,)),
)
async def get_history_document(
    document_id: DocumentId, person: policy.Person, keys: Keys, session: Session
) -> HistoryDocumentView:
    """One of your documents. Another's is not found, as if it did not exist."""
    return HistoryDocumentView.of(await operations.read(session, keys, person.person_id, document_id))


@router.get(
    "/history-documents/{document_id}/file",
    summary="Fetch the file of a history document",
    **with_pdf(
        policy.operation(
            READ, assurance=Assurance.SUBSTANTIAL, raises=(HistoryDocumentNotFound, TrafficStoreAway)
        )
    ),
)
async def get_history_file(
    document_id: DocumentId, person: policy.Person, keys: Keys, archive: Documents, session: Session
) -> Response:
    """The sealed PDF, exactly as it was issued. Handed on as a file it is worth as much; printed, nothing."""
    content = await operations.fetch(session, keys, archive.store, person.person_id, document_id)
    return Response(content, media_type="application/pdf", headers=PDF_HEADERS)
