"""Who signs a petition, as it is sent and shown."""

from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from hub_core.cui import Cui
from hub_core.phone import PhoneField
from hub_core.text import Line
from hub_service import schemas

from ..domain import petitioners as domain

REACHABLE: Final = "Give a postal address or an e-mail address."

_ANA: Final[dict[str, JsonValue]] = {
    "family_name": "Popescu",
    "given_name": "Ana",
    "address": "Strada Exemplului nr. 1, 400001 Cluj-Napoca",
}

Name = Annotated[Line, Field(min_length=1, max_length=100)]
Address = Annotated[
    Line,
    Field(
        min_length=5,
        max_length=300,
        description="The postal address.",
        examples=["Strada Exemplului nr. 1, 400001 Cluj-Napoca"],
    ),
]
Email = Annotated[
    str,
    Field(
        max_length=254,
        pattern=r"^[^@\s\x00-\x1f\x7f]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        description="An e-mail address.",
        examples=["ana.popescu@example.com"],
    ),
]


class OrganisationBody(schemas.Resource):
    """A legally constituted organisation; a group without a CUI signs with its people's names."""

    name: Annotated[
        Line,
        Field(min_length=1, max_length=200, description="Its name.", examples=["Asociația Exemplu"]),
    ]
    cui: Annotated[Cui, Field(description="Its fiscal number.", examples=["14399840"])]

    def value(self) -> domain.Organisation:
        """The organisation as a value."""
        return domain.Organisation(self.name, self.cui)

    @classmethod
    def of(cls, organisation: domain.Organisation) -> Self:
        """The view of an organisation."""
        return cls(name=organisation.name, cui=organisation.cui)


class _Named(schemas.Resource):
    family_name: Annotated[Name, Field(description="Family name.", examples=["Popescu"])]
    given_name: Annotated[Name, Field(description="Given names.", examples=["Ana"])]
    organisation: Annotated[
        OrganisationBody | None, Field(description="In whose name this person signs, if not their own.")
    ] = None
    phone: Annotated[PhoneField | None, Field(description="A telephone number.")] = None


class GuestPetitioner(_Named):
    """Who files without an account. No personal number is asked for; the code gives the e-mail address."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANA]})

    address: Address

    def identity(self) -> domain.Identity:
        """Who it is, as a value; the e-mail address is that of the code."""
        return domain.Identity(**_identity(self), address=self.address)


class NamedPetitioner(_Named):
    """Who signed what a registrar enters. No personal number is asked for."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANA]})

    address: Annotated[Address | None, Field(description="The postal address.")] = None
    email: Annotated[Email | None, Field(description="An e-mail address.")] = None
    birth_date: Annotated[
        schemas.LegalDate | None,
        Field(description="Of a minor, where the petition says it. It is not kept."),
    ] = None
    represented_by: Annotated[
        Name | None,
        Field(
            description="The parent or guardian through whom a minor signs; needed under the age of "
            "the rule `petition.minor-alone`.",
            examples=["Popescu Ion"],
        ),
    ] = None

    @property
    def signs_alone(self) -> bool:
        """Whether nobody signs for them."""
        return self.represented_by is None

    @model_validator(mode="after")
    def _is_reachable(self) -> Self:
        if not (self.address or self.email):
            raise ValueError(REACHABLE)
        return self

    def petitioner(self) -> domain.Petitioner:
        """Who it is, as a value."""
        return domain.Identity(
            **_identity(self), address=self.address, email=self.email, represented_by=self.represented_by
        )


class AccountPetitioner(schemas.Resource):
    """Somebody whom the hub knows, as an official looked them up."""

    person_id: Annotated[schemas.Id, Field(description="The person.")]

    def petitioner(self) -> domain.Petitioner:
        """Who it is, as a value."""
        return domain.Account(self.person_id)


class SignatureView(schemas.Resource):
    """One of those who signed a petition; of who has an account the hub holds names and address."""

    ordinal: Annotated[schemas.Int32, Field(description="Its place.", examples=[1])]
    person_id: Annotated[schemas.Id | None, Field(description="The person, if they have an account.")]
    family_name: Annotated[
        str | None, Field(max_length=100, description="Family name.", examples=["Popescu"])
    ]
    given_name: Annotated[str | None, Field(max_length=100, description="Given names.", examples=["Ana"])]
    organisation: Annotated[OrganisationBody | None, Field(description="In whose name they signed.")]
    represented_by: Annotated[
        str | None,
        Field(
            max_length=100,
            description="The parent or guardian through whom a minor signed.",
            examples=["Popescu Ion"],
        ),
    ]
    address: Annotated[
        str | None,
        Field(max_length=300, description="The postal address.", examples=["Strada Exemplului nr. 1"]),
    ]
    email: Annotated[
        str | None,
        Field(max_length=254, description="The e-mail address.", examples=["ana.popescu@example.com"]),
    ]
    phone: Annotated[
        str | None,
        Field(max_length=31, description="The telephone number, in E.164.", examples=["+40745123456"]),
    ]
    signed_at: Annotated[schemas.Instant, Field(description="When it was registered that they signed.")]
    withdrawn_at: Annotated[schemas.Instant | None, Field(description="When they withdrew, if they did.")]

    @classmethod
    def of(cls, signature: domain.Signature) -> Self:
        """The view of a signature."""
        who = signature.petitioner
        known = who if isinstance(who, domain.Identity) else None
        return cls(
            ordinal=signature.ordinal,
            person_id=who.person_id if isinstance(who, domain.Account) else None,
            family_name=known.family_name if known else None,
            given_name=known.given_name if known else None,
            organisation=OrganisationBody.of(known.organisation) if known and known.organisation else None,
            represented_by=known.represented_by if known else None,
            address=known.address if known else None,
            email=known.email if known else None,
            phone=known.phone if known else None,
            signed_at=signature.signed_at,
            withdrawn_at=signature.withdrawn_at,
        )


class SignaturesView(schemas.Resource):
    """Who signed a petition."""

    items: Annotated[
        list[SignatureView],
        Field(max_length=domain.MOST, description="In their order; nobody signed an anonymous petition."),
    ]


def _identity(body: _Named) -> dict[str, Any]:
    return {
        "family_name": body.family_name,
        "given_name": body.given_name,
        "organisation": body.organisation.value() if body.organisation else None,
        "phone": body.phone.e164 if body.phone else None,
    }
