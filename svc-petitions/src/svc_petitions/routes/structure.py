"""The structure of an institution, for its heads: HTTP and nothing else."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from hub_core.clock import local_date
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import leading
from ..errors.structure import (
    CompartmentClosed,
    CompartmentCodeTaken,
    CompartmentNotFound,
    DelegationNotFound,
    MemberNotFound,
    SuperiorUnknown,
)
from ..operations import structure as operations
from ..schemas.structure import (
    AddCompartment,
    CompartmentView,
    DelegateSignature,
    DelegationView,
    MemberView,
    PutMember,
)

router = Router(prefix="/petitions/v1", tags=["structure"])

CompartmentId = Annotated[schemas.Id, Path(description="The compartment.")]
PersonId = Annotated[schemas.Id, Path(description="The official.")]
DelegationId = Annotated[schemas.Id, Path(description="The delegation.")]


@router.get("/compartments", summary="List the compartments", **leading())
async def list_compartments(
    asked: paging.Asked, official: policy.Acting, session: Session
) -> paging.Page[CompartmentView]:
    """The parts of your institution that work on files, by their codes."""
    found = await operations.list_compartments(session, official, after=asked.after(str), limit=asked.rows)
    return asked.page(found, position=lambda one: (one.code,), view=CompartmentView.of)


@router.post("/compartments", status_code=201, summary="Add a compartment", **leading(CompartmentCodeTaken))
async def add_compartment(body: AddCompartment, official: policy.Acting, session: Session) -> CompartmentView:
    """A new part of your institution, to which files are given."""
    return CompartmentView.of(await operations.add_compartment(session, official, body.code, body.name))


@router.post(
    "/compartments/{compartment_id}/close", summary="Close a compartment", **leading(CompartmentNotFound)
)
async def close_compartment(
    compartment_id: CompartmentId, official: policy.Acting, session: Session
) -> CompartmentView:
    """It gets no more files and no more members; what it has stays until it is given to another."""
    return CompartmentView.of(await operations.close_compartment(session, official, compartment_id))


@router.get("/members", summary="List who works where", **leading())
async def list_members(
    asked: paging.Asked, official: policy.Acting, session: Session
) -> paging.Page[MemberView]:
    """Who works in which compartment of your institution, and under whom."""
    found = await operations.list_members(session, official, after=asked.after(UUID), limit=asked.rows)
    return asked.page(found, position=lambda member: (member.person_id,), view=MemberView.of)


@router.put(
    "/members/{person_id}",
    summary="Say where somebody works",
    **leading(CompartmentNotFound, CompartmentClosed, SuperiorUnknown),
)
async def put_member(
    person_id: PersonId, body: PutMember, official: policy.Acting, session: Session
) -> MemberView:
    """Say in which compartment an official works, and under whom.

    Whoever is complained of, and all who work under them, may not work on that petition (OG 27/2002
    art. 11): so this says who may.
    """
    put = await operations.put_member(session, official, body.compartment_id, person_id, body.superior_id)
    return MemberView.of(put)


@router.delete(
    "/members/{person_id}", status_code=204, summary="Say that somebody has left", **leading(MemberNotFound)
)
async def remove_member(person_id: PersonId, official: policy.Acting, session: Session) -> None:
    """They get no more files; those they have stay theirs until a head gives them to another."""
    await operations.remove_member(session, official, person_id)


@router.get("/signature-delegations", summary="List the delegations of signature", **leading())
async def list_signature_delegations(
    asked: paging.Asked, official: policy.Acting, session: Session, now: Now
) -> paging.Page[DelegationView]:
    """Who signs answers for the head of your institution, and when; the newest first."""
    found = await operations.list_delegations(session, official, before=asked.after(UUID), limit=asked.rows)
    return asked.page(
        found, position=lambda one: (one.id,), view=lambda one: DelegationView.of(one, local_date(now))
    )


@router.post(
    "/signature-delegations",
    status_code=201,
    summary="Delegate the signature",
    **leading(MemberNotFound),
)
async def delegate_signature(
    body: DelegateSignature, official: policy.Acting, session: Session, now: Now
) -> DelegationView:
    """Let somebody of your institution sign answers, from one day to another."""
    days = (body.valid_from, body.valid_to)
    made = await operations.delegate(session, official, body.delegate_id, days, body.act, now)
    return DelegationView.of(made, local_date(now))


@router.post(
    "/signature-delegations/{delegation_id}/revoke",
    summary="Revoke a delegation of signature",
    **leading(DelegationNotFound),
)
async def revoke_signature_delegation(
    delegation_id: DelegationId, official: policy.Acting, session: Session, now: Now
) -> DelegationView:
    """It ends at once; what was signed by it stays signed."""
    return DelegationView.of(await operations.revoke(session, official, delegation_id, now), local_date(now))
