"""What somebody without an account sends and is sent."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field

from hub_core.email_codes import EmailCode
from hub_service.schemas import Id, Instant, LegalDate, Resource

from ..operations.guests import Letter, Proof
from .petitioners import Email, GuestPetitioner
from .petitions import FilePetition


class RequestPetitionCode(Resource):
    """Where a code is to be sent."""

    email: Annotated[Email, Field(description="An address that you can read now.")]


class PetitionCodeView(Resource):
    """A code that is on its way. The answer is the same for every address."""

    id: Annotated[Id, Field(description="Send it back with the code.")]
    expires_at: Annotated[Instant, Field(description="Until when the code is good.")]

    @classmethod
    def of(cls, code: EmailCode) -> Self:
        """The view of a code just made."""
        return cls(id=code.id, expires_at=code.expires_at)


class PetitionProof(Resource):
    """That an e-mail address is yours; good for one petition."""

    code_id: Annotated[Id, Field(description="The id of the code that was sent by e-mail.")]
    code: Annotated[
        str,
        Field(
            pattern=r"^[0-9]{6}$",
            max_length=6,
            description="The six digits from the e-mail.",
            examples=["204816"],
        ),
    ]

    def value(self) -> Proof:
        """The proof as operations take it."""
        return Proof(self.code_id, self.code)


class FileGuestPetition(FilePetition):
    """A petition of somebody without an account. It is free of charge (Constitution, art. 51)."""

    petitioner: Annotated[GuestPetitioner, Field(description="Who files it: a petition is never anonymous.")]
    proof: Annotated[PetitionProof, Field(description="That the e-mail address is yours.")]
    consents: Annotated[
        Literal[True],
        Field(description="That what is sent may be processed for the petition.", examples=[True]),
    ]


class GuestLetterView(Resource):
    """What an e-mail to somebody without an account needs; asked for at the moment of sending.

    Number, year, date and institution are those that they know; the term is that of now.
    """

    petition_id: Id
    email: str
    language: str
    number: int
    year: int
    code: str
    registered_on: LegalDate
    answer_due_on: LegalDate
    institution_names: dict[str, str | None]

    @classmethod
    def of(cls, letter: Letter) -> Self:
        """The view of what is to be sent."""
        petition = letter.petition
        members: dict[str, Any] = {
            "petition_id": petition.id,
            "email": letter.email,
            "language": petition.language,
            "number": petition.registration.number,
            "year": petition.registration.year,
            "code": letter.code,
            "registered_on": petition.registration.registered_on,
            "answer_due_on": petition.registration.answer_due_on,
            "institution_names": {**petition.institution.names},
        }
        return cls(**members)


class PetitionCodeMessageView(Resource):
    """What the e-mail with a code needs; asked for at the moment of sending."""

    code_id: Id
    email: str
    language: str
    code: str
    expires_at: Instant

    @classmethod
    def of(cls, code: EmailCode) -> Self:
        """The view of a code that is to be sent."""
        members: dict[str, Any] = {
            "code_id": code.id,
            "email": code.email,
            "language": code.language,
            "code": code.code,
            "expires_at": code.expires_at,
        }
        return cls(**members)
