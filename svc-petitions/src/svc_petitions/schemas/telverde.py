"""What an operator of the free telephone line sends and sees."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from hub_core.language import Language
from hub_service import schemas
from hub_service.i18n import Texts

from ..operations.telverde import DISCLAIMER, LookUp
from .petitioners import Email
from .status import AskStatus, StatusView


class LookUpPetition(AskStatus):
    """What the caller says: the number, and the answer to the check."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "institution_id": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b72",
                    "number": 123,
                    "year": 2026,
                    "code": "",
                    "email": "ana.popescu@example.com",
                }
            ]
        }
    )

    code: Annotated[
        str,
        Field(
            max_length=40,
            pattern=schemas.STORABLE,
            description="The code on the slip; empty where the caller has lost it.",
            examples=["K7QF2M9X"],
        ),
    ] = ""
    email: Annotated[
        Email | None,
        Field(description="The address that was given without an account, instead of the code."),
    ] = None


class LookUpView(schemas.Resource):
    """What an operator may say of a petition."""

    petition: Annotated[StatusView, Field(description="How it stands.")]
    is_overdue: Annotated[
        bool, Field(description="Whether its answer should have come already.", examples=[False])
    ]
    disclaimer: Annotated[
        str,
        Field(
            max_length=500,
            description="What is said with it, in the language of Accept-Language.",
            examples=["Ce se comunică la telefon are caracter informativ."],
        ),
    ]

    @classmethod
    def of(cls, found: LookUp, language: Language, texts: Texts) -> Self:
        """The view of a look-up."""
        return cls(
            petition=StatusView.of(found.petition),
            is_overdue=found.is_overdue,
            disclaimer=texts.translate(language, DISCLAIMER),
        )
