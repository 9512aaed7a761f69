"""What the catalog tells of services."""

from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.services import Service


class EntryPublished(Event):
    """A version of a service entry was published."""

    subject: ClassVar[str] = "hub.catalog.entry.published.v1"
    key_field: ClassVar[str] = "entry_id"

    entry_id: UUID = Field(description="The entry's id, the same in every installation")
    code: str = Field(description="The service's code, such as petition")

    @classmethod
    def of(cls, service: Service) -> Self:
        """The event of an entry's present version."""
        return cls(version=service.version, entry_id=service.id, code=service.code)
