"""What is told of reports of aggressive driving: the step, never whom or what they are about."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event


class DrivingReportMoved(Event):
    """A report was sent, or has come a step further."""

    subject: ClassVar[str] = "hub.traffic-history.driving-report.moved.v1"
    key_field: ClassVar[str] = "driving_report_id"

    driving_report_id: UUID = Field(description="The report")
    person_id: UUID = Field(description="Who reported")
    number: str = Field(description="The number of the report", pattern=r"^CA-[0-9]{4}-[0-9]{6,}$")
    state: str = Field(description="The state it has come to", pattern=r"^[A-Z_]{3,20}$")
    reason: str | None = Field(
        default=None, description="Why, where the state has a reason", pattern=r"^[A-Z_]{3,20}$"
    )
    upload_by: datetime | None = Field(
        default=None, description="Until when its recording is awaited; none in any other state"
    )
