"""Extracts for institutions: HTTP and nothing else."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Response

from hub_core.principal import Assurance
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Issuing, Keys
from ..errors.certificates import CertificateOver, DocumentsUnavailable
from ..errors.extracts import (
    ExtractBatchNotFound,
    ExtractNotFound,
    InstitutionClientRequired,
    ReferenceRepeated,
)
from ..errors.requests import MotiveUnknown
from ..operations import extracts as operations
from ..schemas.extracts import (
    AskExtracts,
    ExtractBatchSummaryView,
    ExtractBatchView,
    ExtractItemView,
    GivenExtractView,
)
from .certificates import PdfResponse, sealed_file
from .requests import READ

EXTRACT: Final = "criminal-record:extract"

router = Router(prefix="/criminal-record/v1", tags=["extracts"])

_BatchId = Annotated[schemas.Id, Path(description="The batch's identifier.")]
_ItemId = Annotated[schemas.Id, Path(description="The item's identifier.")]


@router.post(
    "/extract-batches",
    status_code=202,
    summary="Ask for extracts",
    **policy.operation(EXTRACT, raises=(InstitutionClientRequired, MotiveUnknown, ReferenceRepeated)),
)
async def create_extract_batch(
    body: AskExtracts, caller: policy.Caller, session: Session, keys: Keys, now: Now, response: Response
) -> ExtractBatchView:
    """Ask for the extracts of up to a thousand people who have let your institution ask (Law 290/2004).

    Only for a client that stands for an institution (`client_credentials`, FAPI profile). Repeat it with
    the same `Idempotency-Key` as often as you need to: the whole batch is taken once. Each item is decided
    on its own soon after, by the consent in force at that moment. Nobody is looked up without one:
    NO_CONSENT says nothing of whether the person is known.
    """
    taken = await operations.take_batch(
        session, keys, caller, body.motive, [item.asked() for item in body.items], now
    )
    response.headers["location"] = f"{router.prefix}/extract-batches/{taken.batch.id}"
    return ExtractBatchView.of_progress(taken)


@router.get(
    "/extract-batches",
    summary="List your batches",
    **policy.operation(EXTRACT, raises=(InstitutionClientRequired,)),
)
async def list_extract_batches(
    asked: paging.Asked, caller: policy.Caller, session: Session
) -> paging.Page[ExtractBatchSummaryView]:
    """What your institution has asked for, newest first, by whichever of its clients."""
    found = await operations.list_batches(session, caller, before=asked.after(UUID), limit=asked.rows)
    return asked.page(found, position=lambda batch: (batch.id,), view=ExtractBatchSummaryView.of)


@router.get(
    "/extract-batches/{batch_id}",
    summary="Read how far a batch has come",
    **policy.operation(EXTRACT, raises=(InstitutionClientRequired, ExtractBatchNotFound)),
)
async def get_extract_batch(batch_id: _BatchId, caller: policy.Caller, session: Session) -> ExtractBatchView:
    """How many items stand where; `finished_at` once all are decided."""
    return ExtractBatchView.of_progress(await operations.read_batch(session, caller, batch_id))


@router.get(
    "/extract-batches/{batch_id}/items",
    summary="List what came of each person",
    **policy.operation(EXTRACT, raises=(InstitutionClientRequired, ExtractBatchNotFound)),
)
async def list_extract_items(
    batch_id: _BatchId, asked: paging.Asked, caller: policy.Caller, session: Session, now: Now
) -> paging.Page[ExtractItemView]:
    """The items in the order in which they were asked for, each with its result.

    An extract that turned out wrong is revoked: `standing` says so, and `counts.revoked` of the batch.
    """
    found = await operations.list_results(
        session, caller, batch_id, after=asked.after(UUID), limit=asked.rows
    )
    address = f"{router.prefix}/extract-batches/{batch_id}/items"
    return asked.page(
        found,
        position=lambda result: (result.id,),
        view=lambda result: ExtractItemView.of(result, address, now),
    )


@router.get(
    "/extract-batches/{batch_id}/items/{item_id}/document",
    summary="Fetch the sealed extract",
    response_class=PdfResponse,
    **policy.operation(
        EXTRACT,
        raises=(
            InstitutionClientRequired,
            ExtractBatchNotFound,
            ExtractNotFound,
            CertificateOver,
            DocumentsUnavailable,
        ),
    ),
)
async def get_extract_document(
    batch_id: _BatchId, item_id: _ItemId, caller: policy.Caller, session: Session, issuing: Issuing, now: Now
) -> Response:
    """The PDF as it was sealed (PDF/A-2a, PAdES), while it is valid; the person sees that it was fetched."""
    certificate, content = await operations.fetch_extract(
        session, issuing.issuer.store, caller, batch_id, item_id, now
    )
    return sealed_file(certificate, content)


@router.get(
    "/extracts",
    summary="List the extracts given about you",
    **policy.operation(READ, assurance=Assurance.SUBSTANTIAL),
)
async def list_given_extracts(
    asked: paging.Asked, person: policy.Person, session: Session
) -> paging.Page[GivenExtractView]:
    """Which institution was given an extract about you, when, and on which of your consents; newest first."""
    found = await operations.list_about(session, person.person_id, before=asked.after(UUID), limit=asked.rows)
    return asked.page(found, position=lambda row: (row["id"],), view=GivenExtractView.of)
