"""What is told of how people sign in. No device, no address, no name."""

from typing import ClassVar, Self
from uuid import UUID

from hub_events.envelope import Event

from ..domain.means import Change, SecurityChange


class SecurityChanged(Event):
    """Something about how a person signs in has changed: the person is to be told."""

    subject: ClassVar[str] = "hub.identity.account.security-changed.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID
    change: Change

    @classmethod
    def of(cls, changed: SecurityChange) -> Self:
        """The event of a change; versions count an account's changes of this kind."""
        return cls(person_id=changed.account_id, change=changed.change, version=changed.version)
