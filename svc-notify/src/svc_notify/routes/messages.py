"""HTTP and nothing else: a person reads which messages were sent to them."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from hub_service import paging, policy, routing
from hub_service.dependencies import Session
from hub_service.paging import Page
from hub_service.policy import Person
from hub_service.schemas import Id

from ..errors.messages import MessageNotFound
from ..operations import messages as operations
from ..schemas.messages import Message

router = routing.Router(prefix="/notify/v1/messages", tags=["messages"])


@router.get(
    "",
    summary="List the messages sent to you",
    response_description="A page of messages, the newest first",
    **policy.operation("messages:read"),
)
async def list_messages(
    asked: paging.Asked,
    person: Person,
    session: Session,
) -> Page[Message]:
    """Every message the hub has sent you or is about to, the newest first, with its state."""
    found = await operations.list_messages(session, person.person_id, asked.after(UUID), asked.rows)
    return asked.page(found, position=lambda deliveries: (str(deliveries[0].message.id),), view=Message.of)


@router.get(
    "/{message_id}",
    summary="Read one message's state",
    response_description="The message",
    **policy.operation("messages:read", raises=(MessageNotFound,)),
)
async def get_message(
    message_id: Annotated[Id, Path(description="The message's identifier.")], person: Person, session: Session
) -> Message:
    """One message sent to you: when, of what kind, by which channel, and where it stands."""
    return Message.of(await operations.get_message(session, person.person_id, message_id))
