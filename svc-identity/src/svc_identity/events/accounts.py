"""What is told of accounts. No name, no address, no code: who needs those asks."""

from typing import ClassVar, Self
from uuid import UUID

from hub_events.envelope import Event

from ..domain.account import Account
from ..domain.confirmation import Confirmation, Purpose


class EmailConfirmationRequested(Event):
    """A code is to be sent; the confirmation's id is the question that gives it."""

    subject: ClassVar[str] = "hub.identity.email-confirmation.requested.v1"
    key_field: ClassVar[str] = "confirmation_id"

    confirmation_id: UUID
    purpose: Purpose

    @classmethod
    def of(cls, confirmation: Confirmation) -> Self:
        """The event of a confirmation whose code was just made; its version is the round."""
        return cls(confirmation_id=confirmation.id, purpose=confirmation.purpose, version=confirmation.round)


class AccountCreated(Event):
    """An account's address was confirmed: the person may sign in."""

    subject: ClassVar[str] = "hub.identity.account.created.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID

    @classmethod
    def of(cls, account: Account) -> Self:
        """The event of an account just confirmed."""
        return cls(person_id=account.id, version=account.version)
