"""What officers send and are shown."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from hub_core.county import BY_CODE
from hub_service import schemas
from hub_service.schemas import STORABLE

from ..domain.entries import Outcome
from ..operations.recording import Found, Report
from ..operations.records import Record
from .offences import Money, OffenceCode
from .records import DriverRecordView, TrafficLineView

County = Annotated[
    str,
    Field(
        pattern=f"^({'|'.join(BY_CODE)})$",
        max_length=2,
        description="The county.",
        json_schema_extra={"examples": ["CV"]},
    ),
]


class FindDriver(schemas.Resource):
    """Whose record is looked for."""

    cnp: Annotated[
        str,
        Field(
            pattern=r"^[0-9]{13}$",
            max_length=13,
            description="The personal number, as the driver's document has it.",
            examples=["2850312149008"],
        ),
    ]


class DriverView(schemas.Resource):
    """A driver with the record, as officers see it."""

    id: Annotated[schemas.Id, Field(description="The driver.")]
    family_name: Annotated[str, Field(max_length=200, description="Family name.", examples=["Popescu"])]
    given_name: Annotated[str, Field(max_length=200, description="Given name.", examples=["Ana"])]
    record: Annotated[DriverRecordView, Field(description="The record of today.")]
    lines: Annotated[
        list[TrafficLineView], Field(max_length=1000, description="Its reports, the last one first.")
    ]

    @classmethod
    def of(cls, record: Record) -> Self:
        """The view of a driver."""
        return cls(
            id=record.driver.id,
            family_name=record.driver.family_name,
            given_name=record.driver.given_name,
            record=DriverRecordView.of(record),
            lines=[TrafficLineView.of(line, record) for line in record.lines],
        )


class FoundOffence(schemas.Resource):
    """An offence that was found."""

    offence: Annotated[OffenceCode, Field(description="One of the offences of that day.")]
    committed_on: Annotated[schemas.LegalDate, Field(description="The day of the offence.")]
    fine_points: Annotated[
        int,
        Field(
            ge=1,
            le=100,
            strict=True,
            description="How many fine points are applied.",
            json_schema_extra={"format": "int32", "examples": [4]},
        ),
    ]


class RecordReport(schemas.Resource):
    """A contravention report, as it was written."""

    series: Annotated[
        str, Field(pattern=r"^[A-Z0-9]{1,8}$", max_length=8, description="Its series.", examples=["PCV"])
    ]
    number: Annotated[
        str, Field(pattern=r"^[0-9]{1,12}$", max_length=12, description="Its number.", examples=["0123456"])
    ]
    found_at: Annotated[schemas.Instant, Field(description="When the offences were found.")]
    county: County
    place: Annotated[
        str,
        Field(min_length=2, max_length=200, pattern=STORABLE, description="Where.", examples=["DN12, km 20"]),
    ]
    offences: Annotated[list[FoundOffence], Field(min_length=1, max_length=20, description="What was found.")]

    def value(self) -> Report:
        """The report."""
        return Report(
            series=self.series,
            number=self.number,
            found_at=self.found_at,
            county=self.county,
            place=self.place,
            offences=[Found(each.offence, each.committed_on, each.fine_points) for each in self.offences],
        )


class RecordedView(schemas.Resource):
    """What was recorded."""

    id: Annotated[schemas.Id, Field(description="The report or the entry.")]

    @classmethod
    def of(cls, recorded_id: UUID) -> Self:
        """The view of what was recorded."""
        return cls(id=recorded_id)


class FactOn(schemas.Resource):
    """The day of a fact."""

    on: Annotated[schemas.LegalDate, Field(description="The day of the fact.")]


class RecordPayment(schemas.Resource):
    """Something was paid."""

    on: Annotated[schemas.LegalDate, Field(description="The day of the payment.")]
    amount: Annotated[Money, Field(description="What was paid.")]

    def lei(self) -> Decimal:
        """The amount."""
        return Decimal(self.amount.amount)


class RecordCourtDecision(schemas.Resource):
    """How a court decided."""

    on: Annotated[schemas.LegalDate, Field(description="The day on which the decision became final.")]
    outcome: Annotated[Outcome, Field(description="ADMITTED: the points of the report fall. Else they stay.")]


class ReversalReason(StrEnum):
    """Why an entry is taken back."""

    WRONG_DRIVER = "WRONG_DRIVER"
    WRONG_OFFENCE = "WRONG_OFFENCE"
    WRONG_DAY = "WRONG_DAY"
    WRONG_AMOUNT = "WRONG_AMOUNT"
    RECORDED_TWICE = "RECORDED_TWICE"


class TakeBackEntry(schemas.Resource):
    """Why an entry was wrong from its beginning."""

    reason: Annotated[ReversalReason, Field(description="The reason.")]
