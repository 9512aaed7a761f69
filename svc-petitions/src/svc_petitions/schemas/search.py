"""What officials look for, in requests."""

from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, model_validator

from hub_core.text import Line
from hub_service import schemas

from ..domain.petitioners import Identity
from ..operations.search import Wanted

NOTHING_ASKED: Final = "Give at least one of words, number, petitioner and same_petitioner_as."


class LookedForPetitioner(schemas.Resource):
    """Somebody without an account, by the name and the address that they gave."""

    family_name: Annotated[
        Line, Field(min_length=1, max_length=100, description="Family name.", examples=["Popescu"])
    ]
    given_name: Annotated[
        Line, Field(min_length=1, max_length=100, description="Given names.", examples=["Ana"])
    ]
    address: Annotated[
        Line,
        Field(
            min_length=3,
            max_length=300,
            description="The postal address; where none was given, the e-mail address.",
            examples=["Strada Exemplului nr. 1, Sibiu"],
        ),
    ]


class FindFiles(schemas.Resource):
    """What is looked for: all that is given has to fit. It is never kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"words": "hidranți Onești"}]})

    words: Annotated[
        Line | None,
        Field(
            min_length=2,
            max_length=200,
            description="Words of subject or text, in whatever form, with or without diacritics.",
            examples=["hidranți Onești"],
        ),
    ] = None
    number: Annotated[
        schemas.Int32 | None, Field(ge=1, description="The number in your register.", examples=[123])
    ] = None
    year: Annotated[
        schemas.Int32 | None, Field(description="The register's year; any, where left out.", examples=[2026])
    ] = None
    petitioner: Annotated[
        LookedForPetitioner | None, Field(description="Who signed it, when they have no account.")
    ] = None
    same_petitioner_as: Annotated[
        schemas.Id | None, Field(description="A file: those that one of its petitioners signed.")
    ] = None

    @model_validator(mode="after")
    def _asks(self) -> Self:
        if all(
            given is None for given in (self.words, self.number, self.petitioner, self.same_petitioner_as)
        ):
            raise ValueError(NOTHING_ASKED)
        return self

    def wanted(self) -> Wanted:
        """What is looked for, as a value."""
        return Wanted(
            words=self.words,
            number=self.number,
            year=self.year,
            petitioner=_identity(self.petitioner),
            same_petitioner_as=self.same_petitioner_as,
        )


def _identity(who: LookedForPetitioner | None) -> Identity | None:
    if who is None:
        return None
    return Identity(family_name=who.family_name, given_name=who.given_name, address=who.address)
