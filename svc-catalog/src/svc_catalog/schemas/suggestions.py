"""What the API shows while somebody types, and of situations in life."""

from typing import Annotated

from pydantic import Field

from hub_service.schemas import Int32, LocalisedText, Resource

from ..operations.suggestions import SuggestionKind
from .vocabulary import LifeEvent


class SuggestionView(Resource):
    """Something that may be meant."""

    kind: Annotated[SuggestionKind, Field(description="What it is.")]
    code: Annotated[
        str,
        Field(max_length=64, examples=["passport-booking"], description="Code of the service, event, body."),
    ]
    text: Annotated[
        str,
        Field(max_length=2_000, examples=["Passport appointment"], description="Its name, as it was typed."),
    ]


class SuggestionsView(Resource):
    """What may be meant: services, then life events, then institutions."""

    items: Annotated[list[SuggestionView], Field(max_length=20, description="The best of each kind first.")]


class LifeEventView(Resource):
    """A situation in life."""

    code: LifeEvent
    title: Annotated[LocalisedText, Field(description="What it is called.")]
    services: Annotated[Int32, Field(examples=[3], description="How many services are needed in it.")]


class LifeEventsView(Resource):
    """The situations that services are needed in."""

    items: Annotated[list[LifeEventView], Field(max_length=200, description="By Romanian title.")]
