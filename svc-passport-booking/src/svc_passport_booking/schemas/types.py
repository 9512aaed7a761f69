"""What can be booked, as a caller is shown it."""

from typing import Annotated, Self

from pydantic import Field

from hub_service.schemas import LocalisedText, Resource

from ..domain.types import BookableType

TypeCode = Annotated[
    str,
    Field(
        pattern=r"^[A-Z][A-Z0-9_]*$",
        max_length=32,
        json_schema_extra={"examples": ["PE"]},
    ),
]
"""The code of something that can be booked."""


class BookableTypeView(Resource):
    """Something people book a place for."""

    code: Annotated[TypeCode, Field(description="The code that availability and a booking name.")]
    family: Annotated[
        TypeCode,
        Field(description="Of the types of one family a person has one active appointment at most."),
    ]
    service: Annotated[
        str,
        Field(
            max_length=64,
            pattern=r"^[a-z0-9-]+$",
            description="The catalog's entry that says what to bring.",
            json_schema_extra={"examples": ["passport-booking"]},
        ),
    ]
    name: Annotated[LocalisedText, Field(description="What it is called.")]

    @classmethod
    def of(cls, bookable: BookableType) -> Self:
        """The view of a type."""
        return cls(
            code=bookable.code,
            family=bookable.family,
            service=bookable.service,
            name=LocalisedText.of({str(name): text for name, text in bookable.names.items()}),
        )


class BookableTypesView(Resource):
    """Everything that can be booked."""

    items: Annotated[list[BookableTypeView], Field(max_length=200, description="In a fixed order.")]
