"""The structure that the registry chooses at triage: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path

from hub_core.decisions import OwnCase
from hub_service import policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import registry, working
from ..errors.choices import StructureNotSuggested
from ..errors.files import FileNotFound, FileStateForbids
from ..errors.handling import ConflictOfInterest
from ..operations import choices as operations
from ..schemas.choices import ChooseStructure, ChosenStructuresView, ChosenStructureView

router = Router(prefix="/petitions/v1", tags=["files"])

FileId = Annotated[schemas.Id, Path(description="The file.")]


@router.post(
    "/files/{file_id}/chosen-structures",
    status_code=201,
    summary="Choose who is competent",
    **registry(FileNotFound, FileStateForbids, OwnCase, ConflictOfInterest, StructureNotSuggested),
)
async def choose_structure(
    file_id: FileId, body: ChooseStructure, official: policy.Acting, session: Session, now: Now
) -> ChosenStructureView:
    """Keep which of the structures that are suggested you have chosen, while the file is in triage.

    Nothing is sent by it: a head sends the file on, and need name nobody then. What else was suggested is
    kept with it, and so is the rule by which each was.
    """
    chosen = await operations.choose(session, official, file_id, body.structure_id, now)
    return ChosenStructureView.of(chosen)


@router.get(
    "/files/{file_id}/chosen-structures",
    summary="List what was chosen",
    **working(FileNotFound),
)
async def list_chosen_structures(
    file_id: FileId, official: policy.Acting, session: Session
) -> ChosenStructuresView:
    """What the registry of your institution has chosen for a file; the last one holds."""
    made = await operations.read(session, official, file_id)
    return ChosenStructuresView(items=[ChosenStructureView.of(one) for one in made])
