"""Access lines: an official, or a representative, has had to do with a person's appointment."""

from typing import ClassVar

from hub_events.envelope import Event
from hub_service import access


class RecordAccessed(access.Line, Event):
    """Who opened a person's record, when, in which role, for which purpose."""

    subject: ClassVar[str] = "hub.passport-booking.record.accessed.v1"
    key_field: ClassVar[str] = "line_id"
