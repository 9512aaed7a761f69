"""Messages about petitions, as the two sides send and see them."""

from enum import StrEnum
from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, Field

from hub_core import ids
from hub_core.text import Line, Text
from hub_service import schemas

from ..domain import messages as domain
from ..domain.attachments import FileType
from ..domain.messages import Message, Named, RequestedDocument, Sent, Side
from ..operations.messages import Written
from .attachments import AttachmentView

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
_FILES: Final = 50


class FileFormat(StrEnum):
    """Of which type a file is, by its content."""

    PDF = "PDF"
    JPEG = "JPEG"
    PNG = "PNG"
    DOCX = "DOCX"
    ODT = "ODT"
    TEXT = "TEXT"


AcceptedTypes = Annotated[
    tuple[FileFormat, ...],
    Field(
        max_length=len(FileFormat),
        description="Of which types its file may be, by content; none: of every type that is taken.",
        json_schema_extra={"uniqueItems": True},
        examples=[["PDF"]],
    ),
]


class AskedDocument(schemas.Resource):
    """A document that the petitioner is asked for."""

    name: Annotated[Line, _NAME]
    due_on: Due
    accepted_types: AcceptedTypes = ()

    def value(self) -> RequestedDocument:
        """The document that is asked for."""
        types = tuple(FileType[one.name] for one in dict.fromkeys(self.accepted_types))
        return RequestedDocument(ids.new_id(), self.name, self.due_on, accepted_types=types)


class NamedFile(schemas.Resource):
    """A file that you have uploaded and send along."""

    attachment_id: Annotated[schemas.Id, Field(description="The file, as its upload was answered.")]


class NamedDocument(NamedFile):
    """The same, and which document that was asked for it is."""

    document_id: Annotated[
        schemas.Id | None, Field(description="The document that it is; null for any other file.")
    ] = None


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
    files: Annotated[
        tuple[NamedFile, ...], Field(max_length=_FILES, description="Files that you send along.")
    ] = ()

    def written(self) -> Written:
        """The message as operations take it."""
        return Written(
            self.text,
            files=[Named(each.attachment_id) for each in self.files],
            asks=[each.value() for each in self.documents],
        )


class WriteToInstitution(schemas.Resource):
    """A message of the petitioner."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "Vă trimit copia cerută."}]})

    text: Annotated[Text, _TEXT]
    documents: Annotated[
        tuple[schemas.Id, ...],
        Field(
            max_length=domain.DOCUMENTS_MOST,
            description="Which of the documents that were asked for come with it, by their identifiers; "
            "those that a file is said to be need not stand here.",
        ),
    ] = ()
    files: Annotated[
        tuple[NamedDocument, ...],
        Field(max_length=_FILES, description="Files that you send along, each with the document that it is."),
    ] = ()

    def written(self) -> Written:
        """The message as operations take it."""
        return Written(
            self.text,
            files=[Named(each.attachment_id, each.document_id) for each in self.files],
            brings=self.documents,
        )


class RequestedDocumentView(schemas.Resource):
    """A document that was asked for."""

    id: Annotated[schemas.Id, Field(description="Name it in the message with which it comes.")]
    name: Annotated[str, _NAME]
    due_on: Annotated[schemas.LegalDate, Field(description="The last day for it.")]
    sent_with: Annotated[
        schemas.Id | None, Field(description="The message that brought it; null while it is open.")
    ]
    accepted_types: AcceptedTypes

    @classmethod
    def of(cls, document: RequestedDocument) -> Self:
        """The view of a document."""
        return cls(
            id=document.id,
            name=document.name,
            due_on=document.due_on,
            sent_with=document.sent_with,
            accepted_types=tuple(FileFormat(FileType(one).name) for one in document.accepted_types),
        )


class SentFileView(AttachmentView):
    """A file that went with a message."""

    document_id: Annotated[
        schemas.Id | None, Field(description="The document that it is, if one was asked for.")
    ]

    @classmethod
    def of_sent(cls, sent: Sent) -> Self:
        """The view of a file of a message."""
        shown = AttachmentView.of(sent.attachment)
        return cls(**shown.model_dump(), document_id=sent.document_id)


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
    attachments: Annotated[
        list[SentFileView], Field(max_length=_FILES, description="Files that went with it.")
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
        "attachments": [SentFileView.of_sent(each) for each in message.attachments],
        "sent_at": message.sent_at,
        "read_at": message.read_at,
    }
