"""HTTP and nothing else: a person reads which messages were sent to them."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from hub_service import paging, policy, routing
from hub_service.dependencies import Lang, Session
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
    language: Lang,
) -> Page[Message]:
    """Every message that you were ever sent by the hub, or are about to be, the newest first.

    By whom, by which channels and why by those, where each stands.
    """
    found = await operations.list_messages(session, person.person_id, asked.after(UUID), asked.rows)
    return asked.page(
        found, position=lambda told: (str(told.message.id),), view=lambda told: Message.of(told, language)
    )


@router.get(
    "/{message_id}",
    summary="Read one message's state",
    response_description="The message",
    **policy.operation("messages:read", raises=(MessageNotFound,)),
)
async def get_message(
    message_id: Annotated[Id, Path(description="The message's identifier.")],
    person: Person,
    session: Session,
    language: Lang,
) -> Message:
    """One message sent to you: when, by whom, of what kind, by which channels, and where each stands."""
    return Message.of(await operations.get_message(session, person.person_id, message_id), language)
