"""What the API shows of places and offices."""

from typing import Annotated, Self

from pydantic import Field

from hub_core.county import County
from hub_service.schemas import Id, LegalDate, LocalisedText, Resource

from ..domain.places import Office, Place, PlaceKind, Weekday
from .institutions import ContactView
from .vocabulary import CountyCode, Topic, Verified, Version

SirutaCode = Annotated[
    str,
    Field(
        max_length=6,
        pattern=r"^[0-9]{1,6}$",
        examples=["63394"],
        description="Code in the register of administrative units; text, without leading zeros.",
    ),
]
PlaceName = Annotated[str, Field(max_length=100, examples=["Sfântu Gheorghe"], description="Its name.")]
LocalTime = Annotated[
    str,
    Field(max_length=5, pattern=r"^[0-2][0-9]:[0-5][0-9]$", examples=["08:30"], description="Local time."),
]


class CountyView(Resource):
    """A county, or Bucharest, which is of the same rank."""

    code: CountyCode
    names: Annotated[LocalisedText, Field(description="Its names; the Hungarian one where it is usual.")]
    siruta: SirutaCode
    nuts3: Annotated[
        str, Field(max_length=5, pattern=r"^RO[0-9]{3}$", examples=["RO124"], description="NUTS-3 code.")
    ]
    seat: PlaceName
    seat_siruta: SirutaCode
    phone_prefixes: Annotated[
        list[Annotated[str, Field(max_length=4, pattern=r"^0[0-9]{2,3}$", examples=["0264"])]],
        Field(max_length=2, description="National prefixes of its telephones."),
    ]

    @classmethod
    def of(cls, county: County, hungarian: str | None) -> Self:
        """The view of a county."""
        return cls(
            code=county.code,
            names=LocalisedText(ro=county.name, hu=hungarian or county.name, en=county.name),
            siruta=county.siruta,
            nuts3=county.nuts3,
            seat=county.seat,
            seat_siruta=county.seat_siruta,
            phone_prefixes=list(county.phone_prefixes),
        )


class Counties(Resource):
    """All counties: there are 42, so the list has one page."""

    items: Annotated[list[CountyView], Field(max_length=42, description="By code.")]


class LocalityView(Resource):
    """A place of the register of administrative units (SIRUTA)."""

    siruta: SirutaCode
    name: PlaceName
    kind: Annotated[PlaceKind, Field(description="What sort of place it is.")]
    county: CountyCode
    parent: Annotated[SirutaCode | None, Field(description="The unit it belongs to; null for a county.")]
    urban: Annotated[bool, Field(description="Whether it counts as urban.")]
    seat: Annotated[bool, Field(description="Whether its unit has its seat there.")]

    @classmethod
    def of(cls, place: Place) -> Self:
        """The view of a place."""
        return cls.model_validate(place, from_attributes=True)


class LocalityWithUnits(LocalityView):
    """A place with the units it lies in."""

    lies_in: Annotated[list[LocalityView], Field(max_length=3, description="The county first.")]


class OpeningView(Resource):
    """When it is open, on these days."""

    days: Annotated[list[Weekday], Field(max_length=7, description="On which days of the week.")]
    opens: LocalTime
    closes: LocalTime


class OfficeView(Resource):
    """A counter of an institution."""

    id: Annotated[Id, Field(description="The office's id, the same in every installation.")]
    code: Annotated[
        str,
        Field(
            max_length=64,
            pattern=r"^[A-Za-z0-9-]+$",
            examples=["SPCP-CV-1"],
            description="Its short code.",
        ),
    ]
    version: Version
    institution_id: Annotated[Id, Field(description="The institution it belongs to.")]
    names: Annotated[LocalisedText, Field(description="Its names; only the Romanian one is official.")]
    county: CountyCode
    siruta: SirutaCode
    address: Annotated[
        str | None,
        Field(
            max_length=500,
            description="Postal address; null: not confirmed.",
            examples=["Piața Avram Iancu 15, Cluj-Napoca"],
        ),
    ]
    latitude: Annotated[float | None, Field(ge=-90, le=90, description="WGS 84; null: not confirmed.")]
    longitude: Annotated[float | None, Field(ge=-180, le=180, description="WGS 84; null: not confirmed.")]
    topics: Annotated[list[Topic], Field(max_length=50, description="What is dealt with here.")]
    hours: Annotated[
        list[OpeningView], Field(max_length=14, description="When it is open; empty: not confirmed.")
    ]
    hours_verified: Annotated[bool, Field(description="Whether the hours were read in a source.")]
    access: Annotated[LocalisedText | None, Field(description="How it is reached with a disability.")]
    contacts: Annotated[
        list[ContactView], Field(max_length=20, description="How it is reached; empty: as its institution.")
    ]
    valid_from: Annotated[LegalDate, Field(description="First day in this directory.")]
    valid_to: Annotated[LegalDate | None, Field(description="Last day; null while it goes on.")]
    verified: Verified

    @classmethod
    def of(cls, office: Office) -> Self:
        """The view of an office."""
        shown = {name: getattr(office, name) for name in cls.model_fields}
        shown["hours"] = [
            OpeningView(days=list(each.days), opens=f"{each.opens:%H:%M}", closes=f"{each.closes:%H:%M}")
            for each in office.hours
        ]
        return cls.model_validate(shown, from_attributes=True)
