"""What the API shows of changes."""

from typing import Annotated, Self

from pydantic import Field

from hub_service.schemas import Instant, Resource

from ..domain.changes import Change, ChangeKind
from ..exports.addresses import path_of
from .vocabulary import Version


class ChangeView(Resource):
    """The newest change of one thing."""

    kind: Annotated[ChangeKind, Field(description="What sort of thing changed.")]
    code: Annotated[str, Field(max_length=64, examples=["petition"], description="Its code.")]
    version: Version
    changed_at: Annotated[Instant, Field(description="When it changed.")]
    gone: Annotated[bool, Field(description="Whether it can be read no more: drop it from your copy.")]
    link: Annotated[
        str | None,
        Field(
            max_length=200,
            json_schema_extra={"format": "uri-reference"},
            examples=["/catalog/v1/services/petition"],
            description="Where it is read; null when it is gone.",
        ),
    ]

    @classmethod
    def of(cls, change: Change) -> Self:
        """The view of a change."""
        return cls(
            kind=change.kind,
            code=change.code,
            version=change.version,
            changed_at=change.changed_at,
            gone=change.gone,
            link=None if change.gone else path_of(change.kind, change.code),
        )


class ChangesPage(Resource):
    """Changes in their order, and where to go on."""

    items: Annotated[list[ChangeView], Field(max_length=200, description="The changes, the oldest first.")]
    next_cursor: Annotated[
        str | None,
        Field(
            max_length=512,
            description="Give it as `cursor` to read on; null when there is no more yet.",
            examples=["WzQyXQ"],
        ),
    ]
    sync_cursor: Annotated[
        str,
        Field(
            max_length=512,
            description="Keep it when the items are in your copy, and give it as `cursor` next time; "
            "never null.",
            examples=["WzQyXQ"],
        ),
    ]
