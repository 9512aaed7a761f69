"""An institution's structure in requests and answers."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from hub_core.text import Line
from hub_service import schemas

from ..domain import structure as domain

CompartmentIdField = Annotated[schemas.Id, Field(description="The compartment.")]
_CODE = Field(
    min_length=1,
    max_length=domain.CODE_MAX,
    pattern=r"^[A-Z0-9][A-Z0-9.-]*$",
    description="Its short code.",
    examples=["SRP"],
)
_NAME = Field(
    min_length=1,
    max_length=domain.NAME_MAX,
    description="Its Romanian name.",
    examples=["Serviciul relații cu publicul"],
)
_ACT = Field(
    min_length=1,
    max_length=domain.ACT_MAX,
    description="Number and date of the head's act.",
    examples=["Dispoziția nr. 41/20.11.2026"],
)


class AddCompartment(schemas.Resource):
    """A new compartment."""

    code: Annotated[str, _CODE]
    name: Annotated[Line, _NAME]


class CompartmentView(schemas.Resource):
    """A part of an institution that works on files."""

    id: CompartmentIdField
    code: Annotated[str, _CODE]
    name: Annotated[str, _NAME]
    is_closed: Annotated[
        bool, Field(description="Whether it gets no more files and members.", examples=[False])
    ]

    @classmethod
    def of(cls, compartment: domain.Compartment) -> Self:
        """The view of a compartment."""
        return cls(
            id=compartment.id,
            code=compartment.code,
            name=compartment.name,
            is_closed=compartment.is_closed,
        )


class PutMember(schemas.Resource):
    """Where somebody works, and under whom."""

    compartment_id: CompartmentIdField
    superior_id: Annotated[
        schemas.Id | None,
        Field(description="The person under whom they work; null for the head of the institution."),
    ]


class MemberView(schemas.Resource):
    """Who works where, and under whom."""

    person_id: Annotated[schemas.Id, Field(description="The official.")]
    compartment_id: CompartmentIdField
    superior_id: Annotated[
        schemas.Id | None, Field(description="Their superior; null for the head of the institution.")
    ]

    @classmethod
    def of(cls, member: domain.Member) -> Self:
        """The view of a member."""
        return cls(
            person_id=member.person_id,
            compartment_id=member.compartment_id,
            superior_id=member.superior_id,
        )


class DelegateSignature(schemas.Resource):
    """Who signs answers for the head, from which day to which."""

    delegate_id: Annotated[schemas.Id, Field(description="The official who signs.")]
    valid_from: Annotated[schemas.LegalDate, Field(description="The first day.")]
    valid_to: Annotated[
        schemas.LegalDate,
        Field(description="The last day.", json_schema_extra={"examples": ["2026-12-04"]}),
    ]
    act: Annotated[Line, _ACT]

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        if self.valid_to < self.valid_from:
            raise ValueError("the last day is before the first")
        return self


class DelegationView(schemas.Resource):
    """The right to sign answers for the head of an institution."""

    id: Annotated[schemas.Id, Field(description="The delegation.")]
    delegate_id: Annotated[schemas.Id, Field(description="The official who signs.")]
    given_by: Annotated[schemas.Id, Field(description="The head who gave it.")]
    given_at: Annotated[schemas.Instant, Field(description="When.")]
    valid_from: Annotated[schemas.LegalDate, Field(description="The first day.")]
    valid_to: Annotated[schemas.LegalDate, Field(description="The last day.")]
    act: Annotated[str, _ACT]
    revoked_at: Annotated[schemas.Instant | None, Field(description="When it was revoked, if it was.")]
    is_in_force: Annotated[bool, Field(description="Whether it holds today.", examples=[True])]

    @classmethod
    def of(cls, delegation: domain.Delegation, today: date) -> Self:
        """The view of a delegation."""
        return cls(
            id=delegation.id,
            delegate_id=delegation.delegate_id,
            given_by=delegation.given_by,
            given_at=delegation.given_at,
            valid_from=delegation.valid_from,
            valid_to=delegation.valid_to,
            act=delegation.act,
            revoked_at=delegation.revoked_at,
            is_in_force=delegation.holds_on(today),
        )
