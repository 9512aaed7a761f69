"""Hand-overs of files between compartments: HTTP and nothing else."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from hub_core.decisions import OwnCase
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import handling, registry, working
from ..errors.files import FileChanged, FileNotFound, FileStateForbids
from ..errors.handling import ConflictOfInterest
from ..errors.structure import CompartmentClosed, CompartmentNotFound
from ..errors.transfers import (
    FileNotToHandOver,
    NotYourCompartment,
    TransferDecided,
    TransferNotFound,
    TransferWaiting,
)
from ..operations import transfers as operations
from ..schemas.transfers import HandOverFile, RefuseTransfer, TransferView

router = Router(prefix="/petitions/v1", tags=["transfers"])

FileId = Annotated[schemas.Id, Path(description="The file.")]
TransferId = Annotated[schemas.Id, Path(description="The hand-over.")]


@router.post(
    "/files/{file_id}/transfers",
    status_code=201,
    summary="Hand a file over to a compartment",
    **registry(
        FileNotFound, OwnCase, CompartmentNotFound, CompartmentClosed, FileNotToHandOver, TransferWaiting
    ),
)
async def hand_over_file(
    file_id: FileId, body: HandOverFile, official: policy.Acting, session: Session, now: Now
) -> TransferView:
    """Hand over a file that nobody works on. It stays where it is until somebody there accepts it."""
    made = await operations.hand_over(session, official, file_id, body.compartment_id, now)
    return TransferView.of(made)


@router.get("/files/{file_id}/transfers", summary="List the hand-overs of a file", **working(FileNotFound))
async def list_file_transfers(
    file_id: FileId, asked: paging.Asked, official: policy.Acting, session: Session
) -> paging.Page[TransferView]:
    """Who handed the file to whom, who accepted it, who refused it and why, in order."""
    found = await operations.list_of_file(
        session, official, file_id, after=asked.after(UUID), limit=asked.rows
    )
    return asked.page(found, position=lambda transfer: (transfer.id,), view=TransferView.of)


@router.get("/transfers", summary="List the hand-overs that wait for your compartment", **handling())
async def list_transfers(
    asked: paging.Asked, official: policy.Acting, session: Session
) -> paging.Page[TransferView]:
    """Files that were handed to your compartment and that nobody has accepted yet, the oldest first."""
    found = await operations.list_waiting(session, official, after=asked.after(UUID), limit=asked.rows)
    return asked.page(found, position=lambda transfer: (transfer.id,), view=TransferView.of)


@router.post(
    "/transfers/{transfer_id}/accept",
    summary="Accept a file for your compartment",
    **handling(
        TransferNotFound,
        NotYourCompartment,
        TransferDecided,
        FileNotFound,
        OwnCase,
        ConflictOfInterest,
        CompartmentNotFound,
        CompartmentClosed,
        FileNotToHandOver,
        FileStateForbids,
        FileChanged,
    ),
)
async def accept_transfer(
    transfer_id: TransferId, official: policy.Acting, session: Session, now: Now
) -> TransferView:
    """Accept a file that was handed to your compartment; who is complained of does not."""
    return TransferView.of(await operations.accept(session, official, transfer_id, now))


@router.post(
    "/transfers/{transfer_id}/refuse",
    summary="Refuse a file that was handed to your compartment",
    **handling(TransferNotFound, NotYourCompartment, TransferDecided),
)
async def refuse_transfer(
    transfer_id: TransferId, body: RefuseTransfer, official: policy.Acting, session: Session, now: Now
) -> TransferView:
    """Say why it is not for your compartment; it stays with who handed it over, and its term runs on."""
    return TransferView.of(await operations.refuse(session, official, transfer_id, body.reason, now))
