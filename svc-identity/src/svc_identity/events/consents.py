"""What is told of consents."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event


class ConsentWithdrawn(Event):
    """A person has disconnected an application: whatever it holds of them it may not use any more.

    Each withdrawal is told once, so its version is 1.
    """

    subject: ClassVar[str] = "hub.identity.consent.withdrawn.v1"
    key_field: ClassVar[str] = "withdrawal_id"

    withdrawal_id: UUID
    person_id: UUID
    client_id: str = Field(max_length=64)
