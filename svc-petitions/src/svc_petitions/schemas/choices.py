"""The structure that was chosen for a file, in requests and answers."""

from typing import Annotated, Self

from pydantic import Field

from hub_service import schemas

from ..domain.choices import Choice
from ..operations.choices import SHOWN
from .routing import ConsideredView, Rules, StructureView, localised

_ADDRESSEE = Field(
    max_length=300,
    description="The name to which it is sent, of an authority outside the hub.",
    examples=["Primăria Cluj-Napoca, județul Cluj"],
)
_TOPIC = Field(max_length=64, description="The topic that fits best, if one does.", examples=["LOCAL_POLICE"])


class ChooseStructure(schemas.Resource):
    """Which of the structures that are suggested a file goes to."""

    structure_id: Annotated[schemas.Id, Field(description="The structure.")]


class ChosenStructureView(schemas.Resource):
    """The structure that the registry has chosen, and what else was considered."""

    ordinal: Annotated[schemas.Int32, Field(ge=1, description="The how manyeth choice it is.", examples=[1])]
    structure: Annotated[StructureView, Field(description="The structure.")]
    addressee: Annotated[str | None, _ADDRESSEE]
    topic: Annotated[str | None, _TOPIC]
    rules: Rules
    others_considered: Annotated[
        list[ConsideredView], Field(max_length=50, description="What was suggested as well, the best first.")
    ]
    chosen_by: Annotated[schemas.Id, Field(description="The official.")]
    chosen_at: Annotated[schemas.Instant, Field(description="When.")]

    @classmethod
    def of(cls, choice: Choice) -> Self:
        """The view of a choice."""
        return cls(
            ordinal=choice.ordinal,
            structure=StructureView(id=choice.structure_id, code=choice.code, names=localised(choice.names)),
            addressee=choice.addressee,
            topic=choice.topic,
            rules=list(choice.rules),
            others_considered=[ConsideredView.of(one) for one in choice.others],
            chosen_by=choice.chosen_by,
            chosen_at=choice.chosen_at,
        )


class ChosenStructuresView(schemas.Resource):
    """What the registry has chosen for a file; the last one holds."""

    items: Annotated[list[ChosenStructureView], Field(max_length=SHOWN, description="The choices, in order.")]


class SentBecauseView(schemas.Resource):
    """Where a petition was sent, and why; nothing of who decided it."""

    structure: Annotated[StructureView, Field(description="The structure.")]
    addressee: Annotated[str | None, _ADDRESSEE]
    topic: Annotated[str | None, _TOPIC]
    rules: Rules
    text: Annotated[
        schemas.LocalisedText,
        Field(
            description="The same in words.",
            examples=[{"ro": "Trimisă la Primăria Cluj-Napoca, care se ocupă de: Poliția locală."}],
        ),
    ]

    @classmethod
    def of(cls, choice: Choice) -> Self:
        """The view for the petitioner."""
        return cls(
            structure=StructureView(id=choice.structure_id, code=choice.code, names=localised(choice.names)),
            addressee=choice.addressee,
            topic=choice.topic,
            rules=list(choice.rules),
            text=localised(choice.because),
        )
