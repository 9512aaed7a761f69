"""Who opened whose record here."""

from typing import ClassVar

from hub_events.envelope import Event
from hub_service import access


class RecordAccessed(access.Line, Event):
    """An official opened or changed the record of a driver."""

    subject: ClassVar[str] = "hub.traffic-history.record.accessed.v1"
    key_field: ClassVar[str] = "line_id"
