"""What reports of aggressive driving and questions about them have in common."""

from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import Field, JsonValue

from hub_core.text import Line
from hub_service import schemas
from hub_service.i18n import Texts

from ..domain import admissibility, plates
from ..domain.driving_reports import DrivingReport, State
from ..domain.institutions import Institution
from ..operations.driving_reports import Place
from . import driving_report_words as words
from .driving_report_words import localised
from .officers import County

_PLACES: Final = Decimal("0.000001")  # a tenth of a metre
_PLACE: Final[dict[str, JsonValue]] = {
    "county": "CV",
    "siruta": "63394",
    "description": "DN 12, km 24, spre Miercurea Ciuc",
    "coordinates": {"latitude": 45.8636, "longitude": 25.7875},
}
ASKED: Final[dict[str, JsonValue]] = {
    "event_time": "2026-11-20T17:45:00+02:00",
    "place": _PLACE,
    "plate": {"number": "CV 12 ABC", "country": "RO"},
    "manoeuvres": ["a", "d"],
    "seen_by_chance": True,
}

EventTime = Annotated[
    str,
    Field(
        max_length=32,
        pattern=r"^20\d{2}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$",
        description="When it was (ISO 8601). Without an offset it is meant in Europe/Bucharest; an hour that "
        "exists twice, at the end of summer time, needs one.",
        examples=["2026-11-20T17:45:00+02:00"],
    ),
]
ManoeuvreCode = Annotated[
    str,
    Field(
        pattern=r"^[a-z]{1,2}$",
        max_length=2,
        description="Its letter in the law (OUG 195/2002 art. 54^1 (2)).",
        examples=["d"],
    ),
]
Manoeuvres = Annotated[
    list[ManoeuvreCode],
    Field(max_length=9, description="What the driver did, by the codes of the list of manoeuvres."),
]
Country = Annotated[
    str,
    Field(
        pattern=r"^[A-Z]{2}$",
        min_length=2,
        max_length=2,
        description="The state that gave the plate (ISO 3166-1).",
        examples=["RO"],
    ),
]
StateField = Annotated[State, Field(description="Where it stands.", examples=["SUBMITTED"])]
InWords = Annotated[schemas.LocalisedText, Field(description="The same in words.")]
Number = Annotated[
    str,
    Field(
        pattern=r"^CA-[0-9]{4}-[0-9]{6,}$",
        max_length=20,
        description="The number of the report, as it is quoted.",
        examples=["CA-2026-000123"],
    ),
]


class Coordinates(schemas.Resource):
    """A point on the map (WGS 84)."""

    latitude: Annotated[float, Field(ge=-90, le=90, description="Degrees north.", examples=[45.8636])]
    longitude: Annotated[float, Field(ge=-180, le=180, description="Degrees east.", examples=[25.7875])]


class EventPlace(schemas.Resource):
    """Where it was: the county, and a point on the map or words that locate it, or both."""

    county: County
    siruta: Annotated[
        str | None,
        Field(
            pattern=r"^[0-9]{1,6}$",
            max_length=6,
            description="The locality, by its code in the register of administrative units.",
            examples=["63394"],
        ),
    ] = None
    description: Annotated[
        Line | None,
        Field(
            max_length=500,
            description="The road, the kilometre, the junction or other marks.",
            examples=["DN 12, km 24, spre Miercurea Ciuc"],
        ),
    ] = None
    coordinates: Annotated[Coordinates | None, Field(description="The point on the map.")] = None

    def value(self) -> Place:
        """The place as a value."""
        point = self.coordinates
        return Place(
            county=self.county,
            siruta=self.siruta,
            words=self.description or "",
            latitude=_degrees(point.latitude) if point else None,
            longitude=_degrees(point.longitude) if point else None,
        )

    @classmethod
    def of(cls, report: DrivingReport) -> Self | None:
        """The place of a report; none once it was deleted by rule."""
        event = report.event
        if event is None:
            return None
        point = None
        if event.latitude is not None and event.longitude is not None:
            point = Coordinates(latitude=float(event.latitude), longitude=float(event.longitude))
        return cls(
            county=report.county, siruta=event.siruta, description=event.place or None, coordinates=point
        )


class EventPlate(schemas.Resource):
    """The registration plate of the vehicle."""

    number: Annotated[
        str,
        Field(
            min_length=2,
            max_length=20,
            pattern=schemas.STORABLE,
            description="As on the plate; blanks and hyphens do not matter.",
            examples=["CV 12 ABC"],
        ),
    ]
    country: Country = plates.ROMANIA


class Declaration(schemas.Resource):
    """The declaration on one's own responsibility."""

    version: Annotated[
        str,
        Field(
            max_length=32,
            pattern=r"^[0-9-]+$",
            description="The version whose words were agreed to.",
            examples=[admissibility.DECLARATION],
        ),
    ]
    agreed: Annotated[bool, Field(description="Whether it was agreed to.", examples=[True])]


class CompetentUnitView(schemas.Resource):
    """Who decides about a report, and why they."""

    id: Annotated[schemas.Id, Field(description="The institution.")]
    name: Annotated[schemas.LocalisedText, Field(description="What it is called.")]
    why: Annotated[schemas.LocalisedText, Field(description="Why it is this one.")]

    @classmethod
    def of(cls, unit: Institution | None, texts: Texts) -> Self | None:
        """The view of an institution."""
        if unit is None:
            return None
        name = schemas.LocalisedText.of(dict(unit.names))
        return cls(id=unit.id, name=name, why=localised(texts, words.WHY_UNIT))


def _degrees(value: float) -> Decimal:
    return Decimal(str(value)).quantize(_PLACES)
