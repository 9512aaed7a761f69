"""Counselling contacts in requests and answers: there is no member for names, numbers or words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field

from hub_service import schemas

from ..domain import counselling as domain
from ..domain.counselling import ContactChannel, ContactPart, DayCount
from ..operations.counselling import ContactStatistics, Wanted
from .institutions import AddresseeView
from .topics import Topic, TopicCode

_HIDDEN: Final = "Null where a small count would be told, or could be worked out."
_COUNTS_MOST: Final = 10_000
_CODES_MOST: Final = 200
_STRUCTURES_MOST: Final = 20_000

ChannelField = Annotated[ContactChannel, Field(description="PHONE or FACE_TO_FACE.", examples=["PHONE"])]
_MINUTES: Final = Field(
    ge=1, le=domain.MINUTES_MOST, description="How long it took, in minutes.", examples=[12]
)
_AT: Final = Field(description="When it was.", examples=["2026-11-20T09:30:00.000Z"])


class RecordContact(schemas.Resource):
    """That somebody was counselled. Nobody is named, and nothing of what was said is kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "at": "2026-11-20T09:30:00.000Z",
                    "channel": "PHONE",
                    "topic": "PASSPORTS",
                    "minutes": 12,
                }
            ]
        }
    )

    at: Annotated[schemas.Instant, _AT]
    channel: ChannelField
    topic: Topic
    minutes: Annotated[schemas.Int32, _MINUTES]
    petition_id: Annotated[
        schemas.Id | None, Field(description="The petition that it was about, if your institution has it.")
    ] = None

    def wanted(self) -> Wanted:
        """What was sent, as a value."""
        return Wanted(
            at=self.at,
            channel=self.channel,
            topic=self.topic,
            minutes=self.minutes,
            petition_id=self.petition_id,
        )


class ContactView(schemas.Resource):
    """A contact that was recorded."""

    id: Annotated[schemas.Id, Field(description="The contact.")]
    at: Annotated[schemas.Instant, _AT]
    channel: ChannelField
    topic: TopicCode
    minutes: Annotated[schemas.Int32, _MINUTES]
    petition_id: Annotated[schemas.Id | None, Field(description="The petition that it was about.")]

    @classmethod
    def of(cls, contact: domain.Contact) -> Self:
        """The view of a contact."""
        return cls(
            id=contact.id,
            at=contact.at,
            channel=contact.channel,
            topic=contact.topic,
            minutes=contact.minutes,
            petition_id=contact.petition_id,
        )


class DayCountView(schemas.Resource):
    """The contacts of a day that have topic and channel in common."""

    on_day: Annotated[schemas.LegalDate, Field(description="The day.")]
    topic: TopicCode
    channel: ChannelField
    contacts: Annotated[schemas.Int32, Field(ge=1, description="How many.", examples=[14])]
    minutes: Annotated[schemas.Int32, Field(ge=1, description="How long all took together.", examples=[168])]


class ContactCountsView(schemas.Resource):
    """The contacts of an institution, for its heads."""

    first: Annotated[schemas.LegalDate, Field(description="The first day.")]
    last: Annotated[schemas.LegalDate, Field(description="The last day.")]
    items: Annotated[
        list[DayCountView], Field(max_length=_COUNTS_MOST, description="By day, topic and channel.")
    ]

    @classmethod
    def of(cls, first: date, last: date, counts: Sequence[DayCount]) -> Self:
        """The view of what was counted."""
        items = [
            DayCountView(
                on_day=one.on_day,
                topic=one.topic,
                channel=one.channel,
                contacts=one.contacts,
                minutes=one.minutes,
            )
            for one in counts
        ]
        return cls(first=first, last=last, items=items)


class _ContactPartView(schemas.Resource):
    contacts: Annotated[
        schemas.Int32 | None,
        Field(description=f"How many people were counselled. {_HIDDEN}", examples=[1769]),
    ]
    average_minutes: Annotated[
        float | None,
        Field(
            ge=0,
            json_schema_extra={"format": "double"},
            description=f"How long it took on average, in minutes. {_HIDDEN}",
            examples=[7.4],
        ),
    ]


class WholeContactsView(_ContactPartView):
    """All contacts of the period."""


class CodeContactsView(_ContactPartView):
    """The contacts that have something in common."""

    code: Annotated[
        str, Field(max_length=32, pattern=r"^[A-Z0-9_]+$", description="What it is.", examples=["PHONE"])
    ]


class StructureContactsView(_ContactPartView):
    """The contacts of one institution."""

    institution: Annotated[AddresseeView, Field(description="The institution.")]


class CounsellingStatisticsView(schemas.Resource):
    """A half-year or a year of counselling in figures."""

    period: Annotated[str, Field(max_length=7, description="The half-year or year.", examples=["2026-H1"])]
    first: Annotated[schemas.LegalDate, Field(description="Its first day.")]
    last: Annotated[schemas.LegalDate, Field(description="Its last day.")]
    whole: Annotated[WholeContactsView, Field(description="All contacts.")]
    by_channel: Annotated[
        list[CodeContactsView], Field(max_length=_CODES_MOST, description="By telephone and face to face.")
    ]
    by_topic: Annotated[
        list[CodeContactsView], Field(max_length=_CODES_MOST, description="By topic, as the list has them.")
    ]
    by_structure: Annotated[
        list[StructureContactsView], Field(max_length=_STRUCTURES_MOST, description="By institution.")
    ]

    @classmethod
    def of(cls, told: ContactStatistics) -> Self:
        """The view of the figures."""
        report = told.report
        return cls(
            period=report.period.code,
            first=report.period.first,
            last=report.period.last,
            whole=WholeContactsView(**_figures(report.whole)),
            by_channel=_by_code(report.by_channel),
            by_topic=_by_code(report.by_topic),
            by_structure=[
                StructureContactsView(
                    institution=AddresseeView.of(one), **_figures(report.by_structure[institution_id])
                )
                for institution_id, one in told.institutions.items()
            ],
        )


def _by_code(parts: Mapping[str, ContactPart]) -> list[CodeContactsView]:
    return [CodeContactsView(code=code, **_figures(part)) for code, part in parts.items()]


def _figures(part: ContactPart) -> dict[str, int | float | None]:
    return {"contacts": part.contacts, "average_minutes": part.minutes}
