"""What is told of messages: that there is one, never what it says."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hub_events.envelope import Event

from ..domain.files import File
from ..domain.messages import Message, RequestedDocument, Side


class _OfPetition(BaseModel):
    model_config = ConfigDict(frozen=True)

    petition_id: UUID = Field(description="The petition")
    person_id: UUID | None = Field(description="The petitioner, if they have an account")
    acting_person_id: UUID | None = Field(description="The person who filed the petition online, if one did")
    institution_id: UUID = Field(description="The institution that has the file")
    number: int = Field(ge=1, description="Its number in that institution's register of the year")
    year: int = Field(description="The year of the register")


class _OfThread(_OfPetition):
    message_id: UUID = Field(description="The message")


class MessageSent(_OfThread, Event):
    """An institution or a petitioner has written to the other about a petition."""

    subject: ClassVar[str] = "hub.petitions.message.sent.v1"
    key_field: ClassVar[str] = "petition_id"

    side: Side = Field(description="Who has written")
    handler_id: UUID | None = Field(description="The official who works on the file")
    documents: int = Field(ge=0, description="How many documents it asks for or brings")
    is_news: bool = Field(
        default=True,
        description="Whether whom it is for is to be written to: of several within a short time, of one",
    )

    @classmethod
    def of(cls, file: File, message: Message, documents: int, *, is_news: bool = True) -> Self:
        """The event of a message just sent."""
        return cls(
            **_facts(file, message),
            side=message.side,
            handler_id=file.handler_id,
            documents=documents,
            is_news=is_news,
        )


class DocumentRequested(_OfThread, Event):
    """An institution has asked the petitioner for a document; the term of the answer goes on."""

    subject: ClassVar[str] = "hub.petitions.document.requested.v1"
    key_field: ClassVar[str] = "petition_id"

    document_id: UUID = Field(description="The request for the document")
    due_on: date = Field(description="The last day for it")

    @classmethod
    def of(cls, file: File, message: Message, document: RequestedDocument) -> Self:
        """The event of a document just asked for."""
        return cls(**_facts(file, message), document_id=document.id, due_on=document.due_on)


class DocumentReminded(_OfPetition, Event):
    """The day comes near for documents that the petitioner was asked for and has not sent."""

    subject: ClassVar[str] = "hub.petitions.document.reminded.v1"
    key_field: ClassVar[str] = "petition_id"

    documents: int = Field(ge=1, description="How many")
    due_on: date = Field(description="The last day for the first of them")

    @classmethod
    def of(cls, file: File, days: Sequence[date]) -> Self:
        """The event of documents due on these days."""
        return cls(**_of_file(file), documents=len(days), due_on=min(days))


class MessageUnread(_OfPetition, Event):
    """Messages about a petition that were not opened for long."""

    subject: ClassVar[str] = "hub.petitions.message.unread.v1"
    key_field: ClassVar[str] = "petition_id"

    side: Side = Field(description="Who has written; the other side has not opened them")
    handler_id: UUID | None = Field(description="The official who works on the file")
    messages: int = Field(ge=1, description="How many")

    @classmethod
    def of(cls, file: File, side: Side, messages: int) -> Self:
        """The event of messages that one side has written."""
        return cls(**_of_file(file), side=side, handler_id=file.handler_id, messages=messages)


def _facts(file: File, message: Message) -> dict[str, Any]:
    return {"message_id": message.id, **_of_file(file)}


def _of_file(file: File) -> dict[str, Any]:
    return {
        "petition_id": file.id,
        "person_id": file.person_id,
        "acting_person_id": file.acting_person_id,
        "institution_id": file.institution_id,
        "number": file.number,
        "year": file.year,
        "version": file.version,
    }
