"""What is told of telephone numbers. No number, no code: who needs those asks."""

from typing import ClassVar, Self
from uuid import UUID

from hub_events.envelope import Event

from ..domain.phone import Confirmation


class PhoneConfirmationRequested(Event):
    """A code is to be sent as a text message; the confirmation's id is the question that gives it."""

    subject: ClassVar[str] = "hub.identity.phone-confirmation.requested.v1"
    key_field: ClassVar[str] = "confirmation_id"

    confirmation_id: UUID

    @classmethod
    def of(cls, confirmation: Confirmation) -> Self:
        """The event of a confirmation whose code was just made; its version is the round."""
        return cls(confirmation_id=confirmation.id, version=confirmation.round)
