"""What is told of people's rights on their data: ids, states and days, none of their words."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain import data_request, dispute, export


class AccessDisputeChanged(Event):
    """A person disputed an access to their data, or a dispute was answered or taken back."""

    subject: ClassVar[str] = "hub.identity.access-dispute.changed.v1"
    key_field: ClassVar[str] = "dispute_id"

    dispute_id: UUID = Field(description="The dispute")
    person_id: UUID = Field(description="The person who disputes")
    institution_id: UUID = Field(description="The institution that answers")
    state: dispute.State = Field(description="Where it stands")
    outcome: dispute.Outcome | None = Field(description="What the institution found, once answered")
    due_on: date = Field(description="The last day for the answer")

    @classmethod
    def of(cls, changed: dispute.Dispute) -> Self:
        """The event of a dispute that has just changed."""
        return cls(
            dispute_id=changed.id,
            person_id=changed.person_id,
            institution_id=changed.institution_id,
            state=changed.state,
            outcome=changed.outcome,
            due_on=changed.due_on,
            version=changed.version,
        )


class DataRequestChanged(Event):
    """A request about a person's data was received, extended, forwarded, answered or taken back."""

    subject: ClassVar[str] = "hub.identity.data-request.changed.v1"
    key_field: ClassVar[str] = "request_id"

    request_id: UUID = Field(description="The request")
    person_id: UUID = Field(description="The person who asks")
    institution_id: UUID = Field(description="The institution that answers")
    kind: data_request.Kind = Field(description="Which right is used")
    state: data_request.State = Field(description="Where it stands")
    due_on: date = Field(description="The last day for the answer")

    @classmethod
    def of(cls, changed: data_request.Request) -> Self:
        """The event of a request that has just changed."""
        return cls(
            request_id=changed.id,
            person_id=changed.person_id,
            institution_id=changed.institution_id,
            kind=changed.kind,
            state=changed.state,
            due_on=changed.due_on,
            version=changed.version,
        )


class ExportReady(Event):
    """A copy of a person's data can be fetched by that person."""

    subject: ClassVar[str] = "hub.identity.export.ready.v1"
    key_field: ClassVar[str] = "export_id"

    export_id: UUID = Field(description="The copy")
    person_id: UUID = Field(description="Whose data it holds")
    expires_at: datetime | None = Field(description="When it is deleted")

    @classmethod
    def of(cls, made: export.Export) -> Self:
        """The event of a copy just made."""
        return cls(
            export_id=made.id, person_id=made.person_id, expires_at=made.expires_at, version=made.version
        )


class DeletionReason(StrEnum):
    """Why an account was deleted."""

    ASKED_BY_OWNER = "ASKED_BY_OWNER"
    NEVER_VALIDATED = "NEVER_VALIDATED"


class AccountDeleted(Event):
    """An account is gone. Who holds data of the person keeps what a law makes them keep, and no more."""

    subject: ClassVar[str] = "hub.identity.account.deleted.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID = Field(description="The person whose account it was")
    reason: DeletionReason = Field(description="Why it was deleted")
