"""Bodies of hand-overs between compartments."""

from dataclasses import asdict
from typing import Annotated, Self

from pydantic import Field

from hub_core.text import Text
from hub_service import schemas

from ..domain.transfers import REFUSAL_MAX, Transfer, TransferState


class HandOverFile(schemas.Resource):
    """Hand a file over to a compartment."""

    compartment_id: Annotated[schemas.Id, Field(description="The compartment that receives it.")]


class RefuseTransfer(schemas.Resource):
    """Refuse a file that was handed over."""

    reason: Annotated[
        Text,
        Field(
            min_length=3,
            max_length=REFUSAL_MAX,
            description="Why it is not for this compartment.",
            examples=["Nu ține de compartimentul nostru."],
        ),
    ]


class TransferView(schemas.Resource):
    """A hand-over. The file is with who handed it over until it is accepted."""

    id: Annotated[schemas.Id, Field(description="The hand-over.")]
    file_id: Annotated[schemas.Id, Field(description="The file.")]
    from_compartment_id: Annotated[
        schemas.Id | None, Field(description="From where; null from the registry.")
    ]
    to_compartment_id: Annotated[schemas.Id, Field(description="To where.")]
    handed_by: Annotated[schemas.Id, Field(description="Who handed it over.")]
    handed_at: Annotated[schemas.Instant, Field(description="When.")]
    state: Annotated[TransferState, Field(description="Where it stands.", examples=["WAITING"])]
    decided_by: Annotated[schemas.Id | None, Field(description="Who accepted or refused it.")]
    decided_at: Annotated[schemas.Instant | None, Field(description="When.")]
    refusal: Annotated[
        str | None,
        Field(
            max_length=REFUSAL_MAX,
            description="Why it was refused.",
            examples=["Nu ține de compartimentul nostru."],
        ),
    ]

    @classmethod
    def of(cls, transfer: Transfer) -> Self:
        """A hand-over as officials see it."""
        shown = asdict(transfer)
        shown["file_id"] = shown.pop("petition_id")
        del shown["institution_id"]
        return cls(**shown)
