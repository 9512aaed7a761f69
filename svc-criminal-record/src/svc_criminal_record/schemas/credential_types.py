"""Types of wallet credentials, as wallets read them."""

from typing import Annotated, Literal

from pydantic import Field

from hub_service.schemas import Resource

Locale = Annotated[
    str, Field(description="A language (RFC 5646).", max_length=35, pattern=r"^[a-z]{2}$", examples=["ro"])
]
Name = Annotated[str, Field(max_length=200, examples=["Certificat de cazier judiciar"])]
"""A name for people."""
Claim = Annotated[str, Field(max_length=64, pattern=r"^[a-z_]+$", examples=["family_name"])]
"""The name of a claim."""


class TypeDisplayView(Resource):
    """What the type is called in a language."""

    locale: Locale
    name: Annotated[Name, Field(description="What it is called.")]


class ClaimDisplayView(Resource):
    """What a claim is called in a language."""

    locale: Locale
    label: Annotated[Name, Field(description="What it is called.", examples=["Nume"])]


class CredentialClaimView(Resource):
    """A claim of a type."""

    path: Annotated[list[Claim], Field(description="Where it stands.", min_length=1, max_length=1)]
    display: Annotated[list[ClaimDisplayView], Field(description="What it is called.", max_length=8)]
    mandatory: Annotated[bool, Field(description="Whether every credential of the type has it.")]
    sd: Annotated[Literal["always"], Field(description="The holder shows each claim or keeps it back.")]


class CredentialTypeView(Resource):
    """SD-JWT VC Type Metadata (draft-ietf-oauth-sd-jwt-vc)."""

    vct: Annotated[
        str,
        Field(
            description="The type, which is this document's address.",
            max_length=256,
            json_schema_extra={"format": "uri"},
            examples=["https://hub.example.org/criminal-record/v1/credential-types/criminal-record"],
        ),
    ]
    display: Annotated[list[TypeDisplayView], Field(description="What the type is called.", max_length=8)]
    claims: Annotated[list[CredentialClaimView], Field(description="Its claims.", max_length=32)]
