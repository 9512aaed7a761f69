"""Following what changes: HTTP and nothing else."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query
from pydantic import Field

from hub_core.problem import FieldError
from hub_service import paging, policy
from hub_service.dependencies import Session
from hub_service.problems import InvalidRequest

from ..domain.changes import Change, ChangeKind, Place
from ..errors.changes import CursorTooOld
from ..operations import changes as operations
from ..schemas.changes import ChangesPage, ChangeView
from . import public

router = public.router()

_Position = Annotated[int, Field(ge=0, strict=True)]
_PLACE: Final = (UUID, _Position, _Position, ChangeKind | None)


@router.get(
    "/changes",
    tags=["changes"],
    summary="Follow the changes of the catalog",
    **policy.public(raises=[CursorTooOld]),
)
async def list_changes(
    asked: paging.Asked,
    session: Session,
    kind: Annotated[ChangeKind | None, Query(description="Only things of this kind.")] = None,
) -> ChangesPage:
    """What is new, differs or is gone, oldest first; without `cursor` all that there is now.

    Each thing comes once, with its newest change. Read on with `next_cursor` until it is null; then
    come back with the last `sync_cursor`, whenever you like, for what happened since. A change is
    never missed, also one that was committed while you were reading. Deletions are kept for as
    long as the rule `catalog.deletions-kept` says: a cursor from before is answered with 410, and you
    begin anew.
    """
    after = asked.position(_PLACE)
    place = Place(*after) if after else None
    if place and place.kind is not kind:
        detail = "This cursor was not given out by this list"
        raise InvalidRequest(errors=[FieldError("query/cursor", "cursor", detail)])
    stretch = await operations.follow(session, place, kind, asked.rows)

    def position(change: Change) -> tuple[object, ...]:
        return stretch.start.origin, change.position, stretch.start.began, kind

    page = asked.page(stretch.changes, position=position, view=ChangeView.of)
    end = stretch.end
    return ChangesPage(
        items=page.items,
        next_cursor=page.next_cursor,
        sync_cursor=page.next_cursor or paging.encode((end.origin, end.position, end.began, kind)),
    )
