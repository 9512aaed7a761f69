"""What the API shows of offices."""

from typing import Annotated, Self

from pydantic import Field

from hub_service.schemas import Id, LegalDate, LocalisedText, Resource

from ..domain.offices import Office, Pool
from .types import TypeCode

CountyCode = Annotated[
    str,
    Field(max_length=2, pattern=r"^[A-Z]{1,2}$", examples=["CJ"], description="Vehicle code of a county."),
]
ShortCode = Annotated[
    str, Field(max_length=64, pattern=r"^[A-Z0-9_-]+$", examples=["SPCP-CJ-1"], description="A short code.")
]


class PoolView(Resource):
    """Counters that serve the same things: a place at any of them is the same."""

    id: Annotated[Id, Field(description="The pool.")]
    code: Annotated[ShortCode, Field(description="Its code within the office.", examples=["PASSPORTS"])]
    name: Annotated[LocalisedText, Field(description="What it is called.")]
    types: Annotated[list[TypeCode], Field(max_length=50, description="What is served there.")]

    @classmethod
    def of(cls, pool: Pool) -> Self:
        """The view of a pool."""
        return cls(
            id=pool.id,
            code=pool.code,
            name=LocalisedText.of(dict(pool.names)),
            types=[*pool.types],
        )


class BookingOfficeView(Resource):
    """Where people are received by appointment."""

    id: Annotated[Id, Field(description="The office, by the id that the catalog's directory knows it by.")]
    code: Annotated[ShortCode, Field(description="Its code in the catalog's directory.")]
    institution_id: Annotated[Id, Field(description="The institution it belongs to.")]
    name: Annotated[LocalisedText, Field(description="What it is called.")]
    county: CountyCode
    serves: Annotated[
        list[CountyCode],
        Field(max_length=42, description="The counties it is there for. Anybody may go to any office."),
    ]
    address: Annotated[
        str | None,
        Field(
            max_length=500,
            description="Postal address; null: as in the catalog's directory.",
            examples=["Piața Avram Iancu 15, Cluj-Napoca"],
        ),
    ]
    latitude: Annotated[float | None, Field(ge=-90, le=90, description="WGS 84; null: not known.")]
    longitude: Annotated[float | None, Field(ge=-180, le=180, description="WGS 84; null: not known.")]
    distance_km: Annotated[
        float | None,
        Field(
            ge=0,
            le=21_000,
            description="How far it is from the point that was asked for, in a straight line.",
        ),
    ] = None
    pools: Annotated[list[PoolView], Field(max_length=50, description="Its counters.")]
    valid_from: Annotated[LegalDate, Field(description="Its first day.")]
    valid_to: Annotated[LegalDate | None, Field(description="Its last day; null while it goes on.")]

    @classmethod
    def of(cls, office: Office, distance_km: float | None = None) -> Self:
        """The view of an office, at a distance."""
        return cls(
            id=office.id,
            code=office.code,
            institution_id=office.institution_id,
            name=LocalisedText.of(dict(office.names)),
            county=office.county,
            serves=[*office.serves],
            address=office.address,
            latitude=office.latitude,
            longitude=office.longitude,
            distance_km=None if distance_km is None else round(distance_km, 1),
            pools=[PoolView.of(pool) for pool in office.pools],
            valid_from=office.valid_from,
            valid_to=office.valid_to,
        )
