"""What is told of the invented people of applications in the sandbox: ids only."""

from typing import ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, Field

from hub_events.envelope import Event

from ..domain.sandbox_person import SandboxPerson


class _OfSandboxPerson(BaseModel):
    """Who, and for which application."""

    person_id: UUID = Field(description="The invented person")
    client_id: str = Field(max_length=64, description="The application that they were invented for")


class SandboxPersonCreated(_OfSandboxPerson, Event):
    """Somebody was invented for an application: what is held of them may be dropped some day."""

    subject: ClassVar[str] = "hub.identity.test-person.created.v1"
    key_field: ClassVar[str] = "person_id"

    @classmethod
    def of(cls, person: SandboxPerson) -> Self:
        """The event of somebody who was just made."""
        return cls(person_id=person.person_id, client_id=person.client_id, version=1)


class SandboxPersonRemoved(_OfSandboxPerson, Event):
    """Somebody invented is no more: whoever holds anything of them drops it.

    A reset removes a person and creates another with the same name and address: an id is never used
    again, so that what is heard late harms nobody. Who was never told to be invented is not touched.
    """

    subject: ClassVar[str] = "hub.identity.test-person.removed.v1"
    key_field: ClassVar[str] = "person_id"

    @classmethod
    def of(cls, person: SandboxPerson) -> Self:
        """The event of somebody who was just removed."""
        return cls(person_id=person.person_id, client_id=person.client_id, version=2)
