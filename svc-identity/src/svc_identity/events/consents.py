"""What is told of consents."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event


class ConsentGranted(Event):
    """A person has let an application do something, or more than before: `scopes` are all of them now."""

    subject: ClassVar[str] = "hub.identity.consent.granted.v1"
    key_field: ClassVar[str] = "consent_id"

    consent_id: UUID = Field(description="The consent; a new one after a withdrawal has another id")
    person_id: UUID = Field(description="Who has agreed")
    client_id: str = Field(max_length=64, description="The application")
    scopes: tuple[str, ...] = Field(description="What it may do now")


class ConsentWithdrawn(Event):
    """A person has disconnected an application: whatever it holds of them it may not use any more.

    The consents of an account that is deleted or closed are withdrawn with it.

    Each withdrawal is told once, so its version is 1.
    """

    subject: ClassVar[str] = "hub.identity.consent.withdrawn.v1"
    key_field: ClassVar[str] = "withdrawal_id"

    withdrawal_id: UUID
    consent_id: UUID = Field(description="The consent that has ended, whatever is heard of it later")
    person_id: UUID
    client_id: str = Field(max_length=64)
