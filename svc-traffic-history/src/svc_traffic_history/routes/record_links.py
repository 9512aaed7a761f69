"""Links to history documents: made by the holder, opened by others. HTTP and nothing else."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from hub_core.principal import Assurance
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import READ, WRITE, Address, Documents, Keys, Origin, SessionApart
from ..errors.documents import TrafficStoreAway
from ..errors.history_documents import HistoryDocumentNotFound
from ..errors.record_links import (
    RecordLinkClosed,
    RecordLinkEndWrong,
    RecordLinkNotFound,
    RecordLinkOpeningsWrong,
    RecordLinkTriedTooOften,
    TooManyRecordLinks,
)
from ..operations import record_links as operations
from ..operations.history_documents import in_time
from ..schemas.record_links import (
    FetchByRecordLink,
    MakeRecordLink,
    OpenedRecordLinkView,
    OpenRecordLink,
    RecordLinkOpeningView,
    RecordLinkView,
)
from .history_documents import PDF_HEADERS, DocumentId, with_pdf

router = Router(prefix="/traffic-history/v1", tags=["links"])

_LinkId = Annotated[schemas.Id, Path(description="The link's identifier.")]


@router.post(
    "/history-documents/{document_id}/links",
    status_code=201,
    summary="Make a link to a history document",
    **policy.operation(
        WRITE,
        assurance=Assurance.SUBSTANTIAL,
        raises=(
            *(HistoryDocumentNotFound, RecordLinkEndWrong),
            *(RecordLinkOpeningsWrong, TooManyRecordLinks),
        ),
    ),
)
async def make_record_link(
    document_id: DocumentId,
    body: MakeRecordLink,
    person: policy.Person,
    keys: Keys,
    origin: Origin,
    session: Session,
    now: Now,
) -> RecordLinkView:
    """For an employer or an insurer, who needs no account. Whoever has it can open it until it ends.

    You read who opened it and what for, and can revoke it at any moment.
    """
    made = await operations.make(session, keys, person.person_id, document_id, body.wanted(), now)
    return RecordLinkView.of(made, origin, now)


@router.get(
    "/history-documents/{document_id}/links",
    summary="List the links to a history document",
    **policy.operation(READ, assurance=Assurance.SUBSTANTIAL, raises=(HistoryDocumentNotFound,)),
)
async def list_record_links(
    document_id: DocumentId,
    asked: paging.Asked,
    person: policy.Person,
    keys: Keys,
    origin: Origin,
    session: Session,
    now: Now,
) -> paging.Page[RecordLinkView]:
    """Its links, newest first; also those that open nothing any more."""
    found = await operations.list_links(
        session, keys, person.person_id, document_id, before=asked.after(UUID), limit=asked.rows
    )
    return asked.page(
        found,
        position=lambda shown: (shown.link.id,),
        view=lambda shown: RecordLinkView.of(shown, origin, now),
    )


@router.post(
    "/history-documents/{document_id}/links/{link_id}/revoke",
    summary="Revoke a link",
    **policy.operation(WRITE, assurance=Assurance.SUBSTANTIAL, raises=(RecordLinkNotFound,)),
)
async def revoke_record_link(
    document_id: DocumentId,
    link_id: _LinkId,
    person: policy.Person,
    keys: Keys,
    origin: Origin,
    session: Session,
    now: Now,
) -> RecordLinkView:
    """From this moment on it opens nothing; a file that was fetched before stays with who has it."""
    revoked = await operations.revoke(session, keys, person.person_id, document_id, link_id, now)
    return RecordLinkView.of(revoked, origin, now)


@router.get(
    "/history-documents/{document_id}/links/{link_id}/openings",
    summary="List who opened a link",
    **policy.operation(READ, assurance=Assurance.SUBSTANTIAL, raises=(RecordLinkNotFound,)),
)
async def list_record_link_openings(
    document_id: DocumentId,
    link_id: _LinkId,
    asked: paging.Asked,
    person: policy.Person,
    keys: Keys,
    session: Session,
) -> paging.Page[RecordLinkOpeningView]:
    """Each opening, newest first, with what who opened it has said of themselves."""
    found = await operations.list_openings(
        session, keys, person.person_id, document_id, link_id, before=asked.after(UUID), limit=asked.rows
    )
    return asked.page(found, position=lambda one: (one.id,), view=RecordLinkOpeningView.of)


@router.post(
    "/record-links/open",
    summary="Open a link to a history document",
    **policy.public(raises=(RecordLinkClosed, RecordLinkTriedTooOften), asks=True),
)
async def open_record_link(
    body: OpenRecordLink,
    keys: Keys,
    apart: SessionApart,
    session: Session,
    address: Address,
    now: Now,
    response: Response,
) -> OpenedRecordLinkView:
    """What an employer or an insurer is given who has a link: no account is needed.

    The holder is told, and reads organisation and purpose. A link that never was, has ended, was revoked
    or was opened often enough is answered alike and in the same time. It takes no Idempotency-Key: the
    answer is kept nowhere, and opening again is another opening.
    """
    response.headers["cache-control"] = "no-store"
    async with in_time():
        await operations.count_try(apart, keys, address, now)
        given = await operations.open_link(
            session, keys, body.secret, body.organisation.strip(), body.purpose.strip(), now
        )
        return OpenedRecordLinkView.of(given)


@router.post(
    "/record-links/file",
    summary="Fetch the file that a link has opened",
    **with_pdf(
        policy.public(raises=(RecordLinkClosed, RecordLinkTriedTooOften, TrafficStoreAway), asks=True)
    ),
)
async def fetch_by_record_link(
    body: FetchByRecordLink,
    keys: Keys,
    archive: Documents,
    apart: SessionApart,
    session: Session,
    address: Address,
    now: Now,
) -> Response:
    """The sealed PDF, for a while after the link was opened and not after it has ended or was revoked."""
    async with in_time():
        await operations.count_try(apart, keys, address, now)
        given = await operations.opened(session, keys, body.secret, body.opening_id, now)
    content = await operations.fetch(archive.store, given)
    return Response(content, media_type="application/pdf", headers=PDF_HEADERS)
