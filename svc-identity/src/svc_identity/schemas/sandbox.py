"""Bodies about the test people of applications in the sandbox."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field

from hub_core.language import Language
from hub_core.principal import Assurance
from hub_service import schemas

from ..domain.conduct import Behaviour, Seen
from ..domain.mandate_type import MandateType
from ..domain.sandbox_person import Kind
from ..operations.sandbox_people import Fresh
from ..storage.sandbox_people import Shown
from .conduct import BehaviourView


class SandboxMandateView(schemas.Resource):
    """For whom a test person may act."""

    mandate_id: Annotated[
        schemas.Id, Field(description="What a client names when it exchanges its token (RFC 8693).")
    ]
    type: Annotated[MandateType, Field(description="By what the person acts.", examples=["PARENT"])]
    principal_id: Annotated[schemas.Id, Field(description="The person or organisation they act for.")]
    company: Annotated[
        str | None, Field(max_length=300, description="The company's name.", examples=["Probă Servicii SRL"])
    ]
    company_cui: Annotated[
        str | None,
        Field(max_length=10, description="Its fiscal number, which nobody has.", examples=["9990000016"]),
    ]


class SandboxPersonView(schemas.Resource):
    """Somebody invented for one application: nobody else signs them in, and no register knows them."""

    person_id: Annotated[
        schemas.Id, Field(description="The person's identifier; another one after each reset.")
    ]
    kind: Annotated[
        Kind,
        Field(
            description="What they are there for. VALIDATED, HUNGARIAN, SECOND_FACTOR, FOREIGNER (without "
            "CNP), PARENT and COMPANY_REPRESENTATIVE reach level `substantial`, UNVALIDATED does not; "
            "a CHILD has no account.",
            examples=["VALIDATED"],
        ),
    ]
    username: Annotated[
        str | None,
        Field(
            max_length=254,
            description="What they sign in with; it stays when they are reset.",
            examples=["validated@app-0123456789abcdef.test"],
        ),
    ]
    given_name: Annotated[str, Field(max_length=100, description="Given name.", examples=["Maria"])]
    family_name: Annotated[str, Field(max_length=100, description="Family name.", examples=["Probescu"])]
    birth_date: Annotated[schemas.LegalDate | None, Field(description="Where it is established.")]
    language: Annotated[
        Language | None, Field(description="In which they are written to (ISO 639-1).", examples=["ro"])
    ]
    assurance: Annotated[
        Assurance | None,
        Field(description="The highest level of assurance they reach.", examples=["substantial"]),
    ]
    mandate: Annotated[SandboxMandateView | None, Field(description="For whom they may act, if anybody.")]

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """The view of somebody invented for the owner of the application."""
        mandate = None
        if shown.mandate_id and shown.mandate_type and shown.acts_for:
            mandate = SandboxMandateView(
                mandate_id=shown.mandate_id,
                type=shown.mandate_type,
                principal_id=shown.acts_for,
                company=shown.company,
                company_cui=shown.company_cui,
            )
        return cls(
            person_id=shown.person.person_id,
            kind=shown.person.kind,
            username=shown.email,
            given_name=shown.given_name,
            family_name=shown.family_name,
            birth_date=shown.birth_date,
            language=shown.language,
            assurance=shown.assurance,
            mandate=mandate,
        )


class SandboxSetView(schemas.Resource):
    """A set of test people that was just made, and how they sign in. That is shown this once."""

    password: Annotated[
        str, Field(max_length=64, description="The password of them all.", examples=["oH3zq…"])
    ]
    authenticator_secret: Annotated[
        str,
        Field(
            max_length=64,
            description="The secret, in base32, of the SECOND_FACTOR person's one-time codes "
            "(RFC 6238: SHA-1, six digits, 30 seconds).",
            examples=["JBSWY3DPEHPK3PXP"],
        ),
    ]
    items: Annotated[
        list[SandboxPersonView], Field(max_length=len(Kind), description="The people, one of each kind.")
    ]

    @classmethod
    def of(cls, fresh: Fresh) -> Self:
        """The view of a new set."""
        return cls(
            password=fresh.password,
            authenticator_secret=fresh.authenticator_secret,
            items=[SandboxPersonView.of(one) for one in fresh.people],
        )


class ConformanceView(schemas.Resource):
    """What an application was seen to do in the sandbox since its test people were made."""

    client_id: Annotated[
        str, Field(max_length=64, description="The application.", examples=["app-0123456789abcdef"])
    ]
    items: Annotated[
        list[BehaviourView], Field(max_length=len(Behaviour), description="Every behaviour, seen or not.")
    ]

    @classmethod
    def of(cls, client_id: str, seen: Sequence[Seen]) -> Self:
        """The view for the owner."""
        return cls(client_id=client_id, items=[BehaviourView.of(one) for one in seen])
