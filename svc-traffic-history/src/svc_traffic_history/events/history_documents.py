"""What is told of history documents and of links to them: that it happened, never what they say."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event


class HistoryIssued(Event):
    """A history document was issued to a driver."""

    subject: ClassVar[str] = "hub.traffic-history.history-document.issued.v1"
    key_field: ClassVar[str] = "document_id"

    document_id: UUID = Field(description="The document")
    person_id: UUID = Field(description="Whose document it is")


class RecordLinkOpened(Event):
    """Somebody opened a link to a history document; its holder reads who that was."""

    subject: ClassVar[str] = "hub.traffic-history.record-link.opened.v1"
    key_field: ClassVar[str] = "link_id"

    link_id: UUID = Field(description="The link")
    opening_id: UUID = Field(description="The opening")
    document_id: UUID = Field(description="The document")
    person_id: UUID = Field(description="Whose document it is")
