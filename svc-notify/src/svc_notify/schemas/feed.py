"""What a reader of the feed is shown."""

from typing import Annotated, Any, Literal

from pydantic import Field

from hub_service.schemas import Id, Instant, Resource


class CloudEvent(Resource):
    """An event (CloudEvents 1.0, structured JSON)."""

    specversion: Annotated[Literal["1.0"], Field(description="The version of CloudEvents.")]
    id: Annotated[Id, Field(description="The same each time that the event is handed on.")]
    source: Annotated[
        str, Field(max_length=64, pattern="^/[a-z-]+$", description="Who tells it.", examples=["/petitions"])
    ]
    type: Annotated[
        str,
        Field(
            max_length=128,
            pattern=r"^hub(\.[a-z0-9-]+){3}\.v[0-9]+$",
            description="What happened.",
            examples=["hub.petitions.petition.registered.v1"],
        ),
    ]
    time: Annotated[Instant, Field(description="When it was recorded.")]
    subject: Annotated[
        str | None,
        Field(
            max_length=128,
            pattern="^[ -~]+$",
            description="Which petition, appointment, entry…; missing where that would name a person.",
            examples=["0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"],
        ),
    ] = None
    datacontenttype: Annotated[Literal["application/json"], Field(description="The media type of `data`.")]
    data: Annotated[
        dict[str, Any],
        Field(
            max_length=64,
            description="The facts of the type: ids, numbers, days and codes, and nobody's name or id.",
            examples=[{"version": 1, "petition_id": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70", "number": 123}],
        ),
    ]


class EventPage(Resource):
    """Events in their order, which is the same for whoever reads and whenever."""

    items: Annotated[list[CloudEvent], Field(max_length=200, description="The events of this page.")]
    next_cursor: Annotated[
        str,
        Field(
            max_length=64,
            pattern="^[A-Za-z0-9_-]+$",
            description="Give it as `cursor` to read on; also on a page without events.",
            examples=["WzQyXQ"],
        ),
    ]
