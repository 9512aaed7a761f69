"""What the API shows of types of evidence."""

from typing import Annotated, Self

from pydantic import Field

from hub_service.schemas import Id, Int32, LocalisedText, Resource

from ..domain.evidence import EvidenceType
from ..domain.services import SignatureKind
from .services import LegalBasisView, MediaType
from .vocabulary import InstitutionCode, Verified, Version

EvidenceCode = Annotated[
    str,
    Field(
        max_length=64,
        pattern=r"^[a-z0-9-]+$",
        examples=["identity-document"],
        description="Its short code.",
    ),
]


class RegisterView(Resource):
    """Where an authority takes the evidence from, with the person's consent."""

    name: Annotated[LocalisedText, Field(description="What the register is called.")]
    keeper: Annotated[
        InstitutionCode | None, Field(description="Who keeps it; null for one outside the ministry.")
    ]
    consent: Annotated[LocalisedText, Field(description="What the person agrees to in the form.")]


class EvidenceTypeView(Resource):
    """A type of evidence that services may ask for."""

    id: Annotated[Id, Field(description="The type's id, the same in every installation.")]
    code: EvidenceCode
    version: Version
    title: Annotated[LocalisedText, Field(description="What it is called.")]
    description: Annotated[LocalisedText, Field(description="What it is, and how it is given.")]
    obtained_from_register: Annotated[
        bool, Field(description="Whether the authority takes it itself: a consent is asked for, no upload.")
    ]
    register_: Annotated[
        RegisterView | None,
        Field(alias="register", description="Where from, when it is taken from a register."),
    ]
    formats: Annotated[
        list[MediaType],
        Field(max_length=10, description="Media types of an upload; empty: no upload."),
    ]
    max_mb: Annotated[
        Int32 | None, Field(ge=1, examples=[10], description="The largest file in MB (10^6 bytes).")
    ]
    signatures: Annotated[
        list[SignatureKind],
        Field(
            max_length=4, description="The electronic signatures that are taken; empty: none is asked for."
        ),
    ]
    legal_basis: Annotated[
        list[LegalBasisView], Field(max_length=10, description="The acts that it rests on.")
    ]
    verified: Verified

    @classmethod
    def of(cls, evidence: EvidenceType) -> Self:
        """The view of a type of evidence."""
        return cls.model_validate(evidence, from_attributes=True)
