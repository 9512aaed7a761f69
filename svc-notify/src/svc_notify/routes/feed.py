"""HTTP and nothing else: partners read what happened, in its order."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from hub_core.principal import Kind, Principal
from hub_service import paging, policy, routing
from hub_service.dependencies import Session
from hub_service.paging import Cursor, Limit
from hub_service.policy import Caller

from ..domain.feed import EVENTS_READ, Reader
from ..errors.feed import EventsForgotten
from ..operations import feed
from ..operations.feed import Filter, Page
from ..operations.waiting import Waiting
from ..schemas.feed import EventPage

LONGEST_WAIT = 25

router = routing.Router(prefix="/notify/v1/events", tags=["events"])


async def _waiting(request: Request) -> Waiting:
    waiting: Waiting = request.app.state.waiting
    return waiting


def reader_of(caller: Principal) -> Reader:
    """Who reads: an institution by its client, a person, or an application for itself."""
    is_person = caller.kind is Kind.PERSON
    return Reader(
        client_id=caller.client_id,
        scopes=caller.scopes,
        institution_id=None if is_person else caller.institution_id,
        person_id=caller.person_id if is_person else None,
        is_sandbox=caller.is_sandbox,
    )


@router.get(
    "",
    summary="Read events, or wait for them",
    response_description="Events in their order, and where to read on",
    response_model=EventPage,
    **policy.operation(EVENTS_READ, raises=(EventsForgotten,)),
)
async def list_events(
    caller: Caller,
    session: Session,
    waiting: Annotated[Waiting, Depends(_waiting)],
    cursor: Cursor = None,
    limit: Limit = 50,
    types: Annotated[
        list[Annotated[str, Query(max_length=128, pattern=r"^hub(\.[a-z0-9-]+)*(\.\*)?$")]] | None,
        Query(
            max_length=20,
            description="Only these types; `*` stands for the last parts (`hub.petitions.*`).",
            examples=[["hub.petitions.petition.*"]],
        ),
    ] = None,
    subject: Annotated[
        str | None,
        Query(max_length=128, pattern="^[ -~]+$", description="Only of this petition, appointment, entry…"),
    ] = None,
    wait: Annotated[
        int,
        Query(
            ge=0,
            le=LONGEST_WAIT,
            description="Where there is nothing yet, wait so many seconds for the first event.",
            json_schema_extra={"format": "int32"},
        ),
    ] = 0,
) -> Response:
    """What has happened that you may see, in an order that never changes, from the oldest that is kept.

    An institution's client sees what concerns the institution; a person's token what concerns the person,
    as far as its scopes go; an application that stands for itself what concerns the people who let it
    follow them (`events:read`), from that moment on and until they withdraw it.
    """
    reader, wanted = reader_of(caller), Filter(tuple(types or ()), subject)
    position = paging.decode(cursor, (int,))
    after = position[0] if position else None
    page = await feed.read(session, reader, wanted, after, limit)
    if not page.events and wait and await waiting.until(reader, wanted, page.next, wait):
        page = await feed.read(session, reader, wanted, page.next, limit)
    return Response(_shown(page), media_type="application/json")


def _shown(page: Page) -> bytes:
    """`EventPage`, of events that are JSON already."""
    cursor = paging.encode((page.next,)).encode()
    events = b",".join(event.body for event in page.events)
    return b'{"items":[%b],"next_cursor":"%b"}' % (events, cursor)
