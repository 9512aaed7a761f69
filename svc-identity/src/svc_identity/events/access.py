"""What is told when an official or a representative opens somebody's record here."""

from typing import ClassVar

from hub_events.envelope import Event
from hub_service import access


class RecordAccessed(access.Line, Event):
    """A record of a person was opened by another."""

    subject: ClassVar[str] = "hub.identity.record.accessed.v1"
    key_field: ClassVar[str] = "line_id"
