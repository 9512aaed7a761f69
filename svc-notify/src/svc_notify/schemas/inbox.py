"""What a person is shown of their inbox."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from hub_core.language import Language
from hub_service.paging import Page
from hub_service.schemas import Id, Instant, Resource

from ..domain.kinds import GROUP_NAMES, Group
from ..domain.messages import Message
from ..operations.sending import Claimed
from ..rendering import Words

_Id = Annotated[Id, Field(description="The message's identifier, the same as in the list of messages.")]
_Read = Annotated[Instant | None, Field(description="When it was proved that you have read it.")]


def _text(longest: int, says: str, example: str) -> object:
    return Field(max_length=longest, description=says, json_schema_extra={"examples": [example]})


class InboxItem(Resource):
    """A message in your inbox."""

    id: _Id
    kind: Annotated[str, _text(64, "What it is about.", "submission.registered")]
    group: Annotated[Group, Field(description="What it belongs to.")]
    group_name: Annotated[str, _text(100, "What that is called.", "Petiții")]
    title: Annotated[
        str | None,
        _text(300, "What stands over it; null where it is asked for when you open it.", "Cererea nr. 7"),
    ]
    institution_id: Annotated[Id | None, Field(description="The institution that sent it; null: the hub.")]
    institution_name: Annotated[str | None, _text(300, "What it is called.", "Primăria Sibiu")]
    received_at: Annotated[Instant, Field(description="When it came.")]
    read_at: _Read

    @classmethod
    def of(cls, claimed: Claimed, title: str | None, language: Language) -> Self:
        """A message in words of a language."""
        message = claimed.delivery.message
        names = claimed.institution if message.sender else {}
        return cls(
            id=message.id,
            kind=message.template,
            group=message.group,
            group_name=GROUP_NAMES[message.group][language],
            title=title,
            institution_id=message.sender_id,
            institution_name=names.get(language) or names.get(Language.RO),
            received_at=claimed.delivery.queued_at,
            read_at=message.read_at,
        )


class InboxPage(Page[InboxItem]):
    """A page of your inbox."""

    unread: Annotated[
        int,
        Field(
            ge=0,
            le=2_147_483_647,
            description="How many messages of all your inbox you have not read.",
            json_schema_extra={"format": "int32", "examples": [3]},
        ),
    ]


class InboxFact(Resource):
    """A line of a message."""

    label: Annotated[str, _text(200, "What it is.", "Număr de înregistrare")]
    value: Annotated[str, _text(1000, "What is said of it.", "123456")]


class InboxWords(Resource):
    """What a message says, in the language of your account."""

    language: Annotated[Language, Field(description="The language it is written in.")]
    title: Annotated[str, _text(300, "What stands over it.", "Cererea dumneavoastră nr. 123456")]
    text: Annotated[str, _text(10_000, "What it says, in paragraphs.", "A fost înregistrată.")]
    code: Annotated[str | None, _text(64, "A code that it brings.", "482913")]
    facts: Annotated[list[InboxFact], Field(max_length=50, description="Its lines.")]
    next: Annotated[
        list[Annotated[str, _text(1000, "A line.", "Primiți răspunsul în cont.")]],
        Field(max_length=20, description="What happens next."),
    ]
    action: Annotated[str | None, _text(200, "What its button says.", "Vedeți în cont")]
    action_url: Annotated[
        str | None,
        Field(
            max_length=2048,
            description="Where that leads.",
            json_schema_extra={"format": "uri", "examples": ["https://hub.example/account/overview"]},
        ),
    ]

    @classmethod
    def of(cls, words: Words, page: str) -> Self:
        """The words of a message, and the page that it leads to."""
        return cls(
            language=words.language,
            title=words.title,
            text=words.lead,
            code=words.code or None,
            facts=[InboxFact(label=label, value=value) for label, value in words.facts],
            next=list(words.next),
            action=words.action or None,
            action_url=page if words.action else None,
        )


class InboxMessage(InboxItem):
    """A message in your inbox, with what it says."""

    words: Annotated[
        InboxWords | None, Field(description="What it says; null when that is no longer true, or kept.")
    ]

    @classmethod
    def told(cls, claimed: Claimed, written: tuple[Words, str] | None, language: Language) -> Self:
        """A message as it is opened."""
        item = InboxItem.of(claimed, written[0].title if written else None, language)
        return cls(**dict(item), words=InboxWords.of(*written) if written else None)


class ReadProof(Resource):
    """That a message was read."""

    id: _Id
    read_at: _Read

    @classmethod
    def of(cls, message: Message) -> Self:
        """The proof of a message."""
        return cls(id=message.id, read_at=message.read_at)


class ReadAll(BaseModel):
    """Up to which message you have read your inbox."""

    model_config = ConfigDict(extra="forbid")

    until: Annotated[Id, Field(description="The newest message that you were shown.")]


class ReadCount(Resource):
    """How many messages were read."""

    count: Annotated[
        int,
        Field(
            ge=0,
            le=2_147_483_647,
            description="How many were unread until now.",
            json_schema_extra={"format": "int32", "examples": [3]},
        ),
    ]
