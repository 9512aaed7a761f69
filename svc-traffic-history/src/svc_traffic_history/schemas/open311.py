"""What Open311 GeoReport v2 shows: the service, what it asks, reports as service requests.

GeoReport's texts are of one language: English message ids, translated by `locale/`.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Final, Literal, NamedTuple, Self, TypeAlias
from uuid import UUID

from pydantic import ConfigDict, Field, RootModel

from hub_core.clock import BUCHAREST
from hub_core.county import COUNTIES
from hub_core.language import Language
from hub_core.rules import Option
from hub_service import schemas

from ..domain import georeport
from ..domain.admissibility import DECLARATION
from ..domain.driving_reports import DrivingReport, State
from ..domain.georeport import Status
from ..operations.open311 import Found
from . import driving_report_words as words

Say: TypeAlias = Callable[[str], str]
"""The text of an English message id in the caller's language."""

SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
CHANGESET: Final = "2026-11-23T00:00:00Z"
"""When the list of services or a definition last changed: clients that keep them read them again."""

_NAME: Final = "Report of aggressive driving"
_ABOUT: Final = (
    "Aggressive driving that you saw directly and by chance, as a participant in traffic, and recorded. "
    "The recording is uploaded within an hour after the report."
)
_GROUP: Final = "Road traffic"
_KEYWORDS: Final = "aggressive driving, road, police, recording"
_ID: Final = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"
_KEYS: Final = (
    "An access token takes the place of an api_key: OAuth 2.0, in the header Authorization. "
    "It is never sent in an address."
)


class Datatype(StrEnum):
    """The kinds of answers that GeoReport knows."""

    STRING = "string"
    DATETIME = "datetime"
    SINGLE = "singlevaluelist"
    MULTIPLE = "multivaluelist"


class _Attribute(NamedTuple):
    code: str
    datatype: Datatype
    description: str
    form: str = ""
    required: bool = True


_ATTRIBUTES: Final = (
    _Attribute("manoeuvres", Datatype.MULTIPLE, "What the driver did."),
    _Attribute("happened_at", Datatype.DATETIME, "When it was.", "ISO 8601: 2026-11-20T17:45:00+02:00"),
    _Attribute("county", Datatype.SINGLE, "In which county it was."),
    _Attribute("siruta", Datatype.STRING, "The locality, by its SIRUTA code.", "63394", required=False),
    _Attribute("plate", Datatype.STRING, "The registration number of the vehicle.", "CV 12 ABC"),
    _Attribute(
        "plate_country",
        Datatype.STRING,
        "The country of the plate, unless it is Romania.",
        "ISO 3166-1: HU",
        required=False,
    ),
    _Attribute("correspondence_address", Datatype.STRING, "Your address for letters."),
    _Attribute(
        "seen_by_chance",
        Datatype.SINGLE,
        "You were a participant in traffic and saw it directly and by chance.",
    ),
    _Attribute(
        "declaration",
        Datatype.SINGLE,
        "You declare on your own responsibility that the facts and the recording are true.",
    ),
)
_YES: Final = "Yes"
_NUMBERED: Final = "The report has the number {number}."
_UPLOAD: Final = "The recording is uploaded by tus to {address}, until {until} at the latest."
TEXTS: Final = frozenset(
    {
        *(_NAME, _ABOUT, _GROUP, _KEYWORDS, _KEYS, _YES, _NUMBERED, _UPLOAD),
        *(each.description for each in _ATTRIBUTES),
    }
)
"""Every text that is translated."""


class Open311EndpointView(schemas.Resource):
    """Where an interface answers."""

    specification: Annotated[
        str, Field(max_length=200, description="What it follows.", examples=[SPECIFICATION])
    ]
    url: Annotated[
        str,
        Field(
            max_length=200,
            description="Where it begins.",
            examples=["https://hub.example.org/traffic-history/open311/v2"],
        ),
    ]
    changeset: Annotated[schemas.Instant, Field(description="When services or definitions last changed.")]
    type: Annotated[Literal["production"], Field(description="What it serves for.")]
    formats: Annotated[
        list[Literal["text/xml", "application/json"]], Field(max_length=2, description="What it answers in.")
    ]


class Open311DiscoveryView(schemas.Resource):
    """Which interfaces there are (Open311 Service Discovery)."""

    changeset: Annotated[schemas.Instant, Field(description="When this last changed.")]
    contact: Annotated[
        str, Field(max_length=200, description="Whom to ask.", examples=["contact@hub.example.org"])
    ]
    key_service: Annotated[str, Field(max_length=500, description="What stands for a key.", examples=[_KEYS])]
    endpoints: Annotated[list[Open311EndpointView], Field(max_length=1, description="Each of them.")]

    @classmethod
    def of(cls, url: str, contact: str, say: Say) -> Self:
        """The one interface, which begins at an address."""
        endpoint = Open311EndpointView.model_validate(
            {
                "specification": SPECIFICATION,
                "url": url,
                "changeset": CHANGESET,
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        )
        shown = {"changeset": CHANGESET, "contact": contact, "key_service": say(_KEYS)}
        return cls.model_validate(shown | {"endpoints": [endpoint]})


ServiceCode = Annotated[
    str,
    Field(
        max_length=64,
        pattern=r"^[^\x00]*$",
        description="What is reported.",
        json_schema_extra={"examples": [georeport.SERVICE]},
    ),
]


class Open311ServiceView(schemas.Resource):
    """Something that can be reported."""

    service_code: ServiceCode
    service_name: Annotated[str, Field(max_length=200, description="What it is called.", examples=[_NAME])]
    description: Annotated[str, Field(max_length=1000, description="What it is for.", examples=[_ABOUT])]
    metadata: Annotated[bool, Field(description="Whether it has a definition.", examples=[True])]
    type: Annotated[Literal["realtime"], Field(description="A report has its identifier at once.")]
    keywords: Annotated[str, Field(max_length=200, description="Words for it.", examples=[_KEYWORDS])]
    group: Annotated[str, Field(max_length=100, description="What it belongs to.", examples=[_GROUP])]


class Open311ServicesView(RootModel[Annotated[list[Open311ServiceView], Field(max_length=10)]]):
    """What can be reported."""

    @classmethod
    def of(cls, say: Say) -> Self:
        """The one service."""
        return cls(
            [
                Open311ServiceView(
                    service_code=georeport.SERVICE,
                    service_name=say(_NAME),
                    description=say(_ABOUT),
                    metadata=True,
                    type="realtime",
                    keywords=say(_KEYWORDS),
                    group=say(_GROUP),
                )
            ]
        )


class Open311ValueView(schemas.Resource):
    """One of the answers to choose from."""

    key: Annotated[str, Field(max_length=64, description="What is sent.", examples=["a"])]
    name: Annotated[
        str,
        Field(max_length=2000, description="What people read.", examples=["repeated changing of lanes"]),
    ]


class Open311AttributeView(schemas.Resource):
    """Something that a report says."""

    variable: Annotated[bool, Field(description="Whether an answer is wanted.", examples=[True])]
    code: Annotated[str, Field(max_length=64, description="Sent as `attribute[code]`.", examples=["plate"])]
    datatype: Annotated[Datatype, Field(description="What kind of answer.")]
    required: Annotated[bool, Field(description="Whether it has to be there.", examples=[True])]
    datatype_description: Annotated[
        str | None, Field(max_length=200, description="What it looks like.", examples=["CV 12 ABC"])
    ]
    order: Annotated[schemas.Int32, Field(description="In which order to ask.", examples=[1])]
    description: Annotated[
        str,
        Field(
            max_length=500, description="What is asked.", examples=["The registration number of the vehicle."]
        ),
    ]
    values: Annotated[list[Open311ValueView], Field(max_length=100, description="The answers of a list.")]


class Open311DefinitionView(schemas.Resource):
    """What a report of a service says."""

    service_code: ServiceCode
    attributes: Annotated[list[Open311AttributeView], Field(max_length=50, description="In their order.")]

    @classmethod
    def of(cls, manoeuvres: Sequence[Option], say: Say, language: Language) -> Self:
        """What a report of aggressive driving says, with the manoeuvres that the law of today names."""
        values: dict[str, Iterable[tuple[str, str]]] = {
            "manoeuvres": [
                (each.code, each.texts.get(language, each.texts[Language.RO])) for each in manoeuvres
            ],
            "county": [(county.code, county.name) for county in COUNTIES],
            "seen_by_chance": [("YES", say(_YES))],
            "declaration": [(DECLARATION, say(words.DECLARATIONS[DECLARATION]))],
        }
        return cls(
            service_code=georeport.SERVICE,
            attributes=[
                Open311AttributeView(
                    variable=True,
                    code=each.code,
                    datatype=each.datatype,
                    required=each.required,
                    datatype_description=each.form or None,
                    order=order,
                    description=say(each.description),
                    values=[Open311ValueView(key=key, name=name) for key, name in values.get(each.code, ())],
                )
                for order, each in enumerate(_ATTRIBUTES, start=1)
            ],
        )


RequestId = Annotated[schemas.Id, Field(description="The report.")]


def _notice(report: DrivingReport, say: Say, origin: str) -> str:
    """The number of a report and, while it waits for its recording, where that goes and until when."""
    said = say(_NUMBERED).format(number=report.label)
    if report.state is not State.AWAITING_VIDEO:
        return said
    address = f"{origin}/traffic-history/v1/driving-reports/{report.id}/video"
    until = report.upload_by.astimezone(BUCHAREST).isoformat(timespec="minutes")
    return f"{said} {say(_UPLOAD).format(address=address, until=until)}"


class Open311SentView(schemas.Resource):
    """A report that was sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service_request_id": _ID,
                    "service_notice": "The report has the number CA-2026-000123.",
                    "account_id": None,
                }
            ]
        }
    )

    service_request_id: RequestId
    service_notice: Annotated[
        str,
        Field(
            max_length=1000,
            description="Its number; where its recording is uploaded, and until when.",
            examples=[_NUMBERED.format(number="CA-2026-000123")],
        ),
    ]
    account_id: Annotated[
        str | None, Field(max_length=4000, description="Always null: the token says who reports.")
    ] = None


class Open311SentListView(RootModel[Annotated[list[Open311SentView], Field(max_length=1)]]):
    """The report that was sent, alone."""

    @classmethod
    def of(cls, report: DrivingReport, say: Say, origin: str) -> Self:
        """What is said of a report that was just sent."""
        return cls(
            [Open311SentView(service_request_id=report.id, service_notice=_notice(report, say, origin))]
        )


class Open311TokenView(schemas.Resource):
    """The report that a token stands for."""

    service_request_id: RequestId
    token: Annotated[schemas.Id, Field(description="The token: the report's own identifier.")]


class Open311TokensView(RootModel[Annotated[list[Open311TokenView], Field(max_length=1)]]):
    """What one token stands for."""

    @classmethod
    def of(cls, report_id: UUID) -> Self:
        """The report has its identifier at once: it is its own token."""
        return cls([Open311TokenView(service_request_id=report_id, token=report_id)])


class Open311RequestView(schemas.Resource):
    """A report of the caller: neither the plate nor the caller's words, nothing of driver or owner."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service_request_id": _ID,
                    "status": "open",
                    "status_notes": "Registered with its recording",
                    "service_name": _NAME,
                    "service_code": georeport.SERVICE,
                    "description": None,
                    "agency_responsible": "Inspectoratul de Poliție Județean Covasna",
                    "service_notice": "The report has the number CA-2026-000123.",
                    "requested_datetime": "2026-11-21T19:53:41.120Z",
                    "updated_datetime": "2026-11-21T20:11:05.002Z",
                    "expected_datetime": None,
                    "address": "DN 12, km 24",
                    "address_id": None,
                    "zipcode": None,
                    "lat": 45.8636,
                    "long": 25.7875,
                    "media_url": None,
                }
            ]
        }
    )

    service_request_id: RequestId
    status: Annotated[Status, Field(description="Whether something is still to be done.")]
    status_notes: Annotated[
        str,
        Field(
            max_length=1000,
            description="Where it stands, and why.",
            examples=["Registered with its recording"],
        ),
    ]
    service_name: Annotated[str, Field(max_length=200, description="What was reported.", examples=[_NAME])]
    service_code: ServiceCode
    description: Annotated[
        str | None, Field(max_length=4000, description="Always null: the contract beside this one has it.")
    ] = None
    agency_responsible: Annotated[
        str | None,
        Field(
            max_length=500,
            description="The police inspectorate that decides.",
            examples=["Inspectoratul de Poliție Județean Covasna"],
        ),
    ]
    service_notice: Annotated[
        str,
        Field(
            max_length=1000,
            description="Its number; where its recording is uploaded while that is awaited.",
            examples=[_NUMBERED.format(number="CA-2026-000123")],
        ),
    ]
    requested_datetime: Annotated[schemas.Instant, Field(description="When it was sent.")]
    updated_datetime: Annotated[schemas.Instant, Field(description="When it came to where it stands.")]
    expected_datetime: Annotated[
        str | None, Field(max_length=4000, description="Always null: no term is set by law.")
    ] = None
    address: Annotated[
        str | None,
        Field(
            max_length=500, description="The place in words.", examples=["DN 12, km 24, spre Miercurea Ciuc"]
        ),
    ]
    address_id: Annotated[str | None, Field(max_length=4000, description="Always null.")] = None
    zipcode: Annotated[str | None, Field(max_length=4000, description="Always null.")] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, description="Degrees north.", examples=[45.8636])]
    long: Annotated[float | None, Field(ge=-180, le=180, description="Degrees east.", examples=[25.7875])]
    media_url: Annotated[
        str | None, Field(max_length=4000, description="Always null: a recording has no address.")
    ] = None

    @classmethod
    def of(cls, found: Found, say: Say, language: Language, origin: str) -> Self:
        """The view of a report."""
        report, shown = found.shown.report, found.shown
        said = [words.STATES[shown.state], words.REASONS[shown.reason] if shown.reason else ""]
        event = report.event
        point = event if event and event.latitude is not None and event.longitude is not None else None
        names = found.institution.names if found.institution else {}
        return cls(
            service_request_id=report.id,
            status=georeport.status(shown.state),
            status_notes=". ".join(say(text) for text in said if text),
            service_name=say(_NAME),
            service_code=georeport.SERVICE,
            agency_responsible=names.get(language) or names.get(Language.RO),
            service_notice=_notice(report, say, origin),
            requested_datetime=report.sent_at,
            updated_datetime=found.changed_at,
            address=(event.place or None) if event else None,
            lat=float(point.latitude) if point and point.latitude is not None else None,
            long=float(point.longitude) if point and point.longitude is not None else None,
        )


class Open311RequestsView(RootModel[Annotated[list[Open311RequestView], Field(max_length=georeport.MOST)]]):
    """Reports of the caller."""

    @classmethod
    def of(cls, found: Iterable[Found], say: Say, language: Language, origin: str) -> Self:
        """The views of reports."""
        return cls([Open311RequestView.of(each, say, language, origin) for each in found])
