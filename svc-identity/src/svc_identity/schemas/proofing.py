"""Bodies about activation codes and what a clerk has seen."""

from typing import Annotated, Self

from pydantic import Field

from hub_core.cnp import CnpField
from hub_core.principal import Assurance
from hub_service import schemas

from ..domain.proofing import DocumentKind, Verification
from ..operations.proofing import Seen, Shown


class ActivationCodeView(schemas.Resource):
    """A code to tell a clerk, shown this once."""

    code: Annotated[
        str,
        Field(
            pattern=r"^[2-9A-Z]{4}-[2-9A-Z]{4}$",
            max_length=9,
            description="The code; capitals and the hyphen do not matter.",
            examples=["K7QF-2M9X"],
        ),
    ]
    expires_at: Annotated[schemas.Instant, Field(description="Until when a clerk can use it.")]

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """The view of a code that was just made."""
        return cls(code=shown.text, expires_at=shown.code.expires_at)


class VerifyPerson(schemas.Resource):
    """What a clerk enters: the code, and what stands on the document that was seen."""

    code: Annotated[
        str,
        Field(
            min_length=8,
            max_length=32,
            pattern=r"^[A-Za-z0-9 -]+$",
            description="The activation code that the person's account shows.",
            examples=["K7QF-2M9X"],
        ),
    ]
    cnp: Annotated[CnpField, Field(description="The personal number on the document.")]
    birth_date: Annotated[
        schemas.LegalDate, Field(description="The date of birth on the document.", examples=["1985-03-12"])
    ]
    document: Annotated[
        DocumentKind, Field(description="Which document was seen.", examples=["IDENTITY_CARD"])
    ]
    valid_until: Annotated[
        schemas.LegalDate, Field(description="The last day of the document.", examples=["2031-03-12"])
    ]

    def seen(self) -> Seen:
        """What was seen."""
        return Seen(self.code, self.cnp, self.birth_date, self.document, self.valid_until)


class VerificationView(schemas.Resource):
    """That an account was validated: seen, by whom, when."""

    id: Annotated[schemas.Id, Field(description="The verification.")]
    person_id: Annotated[schemas.Id, Field(description="The person whose account was validated.")]
    institution_id: Annotated[schemas.Id, Field(description="The institution of the official.")]
    document: Annotated[
        DocumentKind, Field(description="Which document was seen.", examples=["IDENTITY_CARD"])
    ]
    level: Annotated[Assurance, Field(description="The level from now on.", examples=["substantial"])]
    verified_at: Annotated[schemas.Instant, Field(description="When.")]

    @classmethod
    def of(cls, verification: Verification) -> Self:
        """The view of a verification."""
        return cls(
            id=verification.id,
            person_id=verification.account_id,
            institution_id=verification.institution_id,
            document=verification.document,
            level=Assurance.SUBSTANTIAL,
            verified_at=verification.verified_at,
        )
