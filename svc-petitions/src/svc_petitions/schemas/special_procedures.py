"""Procedures that are no petitions, in bodies."""

from typing import Annotated, Self

from pydantic import Field

from hub_core.language import Language
from hub_service import schemas
from hub_service.i18n import Texts

from ..domain.special_procedures import SpecialProcedure


class SpecialProcedureView(schemas.Resource):
    """Something that is no petition, and where it belongs."""

    code: Annotated[
        str, Field(max_length=64, description="Stable code, for programs.", examples=["FINE_CONTEST"])
    ]
    title: Annotated[
        str, Field(max_length=200, description="What it is.", examples=["Contestarea unei amenzi"])
    ]
    guidance: Annotated[
        str,
        Field(
            max_length=2_000,
            description="Where it belongs, in the caller's language.",
            examples=["Amenda se contestă la judecătorie."],
        ),
    ]
    legal_basis: Annotated[
        str, Field(max_length=200, description="The law.", examples=["OG nr. 2/2001 art. 31"])
    ]
    phone: Annotated[
        str | None,
        Field(max_length=20, description="The number to call, if there is one.", examples=["0800806806"]),
    ]
    address: Annotated[
        str | None,
        Field(
            max_length=200,
            description="Where it is done in the hub, or described in its catalog; null where it is not.",
            examples=["/identity/v1/me/data-requests"],
        ),
    ]

    @classmethod
    def of(cls, procedure: SpecialProcedure, days: int | None, language: Language, texts: Texts) -> Self:
        """The view of a procedure in a language."""
        guidance = texts.translate(language, procedure.guidance)
        return cls(
            code=procedure.code,
            title=texts.translate(language, procedure.title),
            guidance=guidance if days is None else guidance.format(days=days),
            legal_basis=procedure.legal_basis,
            phone=procedure.phone,
            address=procedure.address,
        )


class SpecialProceduresView(schemas.Resource):
    """What is no petition."""

    items: Annotated[list[SpecialProcedureView], Field(max_length=100, description="Each with its guidance.")]
