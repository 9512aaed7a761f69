"""Requests of holders and their representatives: HTTP and nothing else."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query, Response

from hub_core.principal import Assurance
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Issuing
from ..errors.requests import (
    AskedAlready,
    CertificateRequestNotFound,
    HolderHasDied,
    HolderTooYoung,
    HolderUnknown,
    MandateDoesNotCarry,
    MotiveTextMisplaced,
    MotiveUnknown,
    NotRomanian,
    OrganisationNotRegistered,
    RequestState,
)
from ..operations import requests as operations
from ..operations.issuing import WRITE
from ..schemas.requests import (
    CreateCertificateRequest,
    ProductField,
    RequestSummaryView,
    RequestView,
    StateField,
)

READ: Final = "criminal-record:read"
router = Router(prefix="/criminal-record/v1", tags=["requests"])
ASKING: Final = policy.operation(
    WRITE,
    assurance=Assurance.SUBSTANTIAL,
    mandate=True,
    raises=(
        *(MotiveUnknown, MotiveTextMisplaced, AskedAlready),
        *(HolderUnknown, HolderHasDied, HolderTooYoung, NotRomanian),
        *(MandateDoesNotCarry, OrganisationNotRegistered),
    ),
)

RequestId = Annotated[schemas.Id, Path(description="The request's identifier.")]


@router.post(
    "/requests",
    status_code=201,
    summary="Ask for a certificate",
    **ASKING,
)
async def create_certificate_request(
    body: CreateCertificateRequest,
    person: policy.Person,
    session: Session,
    issuing: Issuing,
    now: Now,
    response: Response,
) -> RequestView:
    """Ask for a certificate of the criminal record, for yourself or under a mandate; free of charge.

    Where nothing needs a look the answer names the sealed certificate at once (`state` ISSUED). While the
    register is away the request waits for it (AUTO_CHECK); else an officer looks at it (MANUAL_REVIEW), which
    says nothing of what the register holds. One request a day for each motive: 409 names yours.
    """
    shown = await operations.create(session, issuing, body.wish(), person, now)
    response.headers.update(created(shown))
    return RequestView.of(shown)


@router.get(
    "/requests",
    summary="List your requests for certificates",
    **policy.operation(READ, assurance=Assurance.SUBSTANTIAL, mandate=True),
)
async def list_certificate_requests(
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
    now: Now,
    state: Annotated[StateField | None, Query(description="Only requests that stand here.")] = None,
    product: Annotated[ProductField | None, Query(description="Only requests for this.")] = None,
) -> paging.Page[RequestSummaryView]:
    """The requests in your name, newest first; sent by you or for you."""
    found = await operations.find(
        session, person, now, state=state, product=product, before=asked.after(UUID), limit=asked.rows
    )
    return asked.page(found, position=lambda one: (one.summary.id,), view=RequestSummaryView.listed)


@router.get(
    "/requests/{request_id}",
    summary="Read a request for a certificate",
    **policy.operation(
        READ, assurance=Assurance.SUBSTANTIAL, mandate=True, raises=(CertificateRequestNotFound,)
    ),
)
async def get_certificate_request(
    request_id: RequestId,
    person: policy.Person,
    session: Session,
    issuing: Issuing,
    now: Now,
    response: Response,
) -> RequestView:
    """A request in your name. Another's is not found, as if it did not exist."""
    shown = await operations.read(session, issuing, request_id, person, now)
    response.headers["etag"] = _etag(shown)
    return RequestView.of(shown)


@router.post(
    "/requests/{request_id}/cancel",
    summary="Give a request up",
    **policy.operation(
        WRITE,
        assurance=Assurance.SUBSTANTIAL,
        mandate=True,
        raises=(CertificateRequestNotFound, RequestState),
    ),
)
async def cancel_certificate_request(
    request_id: RequestId,
    person: policy.Person,
    session: Session,
    issuing: Issuing,
    now: Now,
    response: Response,
) -> RequestView:
    """Give a request up that is not decided yet: the day is free again. Repeating it changes nothing."""
    shown = await operations.cancel(session, issuing, request_id, person, now)
    response.headers["etag"] = _etag(shown)
    return RequestView.of(shown)


def created(shown: operations.Shown) -> dict[str, str]:
    """The headers of the answer to a request that was made."""
    return {"location": f"{router.prefix}/requests/{shown.request.id}", "etag": _etag(shown)}


def _etag(shown: operations.Shown) -> str:
    """The version of the request, and that of its certificate."""
    return f'"{shown.request.version}.{shown.certificate.version if shown.certificate else 0}"'
