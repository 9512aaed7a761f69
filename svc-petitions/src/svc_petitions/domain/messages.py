"""What an institution and a petitioner write to each other about a petition. No I/O; `now` is an argument."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from ..errors.messages import DocumentDayPast, DocumentNotAsked, DocumentTypeRefused, ThreadClosed
from .attachments import Attachment
from .files import File
from .states import OPEN

TEXT_MAX: Final = 10_000
DOCUMENT_MAX: Final = 300
DOCUMENTS_MOST: Final = 20
NEWS_RULE: Final = "petition.message-news"


class Side(StrEnum):
    """Who has written: the institution that has the file, or the petitioner."""

    INSTITUTION = "INSTITUTION"
    PETITIONER = "PETITIONER"


@dataclass(frozen=True, slots=True, repr=False)
class RequestedDocument:
    """A document that an institution asks for until a last day; `sent_with` is the message that brought it.

    It is a file of one of `accepted_types`, or of any type that is taken where none is named. The term of
    the petition's answer goes on meanwhile.
    """

    id: UUID
    name: str
    due_on: date
    sent_with: UUID | None = None
    accepted_types: Sequence[str] = ()

    def accepts(self, media_type: str) -> bool:
        """Whether a file of this type can be the document."""
        return not self.accepted_types or media_type in self.accepted_types


@dataclass(frozen=True, slots=True)
class Named:
    """A file that goes with a message, and the document that it is, if it was asked for."""

    attachment_id: UUID
    document_id: UUID | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Sent:
    """A file that went with a message, and the document that it is, if it was asked for."""

    attachment: Attachment
    document_id: UUID | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """A message about a petition: nobody changes it once it is sent.

    `sender_id` is the official, or who wrote for the petitioner. `function` is where the official works, as
    the petitioner is told instead of a name. That the other side has opened it (`read_at`) is a courtesy:
    no term runs from it.
    """

    id: UUID
    petition_id: UUID
    institution_id: UUID
    side: Side
    sender_id: UUID
    text: str
    sent_at: datetime
    read_at: datetime | None = None
    function: str | None = None
    documents: Sequence[RequestedDocument] = ()
    attachments: Sequence[Sent] = ()


def refuse_ended(file: File) -> None:
    """`ThreadClosed` for a file on which nobody acts any more, or that is joined to another one."""
    if file.state not in OPEN:
        raise ThreadClosed


def refuse_past_days(asked: Sequence[RequestedDocument], today: date) -> None:
    """`DocumentDayPast` for a document that is asked for without a day left."""
    for number, each in enumerate(asked):
        if each.due_on <= today:
            raise DocumentDayPast(number)


def refuse_unasked(asked: Sequence[RequestedDocument], brought: Collection[UUID]) -> None:
    """`DocumentNotAsked` for a document that was not asked for, or was sent already."""
    open_ones = {each.id for each in asked if each.sent_with is None}
    if not open_ones.issuperset(brought):
        raise DocumentNotAsked


def refuse_types(asked: Sequence[RequestedDocument], files: Sequence[Sent]) -> None:
    """`DocumentTypeRefused` for a file that cannot be the document that it is said to be."""
    by_id = {each.id: each for each in asked}
    for number, file in enumerate(files):
        if file.document_id and not by_id[file.document_id].accepts(file.attachment.media_type):
            raise DocumentTypeRefused(number)
