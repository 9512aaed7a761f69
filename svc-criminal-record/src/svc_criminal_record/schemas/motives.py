"""Motives, as a caller is shown them."""

from typing import Annotated, Self

from pydantic import Field

from hub_core.rules import Option
from hub_service.schemas import LocalisedText, Resource

MotiveCode = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$",
        max_length=64,
        json_schema_extra={"examples": ["angajare"]},
    ),
]
"""The code of a motive."""


class MotiveView(Resource):
    """What a certificate may be asked for."""

    code: Annotated[MotiveCode, Field(description="The code that a request names.")]
    name: Annotated[LocalisedText, Field(description="What it is called.")]

    @classmethod
    def of(cls, option: Option) -> Self:
        """The view of an option of the list."""
        return cls(
            code=option.code, name=LocalisedText.of({str(name): text for name, text in option.texts.items()})
        )


class MotivesView(Resource):
    """The motives of a day."""

    items: Annotated[list[MotiveView], Field(max_length=200, description="In the order of the list.")]
