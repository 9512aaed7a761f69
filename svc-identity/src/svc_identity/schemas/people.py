"""Bodies about people, for officials."""

from typing import Annotated, Self

from pydantic import Field

from hub_core.cnp import CnpField
from hub_core.language import Language
from hub_core.principal import Assurance
from hub_service import schemas

from ..domain.person import Identifier, Scheme, Source
from ..operations.look_up import Found


class SearchPerson(schemas.Resource):
    """The number of the person who stands at the counter. It is in the body, so that no log has it."""

    cnp: Annotated[CnpField, Field(description="The personal number, 13 digits.")]

    def identifier(self) -> Identifier:
        """The number, as a value."""
        return Identifier(Scheme.CNP, self.cnp.number)


class PersonView(schemas.Resource):
    """What the hub knows of a person."""

    person_id: Annotated[schemas.Id, Field(description="The person's identifier in the hub.")]
    family_name: Annotated[str, Field(max_length=100, description="Family name.", examples=["Popescu"])]
    given_name: Annotated[str, Field(max_length=100, description="Given name.", examples=["Ana"])]
    established_by: Annotated[
        Source | None, Field(description="Who says so; null where the person alone does.")
    ]
    birth_date: Annotated[schemas.LegalDate | None, Field(description="Date of birth.")]
    died_on: Annotated[schemas.LegalDate | None, Field(description="Date of death.")]
    number_ends: Annotated[
        str | None,
        Field(max_length=4, description="The last 4 digits of the personal number.", examples=["9006"]),
    ]
    has_account: Annotated[bool, Field(description="Whether the person has an account.")]
    assurance: Annotated[
        Assurance | None, Field(description="Level of assurance of the account (eIDAS).", examples=["low"])
    ]
    language: Annotated[Language | None, Field(description="The language the person chose.")]
    marks: Annotated[
        list[
            Annotated[
                str, Field(max_length=40, pattern=r"^[A-Z_]+(:[A-Z_]+)?$", examples=["CONTESTED:GIVEN_NAME"])
            ]
        ],
        Field(max_length=20, description="`CONTESTED:<field>` where the person contests a value."),
    ]

    @classmethod
    def of(cls, found: Found) -> Self:
        """The view of a person for an official; what a register says goes before what the person says."""
        person, account = found.established, found.account
        said = person or account
        return cls(
            person_id=found.person_id,
            family_name=said.family_name if said else "",
            given_name=said.given_name if said else "",
            established_by=person.source if person else None,
            birth_date=person.birth_date if person else None,
            died_on=person.died_on if person else None,
            number_ends=found.number_ends,
            has_account=account is not None,
            assurance=account.assurance if account else None,
            language=account.language if account else None,
            marks=list(found.marks),
        )
