"""What the catalog tells of services.

The version of these events is the entry's revision, which grows with every step of its life; the
number of the version that people see is `entry_version`.
"""

from datetime import date
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hub_events.envelope import Event

from ..domain.entries import Entry
from ..domain.services import Service


class ServiceTitles(BaseModel):
    """What a service is called; Romanian is the official language."""

    model_config = ConfigDict(frozen=True)

    ro: str = Field(description="The Romanian, official title")
    hu: str = Field(description="The Hungarian title; the Romanian one where there is none")
    en: str = Field(description="The English title")


class _OfEntry(BaseModel):
    key_field: ClassVar[str] = "entry_id"

    entry_id: UUID = Field(description="The entry's id, the same in every installation")
    code: str = Field(description="The service's code, such as petition")
    entry_version: int = Field(ge=1, description="Number of the version that people see")
    status: str = Field(description="What people see of it: PILOT, ACTIVE, SUSPENDED or RETIRED")
    provider_id: UUID = Field(description="The institution that gives the service")

    @classmethod
    def of(cls, entry: Entry, service: Service, **more: Any) -> Self:
        """The event of an entry's present revision, with the service as people see it."""
        return cls.model_validate(
            {
                "version": entry.revision,
                "entry_id": entry.id,
                "code": entry.code,
                "entry_version": service.version,
                "status": entry.status,
                "provider_id": entry.provider_id,
                **more,
            }
        )


class EntryPublished(_OfEntry, Event):
    """A version of a service entry was published, or its trial has ended: people see it from now on."""

    subject: ClassVar[str] = "hub.catalog.entry.published.v1"


class EntrySuspended(_OfEntry, Event):
    """A service is not given for the time."""

    subject: ClassVar[str] = "hub.catalog.entry.suspended.v1"

    until: date | None = Field(description="The last day, Europe/Bucharest; null where it is not known")


class EntryResumed(_OfEntry, Event):
    """A service that was suspended is given again."""

    subject: ClassVar[str] = "hub.catalog.entry.resumed.v1"


class EntryRetired(_OfEntry, Event):
    """A service is given no more."""

    subject: ClassVar[str] = "hub.catalog.entry.retired.v1"


class EntryStale(_OfEntry, Event):
    """The provider of a published entry has not confirmed it in time; told again with each reminder."""

    subject: ClassVar[str] = "hub.catalog.entry.stale.v1"

    titles: ServiceTitles = Field(description="What the service is called")
    due_on: date = Field(description="The day on which the confirmation was due, Europe/Bucharest")
    reminder: int = Field(ge=1, description="How often the provider has been reminded, from 1")

    @classmethod
    def reminding(cls, entry: Entry, service: Service) -> Self:
        """The event of an entry that was just flagged or is still stale."""
        title = service.title
        titles = ServiceTitles(ro=title.ro, hu=title.hu or title.ro, en=title.en)
        return cls.of(entry, service, titles=titles, due_on=entry.due_on, reminder=entry.reminders)
