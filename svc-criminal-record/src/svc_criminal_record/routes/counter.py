"""Requests at the counter: HTTP and nothing else."""

from typing import Annotated, Any, Final

from fastapi import Path, Response

from hub_core.decisions import OwnCase
from hub_service import policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound, ServiceUnavailable
from hub_service.routing import Router

from ..dependencies import Issuing, deciding
from ..errors.certificates import CertificateOver, DocumentsUnavailable
from ..errors.counter import NotAtYourCounter
from ..errors.requests import AskedAlready, MotiveTextMisplaced, MotiveUnknown
from ..operations import counter as operations
from ..schemas.counter import CounterRequestView, CreateCounterRequest

_PDF: Final = {"schema": {"type": "string", "format": "binary", "maxLength": 10_485_760}}

router = Router(prefix="/criminal-record/v1/counter-requests", tags=["counter"])

RequestId = Annotated[schemas.Id, Path(description="The request.")]


@router.post(
    "",
    status_code=201,
    summary="Enter a request at the counter",
    **deciding(
        (
            *(OwnCase, MotiveUnknown, MotiveTextMisplaced, AskedAlready, ServiceUnavailable),
            purpose.PurposeRequired,
        )
    ),
)
async def create_counter_request(
    body: CreateCounterRequest,
    official: policy.Acting,
    stated: purpose.Given,
    means: Issuing,
    session: Session,
    now: Now,
) -> CounterRequestView:
    """What somebody asks for at the counter, with the documents that were shown (Law 290/2004).

    Minors from 14 come in person or by proxy, a parent comes for a younger child, a representative for an
    organisation; who has no CNP is known by a document. The integrity certificate (Law 118/2019) is asked
    for here only. What is unambiguous is issued in the answer, the rest is reviewed.
    """
    entered = await operations.enter(session, means, official, body.wanted(), stated, now)
    return CounterRequestView.of(entered)


@router.get("/{request_id}", summary="See a request of your counter", **deciding((NotFound,)))
async def get_counter_request(
    request_id: RequestId, official: policy.Acting, means: Issuing, session: Session
) -> CounterRequestView:
    """Where a request of your counter stands."""
    return CounterRequestView.of(await operations.read(session, means, official, request_id))


def _with_pdf(described: dict[str, Any]) -> dict[str, Any]:
    answer = {"description": "The sealed PDF", "content": {"application/pdf": _PDF}}
    return described | {"responses": described["responses"] | {200: answer}}


@router.get(
    "/{request_id}/certificate",
    summary="Print the certificate of a request of your counter",
    response_class=Response,
    **_with_pdf(deciding((NotAtYourCounter, CertificateOver, DocumentsUnavailable, purpose.PurposeRequired))),
)
async def get_counter_certificate(
    request_id: RequestId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Issuing,
    session: Session,
    now: Now,
) -> Response:
    """The PDF, to be printed and handed over while it is valid; of a corrected one what took its place."""
    content = await operations.fetch(session, means, official, request_id, stated, now)
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(content, media_type="application/pdf", headers=headers)
