"""What somebody without an account sends and is sent, before anything is booked."""

from typing import Annotated, Any, Final, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from hub_core.email_codes import EmailCode
from hub_service.schemas import Id, Instant, Resource

from ..operations.guests import Proof

EITHER: Final = "Send a solved challenge, or the code from an e-mail with its id."

Email = Annotated[
    str,
    Field(
        max_length=254,
        pattern=r"^[^@\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        examples=["ana.popescu@example.org"],
    ),
]
"""An e-mail address; its pattern is read alike by every dialect of regular expressions."""


class ChallengeView(Resource):
    """A challenge of ALTCHA's protocol (PoW v2); its clients and widget take it as it is."""

    parameters: Annotated[
        dict[str, Any],
        Field(
            max_length=16,
            description="What is to be solved, named as ALTCHA names it; it holds nothing of who asks.",
            json_schema_extra={
                "examples": [
                    {
                        "algorithm": "PBKDF2/SHA-256",
                        "cost": 500,
                        "expiresAt": 1795381200,
                        "keyLength": 32,
                        "keyPrefix": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
                        "keySignature": "9b0c8f0f6d5a4c3b2a190807f6e5d4c3b2a190807f6e5d4c3b2a190807f6e5d4",
                        "nonce": "7c1e4f1f9d523f6a1c8e4b70a4b1c2d3",
                        "salt": "1c8e4b70a4b1c2d37c1e4f1f9d523f6a",
                    }
                ]
            },
        ),
    ]
    signature: Annotated[
        str,
        Field(
            pattern=r"^[0-9a-f]{64}$",
            max_length=64,
            description="The hub's signature over the parameters; send it back unchanged.",
            examples=["9b0c8f0f6d5a4c3b2a190807f6e5d4c3b2a190807f6e5d4c3b2a190807f6e5d4"],
        ),
    ]


class AskEmailCode(Resource):
    """Where a code is to be sent."""

    email: Annotated[Email, Field(description="An address that you can read now.")]


class EmailCodeView(Resource):
    """A code that is on its way. The answer is the same for every address."""

    id: Annotated[Id, Field(description="Send it back with the code.")]
    expires_at: Annotated[Instant, Field(description="Until when the code is good.")]

    @classmethod
    def of(cls, code: EmailCode) -> Self:
        """The view of a code just made."""
        return cls(id=code.id, expires_at=code.expires_at)


class GuestProof(Resource):
    """What stands for a person who has not signed in; good once. Either of the two."""

    altcha: Annotated[
        str | None,
        Field(
            max_length=4_000,
            pattern=r"^[A-Za-z0-9+/]+=*$",
            description="The payload of ALTCHA's client that has solved a challenge (base64).",
            examples=[None],
        ),
    ] = None
    code_id: Annotated[Id | None, Field(description="The id of the code that was sent by e-mail.")] = None
    code: Annotated[
        str | None,
        Field(
            pattern=r"^[0-9]{6}$",
            max_length=6,
            description="The six digits from the e-mail.",
            examples=["204816"],
        ),
    ] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        has_code = self.code_id is not None and self.code is not None
        has_part = self.code_id is not None or self.code is not None
        if has_part is not has_code or (self.altcha is None) is not has_code:
            raise PydanticCustomError("proof", EITHER)
        return self

    def value(self) -> Proof:
        """The proof as operations take it."""
        return Proof(self.altcha, self.code_id, self.code)


class EmailCodeMessageView(Resource):
    """What the e-mail with a code needs; asked for at the moment of sending."""

    code_id: Id
    email: str
    language: str
    code: str
    expires_at: Instant

    @classmethod
    def of(cls, code: EmailCode) -> Self:
        """The view of a code that is to be sent."""
        return cls(
            code_id=code.id,
            email=code.email,
            language=code.language,
            code=code.code,
            expires_at=code.expires_at,
        )
