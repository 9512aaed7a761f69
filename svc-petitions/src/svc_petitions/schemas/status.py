"""How a petition stands, for anybody who has its slip."""

from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, JsonValue

from hub_service import schemas

from ..domain import petitions as domain
from ..domain.states import PetitionState
from ..operations.following import Followed
from ..operations.status import Asked
from .following import FollowedPetitionView
from .institutions import AddresseeView

_PAIR: Final[dict[str, JsonValue]] = {
    "institution_id": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b72",
    "number": 123,
    "year": 2026,
    "code": "K7QF2M9X",
}


class AskStatus(schemas.Resource):
    """What stands on the slip of registration."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PAIR]})

    institution_id: Annotated[schemas.Id, Field(description="The institution that gave the number.")]
    number: Annotated[schemas.Int32, Field(ge=1, description="The number.", examples=[123])]
    year: Annotated[
        schemas.Int32, Field(ge=2000, le=9999, description="The year of the register.", examples=[2026])
    ]
    code: Annotated[
        str,
        Field(
            min_length=1,
            max_length=40,
            pattern=schemas.STORABLE,
            description="The code on the slip, however it is typed.",
            examples=["K7QF2M9X"],
        ),
    ]

    def value(self) -> Asked:
        """The question as a value."""
        return Asked(self.institution_id, self.number, self.year, self.code)


class StatusView(schemas.Resource):
    """How a petition stands: nobody's name, and nothing of its words but what a guest is asked."""

    state: Annotated[PetitionState, Field(description="Where it stands.", examples=["IN_ANALYSIS"])]
    institution: Annotated[AddresseeView, Field(description="The institution that has it now.")]
    registered_on: Annotated[
        schemas.LegalDate, Field(description="The date of registration at that institution.")
    ]
    answer_due_on: Annotated[schemas.LegalDate, Field(description="The last day for the answer.")]
    followed: Annotated[
        FollowedPetitionView | None,
        Field(
            description="What was done with it and what was asked, of a petition that was filed online "
            "without an account; null of others."
        ),
    ] = None

    @classmethod
    def of(cls, petition: domain.Summary, followed: Followed | None = None) -> Self:
        """The view of how a petition stands."""
        return cls(
            state=petition.state,
            institution=AddresseeView.of(petition.institution),
            registered_on=petition.registration.registered_on,
            answer_due_on=petition.registration.answer_due_on,
            followed=FollowedPetitionView.of(followed) if followed else None,
        )
