"""Access lines: a representative has had to do with a person's petition."""

from typing import ClassVar

from hub_events.envelope import Event
from hub_service import access


class RecordAccessed(access.Line, Event):
    """Somebody's petition was filed or opened by their representative."""

    subject: ClassVar[str] = "hub.petitions.record.accessed.v1"
    key_field: ClassVar[str] = "line_id"
