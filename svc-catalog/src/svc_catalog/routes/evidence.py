"""Types of evidence: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path

from hub_service import paging, policy
from hub_service.dependencies import Session
from hub_service.paging import Page

from ..errors.evidence import EvidenceTypeNotFound
from ..operations import evidence as operations
from ..schemas.evidence import EvidenceCode, EvidenceTypeView
from . import public

router = public.router()


@router.get("/evidence-types", tags=["evidence"], summary="List types of evidence", **policy.public())
async def list_evidence_types(asked: paging.Asked, session: Session) -> Page[EvidenceTypeView]:
    """What services may ask an applicant to prove, by code."""
    found = await operations.find(session, asked.after(str), asked.rows)
    return asked.page(found, position=lambda each: (each.code,), view=EvidenceTypeView.of)


@router.get(
    "/evidence-types/{code}",
    tags=["evidence"],
    summary="Read a type of evidence",
    **policy.public(raises=[EvidenceTypeNotFound]),
)
async def read_evidence_type(
    code: Annotated[EvidenceCode, Path(description="The code of the type of evidence.")], session: Session
) -> EvidenceTypeView:
    """One type of evidence: how it is given, or from which register it is taken with consent."""
    return EvidenceTypeView.of(await operations.read(session, code))
