"""Bodies of answers as documents."""

from typing import Annotated, Self

from pydantic import Field

from hub_service import schemas

from ..domain.answers import AnswerSeal, Verified
from .registers import Digest


class VerifiedAnswerView(schemas.Resource):
    """What anybody is told of an answer whose code they have."""

    institution: Annotated[schemas.LocalisedText, Field(description="Who answered.")]
    number: Annotated[
        str,
        Field(
            max_length=40, description="The number it left under, and its day.", examples=["457/22.11.2026"]
        ),
    ]
    petition: Annotated[
        str,
        Field(max_length=40, description="The petition's number and day.", examples=["123/21.11.2026"]),
    ]
    sent_on: Annotated[schemas.LegalDate, Field(description="The day on which it was sent.")]
    sha256: Digest

    @classmethod
    def of(cls, found: Verified) -> Self:
        """What is told of an answer."""
        return cls(
            institution=schemas.LocalisedText.of(dict(found.institution)),
            number=found.number,
            petition=found.petition,
            sent_on=found.sent_on,
            sha256=found.sha256.hex(),
        )


class VerifiedAnswerFileView(schemas.Resource):
    """What anybody is told of a file."""

    seal: Annotated[AnswerSeal, Field(description="What its seal says.")]
    answer: Annotated[
        VerifiedAnswerView | None,
        Field(description="The answer whose very file it is; none when it is no answer's, or was changed."),
    ]
