"""What is hidden inside a petition: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path, Response

from hub_core.clock import local_date
from hub_core.decisions import OwnCase
from hub_service import policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Keys, registering
from ..errors.files import FileNotFound, FileStateForbids
from ..errors.links import NothingToSplit
from ..errors.petitions import InstitutionAcceptsNoPetitions, InstitutionUnknown
from ..operations import splitting as operations
from ..schemas.files import FileView
from ..schemas.links import SplitFile

router = Router(prefix="/petitions/v1", tags=["files"])


@router.post(
    "/files/{file_id}/split",
    status_code=201,
    summary="Split what a petition asks for besides",
    **registering(
        *(FileNotFound, FileStateForbids, OwnCase, NothingToSplit, purpose.PurposeRequired),
        *(InstitutionUnknown, InstitutionAcceptsNoPetitions),
    ),
)
async def split_file(
    file_id: Annotated[schemas.Id, Path(description="The file in triage.")],
    body: SplitFile,
    official: policy.Acting,
    stated: purpose.Given,
    session: Session,
    keys: Keys,
    now: Now,
    response: Response,
) -> FileView:
    """Enter what a petition hides, such as a request for public information, as what it is.

    It has a number of its own, and its term runs from the day on which the petition was registered. Both
    files, and their petitioner, see the other.
    """
    made = await operations.split(session, keys, official, file_id, body.part(), stated, now)
    response.headers["location"] = f"{router.prefix}/files/{made.id}"
    return FileView.of(made, local_date(now))
