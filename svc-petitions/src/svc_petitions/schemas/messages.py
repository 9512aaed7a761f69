"""Messages about petitions, as the two sides send and see them."""

from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, Field

from hub_core.text import Line, Text
from hub_service import schemas

from ..domain import messages as domain
from ..domain.messages import Message, RequestedDocument, Side

_WRITTEN: Final = "Vă rog să trimiteți o copie a actului de identitate."
_TEXT: Final = Field(
    min_length=1,
    max_length=domain.TEXT_MAX,
    description="What is written; it cannot be changed once it is sent.",
    examples=[_WRITTEN],
)
_NAME: Final = Field(
    min_length=1,
    max_length=domain.DOCUMENT_MAX,
    description="Which document.",
    examples=["Copia actului de identitate"],
)
Due = Annotated[
    schemas.LegalDate, Field(description="The last day for it, after today.", examples=["2026-12-04"])
]


class AskedDocument(schemas.Resource):
    """A document that the petitioner is asked for."""

    name: Annotated[Line, _NAME]
    due_on: Due


class WriteToPetitioner(schemas.Resource):
    """A message of the institution."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": _WRITTEN,
                    "documents": [{"name": "Copia actului de identitate", "due_on": "2099-12-04"}],
                }
            ]
        }
    )

    text: Annotated[Text, _TEXT]
    documents: Annotated[
        tuple[AskedDocument, ...],
        Field(max_length=domain.DOCUMENTS_MOST, description="Documents that are asked for, each by a day."),
    ] = ()


class WriteToInstitution(schemas.Resource):
    """A message of the petitioner."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "Vă trimit copia cerută."}]})

    text: Annotated[Text, _TEXT]
    documents: Annotated[
        tuple[schemas.Id, ...],
        Field(
            max_length=domain.DOCUMENTS_MOST,
            description="Which of the documents that were asked for come with it, by their identifiers.",
        ),
    ] = ()


class RequestedDocumentView(schemas.Resource):
    """A document that was asked for."""

    id: Annotated[schemas.Id, Field(description="Name it in the message with which it comes.")]
    name: Annotated[str, _NAME]
    due_on: Annotated[schemas.LegalDate, Field(description="The last day for it.")]
    sent_with: Annotated[
        schemas.Id | None, Field(description="The message that brought it; null while it is open.")
    ]

    @classmethod
    def of(cls, document: RequestedDocument) -> Self:
        """The view of a document."""
        return cls(id=document.id, name=document.name, due_on=document.due_on, sent_with=document.sent_with)


class MessageView(schemas.Resource):
    """A message about a petition, as the petitioner sees it: of officials their function, not their name."""

    id: Annotated[schemas.Id, Field(description="The message.")]
    side: Annotated[Side, Field(description="Who has written.", examples=["INSTITUTION"])]
    institution_id: Annotated[schemas.Id, Field(description="The institution that had the petition then.")]
    function: Annotated[
        str | None,
        Field(
            max_length=200,
            description="The compartment of the official who wrote, if it is known.",
            examples=["Serviciul relații cu publicul"],
        ),
    ]
    text: Annotated[str, _TEXT]
    documents: Annotated[
        list[RequestedDocumentView],
        Field(max_length=domain.DOCUMENTS_MOST, description="Documents that it asks for."),
    ]
    sent_at: Annotated[schemas.Instant, Field(description="When it was sent.")]
    read_at: Annotated[
        schemas.Instant | None,
        Field(description="When the other side opened it; a courtesy, from which no term runs."),
    ]

    @classmethod
    def of(cls, message: Message) -> Self:
        """The view of a message."""
        return cls(**_members(message))


class FileMessageView(MessageView):
    """A message about a petition, as officials see it."""

    sender_id: Annotated[
        schemas.Id, Field(description="The official, or the person who wrote for the petitioner.")
    ]

    @classmethod
    def of(cls, message: Message) -> Self:
        """The view of a message in its file."""
        return cls(**_members(message), sender_id=message.sender_id)


def _members(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "side": message.side,
        "institution_id": message.institution_id,
        "function": message.function,
        "text": message.text,
        "documents": [RequestedDocumentView.of(each) for each in message.documents],
        "sent_at": message.sent_at,
        "read_at": message.read_at,
    }
