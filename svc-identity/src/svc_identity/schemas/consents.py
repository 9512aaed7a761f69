"""Bodies about consents."""

from typing import Annotated, Self

from pydantic import Field

from hub_core.principal import Assurance
from hub_service import schemas

from ..domain.client import Environment
from ..domain.consent import Receipt


class ConsentView(schemas.Resource):
    """An application that the person has connected: what it may do, since when, and how it was used."""

    client_id: Annotated[
        str, Field(max_length=64, description="The application's identifier.", examples=["demo-portal"])
    ]
    name: Annotated[schemas.LocalisedText, Field(description="The application's name.")]
    environment: Annotated[
        Environment,
        Field(description="SANDBOX is a test application that nobody has reviewed.", examples=["PRODUCTION"]),
    ]
    scopes: Annotated[
        list[Annotated[str, Field(max_length=64)]],
        Field(max_length=50, description="What it may do.", examples=[["openid", "petitions:read"]]),
    ]
    given_at: Annotated[schemas.Instant, Field(description="When the person first agreed.")]
    changed_at: Annotated[schemas.Instant, Field(description="When the person last agreed to something new.")]
    last_used_at: Annotated[
        schemas.Instant | None, Field(description="When it last got a token; null if never.")
    ] = None
    assurance: Annotated[
        Assurance | None,
        Field(description="Level of the sign-in that it was last given something for.", examples=["low"]),
    ] = None
    institution_id: Annotated[
        schemas.Id | None, Field(description="The institution the person acted for then, as an official.")
    ] = None

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        """The view of a consent."""
        names = {language.value: name for language, name in receipt.client.names.items()}
        return cls(
            client_id=receipt.client.id,
            name=schemas.LocalisedText.of(names),
            environment=receipt.client.environment,
            scopes=list(receipt.scopes),
            given_at=receipt.given_at,
            changed_at=receipt.changed_at,
            last_used_at=receipt.used_at,
            assurance=receipt.assurance,
            institution_id=receipt.institution.id if receipt.institution else None,
        )
