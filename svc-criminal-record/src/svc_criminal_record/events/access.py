"""Who opened whose record here."""

from typing import ClassVar

from hub_events.envelope import Event
from hub_service import access


class RecordAccessed(access.Line, Event):
    """A representative or an official asked for, opened or decided something of a person's."""

    subject: ClassVar[str] = "hub.criminal-record.record.accessed.v1"
    key_field: ClassVar[str] = "line_id"
