"""Petitions that are linked to others."""

from typing import Annotated, Self

from pydantic import Field

from hub_core.text import Line, Text
from hub_service import schemas

from ..domain import petitions as domain
from ..domain.information import Ground
from ..domain.links import Linked, LinkKind
from ..domain.states import PetitionState
from ..operations.splitting import Part
from .petitions import Kind


class LinkedPetitionView(schemas.Resource):
    """A petition that is linked to this one."""

    petition_id: Annotated[schemas.Id, Field(description="The other petition.")]
    link: Annotated[
        LinkKind,
        Field(
            description="SPLIT: one was written inside of the other; COMPLAINT: one complains of the refusal "
            "of the other, or of silence.",
            examples=["SPLIT"],
        ),
    ]
    is_origin: Annotated[
        bool, Field(description="Whether this petition came out of the other one.", examples=[True])
    ]
    kind: Kind
    institution_id: Annotated[schemas.Id, Field(description="In whose register the number stands.")]
    registration_label: Annotated[
        str, Field(max_length=32, description="Its number and date.", examples=["123/21.11.2026"])
    ]
    state: Annotated[PetitionState, Field(description="Where it stands.", examples=["TRIAGE"])]
    answer_due_on: Annotated[schemas.LegalDate, Field(description="The last day for its answer.")]
    ground: Annotated[
        Ground | None, Field(description="Of a complaint: what it complains of.", examples=["REFUSAL"])
    ]

    @classmethod
    def of(cls, linked: Linked) -> Self:
        """The view of a linked petition."""
        same = ("petition_id", "link", "is_origin", "kind", "institution_id", "state", "answer_due_on")
        return cls.model_validate(
            {name: getattr(linked, name) for name in (*same, "ground")} | {"registration_label": linked.label}
        )


Links = Annotated[
    list[LinkedPetitionView],
    Field(
        max_length=1_000,
        description="The petitions that are linked to it: what it came out of, what came out of it.",
    ),
]


class SplitFile(schemas.Resource):
    """What a petition asks for besides, as what it is."""

    kind: Kind
    subject: Annotated[
        Line,
        Field(
            min_length=1,
            max_length=domain.SUBJECT_MAX,
            description="What is asked for, in one line.",
            examples=["Numărul pașapoartelor eliberate în 2025"],
        ),
    ]
    text: Annotated[
        Text,
        Field(
            min_length=1,
            max_length=domain.TEXT_MAX,
            description="The words of the petition that ask for it.",
            examples=["Vă rog să îmi comunicați și câte pașapoarte ați eliberat în anul 2025."],
        ),
    ]

    def part(self) -> Part:
        """What was taken out, as a value."""
        return Part(self.kind, self.subject, self.text)
