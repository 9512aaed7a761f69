"""Revocation and correction of certificates, revocation of extracts: HTTP and nothing else."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from hub_core.decisions import FourEyes, OwnCase
from hub_core.principal import Role
from hub_service import paging, policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound, ServiceUnavailable
from hub_service.routing import Router

from ..dependencies import Issuing, deciding
from ..errors.certificates import DocumentsUnavailable, SealOutOfForce
from ..errors.changes import CertificateEnded, ChangeDecided, ChangeProposed
from ..errors.registers import RecordsUnavailable
from ..errors.review import MatchNotFound
from ..operations import changes as operations
from ..schemas.changes import (
    ChangeView,
    DecideCertificateChange,
    IssuedCertificateView,
    OpenedCertificateView,
    OpenedChangeView,
    ProposeCertificateChange,
)

_OPENED: Final = (NotFound, OwnCase, ServiceUnavailable, purpose.PurposeRequired)
_TAKES_EFFECT: Final = (
    CertificateEnded,
    MatchNotFound,
    RecordsUnavailable,
    SealOutOfForce,
    DocumentsUnavailable,
)

router = Router(prefix="/criminal-record/v1", tags=["changes"])

CertificateId = Annotated[schemas.Id, Path(description="The certificate.")]
ChangeId = Annotated[schemas.Id, Path(description="The change.")]


@router.get(
    "/issued-certificates", summary="Find a certificate by its series and number", **deciding((NotFound,))
)
async def find_issued_certificate(
    official: policy.Acting,
    session: Session,
    now: Now,
    series: Annotated[
        str, Query(max_length=8, pattern=r"^[A-Z]{1,8}$", description="The series, as on paper.")
    ],
    number: Annotated[
        int,
        Query(
            ge=1,
            le=2**53 - 1,
            description="The number, as on paper.",
            json_schema_extra={"format": "int64"},
        ),
    ],
) -> IssuedCertificateView:
    """How it stands; nothing of whose it is or what it says. Opening it shows that."""
    found = await operations.find_certificate(session, official, series, number)
    return IssuedCertificateView.of(found, now)


@router.get("/issued-certificates/{certificate_id}", summary="Open a certificate", **deciding(_OPENED))
async def open_issued_certificate(
    certificate_id: CertificateId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Issuing,
    session: Session,
    now: Now,
) -> OpenedCertificateView:
    """Its history, and what the register says of the holder now. The holder sees that it was opened."""
    opened = await operations.open_certificate(session, means, official, certificate_id, stated, now)
    return OpenedCertificateView.of(opened, now)


@router.post(
    "/certificate-changes",
    status_code=201,
    summary="Propose to revoke or correct a certificate",
    **deciding((*_OPENED, *_TAKES_EFFECT, ChangeProposed)),
)
async def propose_certificate_change(
    body: ProposeCertificateChange,
    official: policy.Acting,
    stated: purpose.Given,
    means: Issuing,
    session: Session,
    now: Now,
) -> OpenedChangeView:
    """Say what is wrong with it. The certificate stands as it did until the head has decided.

    An extract that an institution holds is revoked in the same way; it is not corrected.
    """
    opened = await operations.propose(
        session,
        means,
        official,
        body.certificate_id,
        body.kind,
        body.reason,
        body.text,
        body.match,
        body.names.value() if body.names else None,
        stated,
        now,
    )
    return OpenedChangeView.of(opened, now)


@router.get(
    "/certificate-changes", summary="List the changes that wait for the head of your unit", **deciding(())
)
async def list_certificate_changes(
    asked: paging.Asked, official: policy.Acting, session: Session
) -> paging.Page[ChangeView]:
    """Oldest first."""
    found = await operations.to_decide(session, official, after=asked.after(UUID), limit=asked.rows)
    return asked.page(found, position=lambda one: (one.id,), view=ChangeView.of)


@router.get("/certificate-changes/{change_id}", summary="Open a change", **deciding(_OPENED))
async def open_certificate_change(
    change_id: ChangeId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Issuing,
    session: Session,
    now: Now,
) -> OpenedChangeView:
    """A change that was proposed at your unit, with its reason in words."""
    opened = await operations.open_change(session, means, official, change_id, stated, now)
    return OpenedChangeView.of(opened, now)


@router.post(
    "/certificate-changes/{change_id}/decide",
    summary="Decide on a change",
    **deciding((*_OPENED, *_TAKES_EFFECT, ChangeDecided, FourEyes), roles=(Role.HEAD,)),
)
async def decide_certificate_change(
    body: DecideCertificateChange,
    change_id: ChangeId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Issuing,
    session: Session,
    now: Now,
) -> OpenedChangeView:
    """Approve or decline. A revoked or superseded certificate is shown as such to everybody at once.

    A correction issues a certificate of what the register says of the record that was chosen; nothing is
    deleted, and both certificates keep their history.
    """
    opened = await operations.decide(session, means, official, change_id, body.decision, stated, now)
    return OpenedChangeView.of(opened, now)
