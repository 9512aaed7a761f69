"""HTTP and nothing else: a person's inbox at the hub."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Path, Query, Request

from hub_service import paging, policy, routing
from hub_service.dependencies import Lang, Now, Session
from hub_service.policy import Person
from hub_service.problems import ServiceUnavailable
from hub_service.schemas import Id

from ..clients import Contacts
from ..errors.messages import MessageNotFound
from ..operations import inbox as operations
from ..schemas.inbox import InboxItem, InboxMessage, InboxPage, ReadAll, ReadCount, ReadProof
from ..writing import inbox as writing

READ: Final = "messages:read"
WRITE: Final = "messages:write"

router = routing.Router(prefix="/notify/v1/inbox", tags=["messages"])


async def _hub(request: Request) -> Any:
    return request.app.state.hub


MessageId = Annotated[Id, Path(description="The message's identifier.")]


@router.get(
    "",
    summary="Read your inbox",
    response_description="A page of your inbox, the newest first",
    **policy.operation(READ),
)
async def list_inbox(
    asked: paging.Asked,
    person: Person,
    session: Session,
    language: Lang,
    *,
    unread: Annotated[bool, Query(description="Only what you have not read.")] = False,
) -> InboxPage:
    """What the hub and institutions have told you in your inbox. Looking at the list proves nothing."""
    shown = await operations.find(session, person.person_id, asked.after(UUID), asked.rows, unread=unread)
    items, next_cursor = asked.cut(shown.found, position=lambda claimed: (str(claimed.delivery.message.id),))
    return InboxPage(
        items=[InboxItem.of(each, writing.title(each, language), language) for each in items],
        next_cursor=next_cursor,
        unread=shown.unread,
    )


@router.get(
    "/{message_id}",
    summary="Open a message of your inbox",
    response_description="The message, with what it says",
    **policy.operation(READ, raises=(MessageNotFound, ServiceUnavailable)),
)
async def get_inbox_message(
    message_id: MessageId,
    person: Person,
    session: Session,
    language: Lang,
    hub: Annotated[Any, Depends(_hub)],
) -> InboxMessage:
    """What a message says, in the language of your account. What other services know is asked for now.

    `words` is null when it is not true any more: the appointment that it was about has gone on. Opening it
    is no proof that you have read it: programs open things by themselves.
    """
    found = await operations.get(session, person.person_id, message_id)
    written = await writing.write(hub, hub.settings, Contacts(), found)
    return InboxMessage.told(found, written, language)


@router.post(
    "/{message_id}/read",
    summary="Say that you have read a message",
    response_description="Since when it is known that you have read it",
    **policy.operation(WRITE, raises=(MessageNotFound,)),
)
async def read_message(message_id: MessageId, person: Person, session: Session, now: Now) -> ReadProof:
    """Once it is known that you have read it, it goes to you by no further channel. The first time counts."""
    return ReadProof.of(await operations.read(session, person.person_id, message_id, now))


@router.post(
    "/read",
    summary="Say that you have read all",
    response_description="How many were unread",
    **policy.operation(WRITE),
)
async def read_inbox(body: ReadAll, person: Person, session: Session, now: Now) -> ReadCount:
    """Say that you have read all of your inbox up to a message, so that what came since then stays unread."""
    return ReadCount(count=await operations.read_all(session, person.person_id, body.until, now))
