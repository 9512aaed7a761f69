"""Bodies of requests at the counter."""

from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from hub_core.cnp import CnpField
from hub_core.cui import Cui
from hub_core.language import Language
from hub_core.text import Line, Text
from hub_service import schemas

from ..domain.counter import Applicant, Paper, PaperKind, Visit, Visitor, document_of
from ..domain.holders import Holder, Organisation, Person
from ..domain.products import Product
from ..domain.states import State
from ..operations.counter import Entered, Wanted
from .motives import MotiveCode

_EXAMPLE: Final[dict[str, JsonValue]] = {
    "product": "INTEGRITY",
    "motive": "angajare",
    "language": "ro",
    "person": {
        "family_name": "Popescu",
        "given_name": "Ana",
        "birth_date": "1985-03-12",
        "citizenship": "RO",
        "cnp": "1850312149006",
    },
    "visit": {
        "applicant": "HOLDER",
        "documents": [
            {
                "kind": "IDENTITY_CARD",
                "number": "CJ 900001",
                "issued_by": "SPCLEP Cluj-Napoca",
                "issued_on": "2024-03-01",
                "valid_until": "2031-03-01",
            }
        ],
    },
}
_FILE: Final = "/criminal-record/v1/counter-requests/{}/certificate"

FamilyName = Annotated[
    Line, Field(min_length=1, max_length=100, description="Family name.", examples=["Popescu"])
]
GivenName = Annotated[Line, Field(min_length=1, max_length=100, description="Given names.", examples=["Ana"])]
Country = Annotated[
    str,
    Field(
        pattern=r"^[A-Z]{2}$", max_length=2, description="A country (ISO 3166-1 alpha-2).", examples=["MD"]
    ),
]


class PaperBody(schemas.Resource):
    """The facts of a document that was shown; no copy of it is kept."""

    kind: Annotated[PaperKind, Field(description="Which document.", examples=["PASSPORT"])]
    number: Annotated[
        Line, Field(min_length=1, max_length=40, description="Series and number.", examples=["CJ 900001"])
    ]
    issued_by: Annotated[
        Line,
        Field(
            min_length=2,
            max_length=200,
            description="The authority, notary, lawyer or court.",
            examples=["SPCLEP Cluj-Napoca"],
        ),
    ]
    issued_on: Annotated[schemas.LegalDate, Field(description="Of which day it is.", examples=["2024-03-01"])]
    issued_in: Annotated[Country, Field(description="The country.", examples=["RO"])] = "RO"
    valid_until: Annotated[
        schemas.LegalDate | None,
        Field(description="Its last day; null where it has no end.", examples=["2031-03-01"]),
    ] = None
    motive: Annotated[
        MotiveCode | None, Field(description="What a power is for; null when it is for any motive.")
    ] = None

    def value(self) -> Paper:
        """The document."""
        return Paper(
            kind=self.kind,
            number=self.number,
            issued_by=self.issued_by,
            issued_on=self.issued_on,
            issued_in=self.issued_in,
            valid_until=self.valid_until,
            motive=self.motive,
        )


class VisitorBody(schemas.Resource):
    """Who has come for another."""

    family_name: FamilyName
    given_name: GivenName
    cnp: Annotated[CnpField | None, Field(description="The personal number, if there is one.")] = None


class VisitBody(schemas.Resource):
    """Who has come to the counter, with what."""

    applicant: Annotated[Applicant, Field(description="Who has come.", examples=["HOLDER"])]
    visitor: Annotated[
        VisitorBody | None, Field(description="By name, when it is not the holder in person.")
    ] = None
    documents: Annotated[
        list[PaperBody], Field(min_length=1, max_length=10, description="What was shown, the originals.")
    ]
    reasons: Annotated[
        Text | None,
        Field(
            max_length=1_000,
            description="Why the certificate of a child is asked for.",
            examples=["Înscriere la un club sportiv"],
        ),
    ] = None

    def value(self) -> Visit:
        """The visit."""
        visitor = self.visitor
        return Visit(
            applicant=self.applicant,
            papers=tuple(paper.value() for paper in self.documents),
            visitor=Visitor(
                family_name=visitor.family_name,
                given_name=visitor.given_name,
                cnp=visitor.cnp.number if visitor.cnp else None,
            )
            if visitor
            else None,
            reasons=self.reasons or "",
        )


class PersonBody(schemas.Resource):
    """A natural person as the documents show them; who has no CNP is known by a document."""

    family_name: FamilyName
    given_name: GivenName
    birth_date: Annotated[schemas.LegalDate, Field(description="Date of birth.", examples=["1985-03-12"])]
    citizenship: Annotated[Country | None, Field(description="Null for a stateless person.", examples=["RO"])]
    cnp: Annotated[CnpField | None, Field(description="The personal number, if there is one.")] = None
    document: Annotated[
        PaperBody | None, Field(description="The identity document of who has no personal number.")
    ] = None


class OrganisationBody(schemas.Resource):
    """A legal person."""

    name: Annotated[
        Line, Field(min_length=1, max_length=300, description="Its name.", examples=["Exemplu SRL"])
    ]
    cui: Annotated[Cui, Field(description="Its fiscal number.", examples=["18547290"])]


class CreateCounterRequest(schemas.Resource):
    """What an officer enters: whose certificate, what for, and who has come with what."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    product: Annotated[Product, Field(description="What is asked for.", examples=["INTEGRITY"])]
    motive: Annotated[MotiveCode, Field(description="What it is for.")]
    motive_text: Annotated[
        Line | None,
        Field(
            min_length=3,
            max_length=300,
            description="The other motive in words, and only that one.",
            examples=["dosar de tutelă"],
        ),
    ] = None
    language: Annotated[
        Language, Field(description="In which language the person is told.", examples=["ro"])
    ] = Language.RO
    person: Annotated[PersonBody | None, Field(description="A natural person.")] = None
    organisation: Annotated[OrganisationBody | None, Field(description="A legal person.")] = None
    visit: Annotated[VisitBody, Field(description="Who has come.")]

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.person is None) == (self.organisation is None):
            raise ValueError("either a person or an organisation")
        return self

    def wanted(self) -> Wanted:
        """What is asked for."""
        paper = self.person.document.value() if self.person and self.person.document else None
        return Wanted(
            product=self.product,
            motive=self.motive,
            motive_text=self.motive_text,
            language=self.language,
            holder=self._holder(paper),
            document=paper,
            visit=self.visit.value(),
        )

    def _holder(self, paper: Paper | None) -> Holder:
        if self.person:
            cnp = self.person.cnp.number if self.person.cnp else None
            return Person(
                family_name=self.person.family_name,
                given_name=self.person.given_name,
                birth_date=self.person.birth_date,
                cnp=cnp,
                document=document_of(paper) if paper and not cnp else None,
                citizenship=self.person.citizenship,
            )
        organisation = self.organisation
        return Organisation(
            name=organisation.name if organisation else "", cui=organisation.cui if organisation else ""
        )


class CounterRequestView(schemas.Resource):
    """A request that was entered at the unit."""

    id: Annotated[schemas.Id, Field(description="The request.")]
    number: Annotated[str, Field(max_length=40, description="Number and date.", examples=["123/22.11.2026"])]
    product: Annotated[Product, Field(description="What was asked for.", examples=["INTEGRITY"])]
    state: Annotated[State, Field(description="Where it stands.", examples=["ISSUED"])]
    due_on: Annotated[schemas.LegalDate, Field(description="The last day of the legal term.")]
    certificate: Annotated[
        str | None,
        Field(
            max_length=200,
            description="Where the PDF is fetched to be printed; null until it is issued.",
            examples=[_FILE.format("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70")],
            json_schema_extra={"format": "uri-reference"},
        ),
    ]

    @classmethod
    def of(cls, entered: Entered) -> Self:
        """The view of a request that was entered."""
        request = entered.request
        return cls(
            id=request.id,
            number=request.label,
            product=request.product,
            state=request.state,
            due_on=request.due_on,
            certificate=_FILE.format(request.id) if entered.certificate else None,
        )
