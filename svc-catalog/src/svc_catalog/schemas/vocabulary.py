"""The words that several schemas of the catalog are made of. Every text is a map of languages."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer, WithJsonSchema

from hub_core.text import Text
from hub_service.schemas import Int32, Resource

InstitutionCode = Annotated[
    str, Field(max_length=32, pattern=r"^[A-Za-z0-9-]+$", examples=["IPJ-CV"], description="Its short code.")
]
ServiceCode = Annotated[
    str, Field(max_length=64, pattern=r"^[a-z0-9-]+$", examples=["petition"], description="Its short code.")
]
RuleCode = Annotated[
    str,
    Field(
        max_length=64,
        pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$",
        examples=["petition.answer"],
        description="Code of the rule that gives the number.",
    ),
]
CountyCode = Annotated[
    str,
    Field(max_length=2, pattern=r"^[A-Z]{1,2}$", examples=["CV"], description="Vehicle code of a county."),
]
Topic = Annotated[
    str,
    Field(max_length=64, pattern=r"^[A-Z][A-Z0-9_]*$", examples=["PASSPORTS"], description="Open code."),
]
LifeEvent = Annotated[
    str,
    Field(
        max_length=64, pattern=r"^[A-Z][A-Z0-9_]*$", examples=["TRAVELLING_ABROAD"], description="Open code."
    ),
]
Reason = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=2_000,
        examples=["HG nr. 100/2027, Monitorul Oficial nr. 200 din 10 martie 2027"],
        description="Why, in Romanian; it stays in the change log.",
    ),
]
Verified = Annotated[
    bool, Field(description="Whether it was read in a source that does not contradict another.")
]
Version = Annotated[Int32, Field(ge=1, examples=[1], description="Grows with every change of the content.")]
Amount = Annotated[
    Decimal,
    PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^[0-9]{1,12}\.[0-9]{2}$", "maxLength": 15, "examples": ["202.50"]}
    ),
]
Words = Annotated[
    list[Annotated[str, Field(max_length=100, examples=["cazier"])]],
    Field(max_length=100, description="Words people use, in this language."),
]


class KeywordsView(Resource):
    """What people call a thing when they do not use its name."""

    ro: Words
    hu: Words
    en: Words
