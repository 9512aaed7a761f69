"""What is suggested to who sorts files, and how officials find them: HTTP and nothing else."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from hub_core.clock import local_date
from hub_service import paging, policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Keys, registry, working
from ..errors.files import FileNotFound
from ..operations import routing as operations
from ..operations import search
from ..schemas.files import FileView
from ..schemas.routing import DuplicatesView, DuplicateView, SuggestedStructuresView, SuggestedStructureView
from ..schemas.search import FindFiles

router = Router(prefix="/petitions/v1", tags=["files"])

FileId = Annotated[schemas.Id, Path(description="The file.")]


@router.get(
    "/files/{file_id}/suggested-structures",
    summary="Suggest who is competent",
    **registry(FileNotFound, purpose.PurposeRequired),
)
async def suggest_structures(
    file_id: FileId, official: policy.Acting, stated: purpose.Given, session: Session, now: Now
) -> SuggestedStructuresView:
    """The structures that may be competent for a file by the directory of attributions, each with reasons.

    The hub sends nothing on by itself: a head decides (OG 27/2002 art. 6^1). The petitioner sees in their
    access log that the file was opened.
    """
    found = await operations.suggest_structures(session, official, file_id, stated, now)
    return SuggestedStructuresView(
        items=[SuggestedStructureView.of(one, found, official.institution_id) for one in found]
    )


@router.get(
    "/files/{file_id}/possible-duplicates",
    summary="Suggest files that say the same",
    **registry(FileNotFound, purpose.PurposeRequired),
)
async def suggest_duplicates(
    file_id: FileId, official: policy.Acting, stated: purpose.Given, session: Session, now: Now
) -> DuplicatesView:
    """Files of your institution that may say the same, of the same petitioner or of others.

    A head decides what is joined or filed away (OG 27/2002 art. 10). The petitioner sees in their access
    log that the file was opened.
    """
    found = await operations.find_duplicates(session, official, file_id, stated, now)
    return DuplicatesView(items=[DuplicateView.of(one) for one in found])


@router.post(
    "/files/search",
    summary="Find files of your institution",
    **working(FileNotFound, purpose.PurposeRequired, asks=True),
)
async def find_files(
    body: FindFiles,
    asked: paging.Asked,
    official: policy.Acting,
    stated: purpose.Given,
    keys: Keys,
    session: Session,
    now: Now,
) -> paging.Page[FileView]:
    """The files of your institution that fit, the newest first. What was asked is never kept.

    The list says nothing of what they say nor whose they are: opening one does.
    """
    found = await search.find_files(
        session,
        keys,
        official,
        body.wanted(),
        stated,
        now,
        before=asked.after(UUID),
        limit=asked.rows,
    )
    today = local_date(now)
    return asked.page(found, position=lambda file: (file.id,), view=lambda file: FileView.of(file, today))
