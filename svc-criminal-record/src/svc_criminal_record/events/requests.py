"""What is told of requests: where they stand, never what they are for nor what was found."""

from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.products import Channel, HolderKind, Product
from ..domain.requests import Request
from ..domain.states import ReviewReason, State


class RequestSubmitted(Event):
    """A certificate was asked for, and has come at once to this state."""

    subject: ClassVar[str] = "hub.criminal-record.request.submitted.v1"
    key_field: ClassVar[str] = "request_id"

    request_id: UUID = Field(description="The request")
    number: int = Field(ge=1, description="Its number")
    product: Product = Field(description="What was asked for")
    channel: Channel = Field(description="Where it was asked for")
    state: State = Field(description="The state it came to at once; nothing else is told of that")
    holder_kind: HolderKind = Field(description="Whose record it is")
    holder_id: UUID | None = Field(description="The person or organisation, if the hub knows them")
    acting_person_id: UUID | None = Field(description="The person who asked online")
    mandate_id: UUID | None = Field(description="The mandate under which a representative asked")
    requested_on: date = Field(description="The date of the request in Europe/Bucharest")
    due_on: date = Field(description="The last day of the legal term")

    @classmethod
    def of(cls, request: Request) -> Self:
        """The event of a request just sent."""
        return cls(
            request_id=request.id,
            number=request.number,
            product=request.product,
            channel=request.channel,
            state=request.state,
            holder_kind=request.holder.kind,
            holder_id=request.holder_id,
            acting_person_id=request.acting_person_id,
            mandate_id=request.mandate_id,
            requested_on=request.requested_on,
            due_on=request.due_on,
            version=request.version,
        )


class RequestStateChanged(Event):
    """A request has come to another state, later than it was asked for."""

    subject: ClassVar[str] = "hub.criminal-record.request.state-changed.v1"
    key_field: ClassVar[str] = "request_id"

    request_id: UUID = Field(description="The request")
    number: int = Field(ge=1, description="Its number")
    product: Product = Field(description="What was asked for")
    channel: Channel = Field(description="Where it was asked for")
    state: State = Field(description="The state it has come to")
    previous_state: State = Field(description="The state it was in")
    holder_kind: HolderKind = Field(description="Whose record it is")
    holder_id: UUID | None = Field(description="The person or organisation, if the hub knows them")
    acting_person_id: UUID | None = Field(
        description="The person who asked online; none once it is known that their mandate has ended"
    )
    mandate_id: UUID | None = Field(description="The mandate under which a representative asked")
    due_on: date = Field(description="The last day of the legal term")
    counter_until: date | None = Field(description="The last day for coming to the counter, if invited")

    @classmethod
    def of(cls, request: Request, previous: State) -> Self:
        """The event of a request that was in another state."""
        is_over = ReviewReason.MANDATE_ENDED in request.review_reasons
        return cls(
            request_id=request.id,
            number=request.number,
            product=request.product,
            channel=request.channel,
            state=request.state,
            previous_state=previous,
            holder_kind=request.holder.kind,
            holder_id=request.holder_id,
            acting_person_id=None if is_over else request.acting_person_id,
            mandate_id=request.mandate_id,
            due_on=request.due_on,
            counter_until=request.counter_until,
            version=request.version,
        )


class RequestAlarmed(Event):
    """A request is close to the end of its legal term and is not decided."""

    subject: ClassVar[str] = "hub.criminal-record.request.alarmed.v1"
    key_field: ClassVar[str] = "request_id"

    request_id: UUID = Field(description="The request")
    product: Product = Field(description="What was asked for")
    channel: Channel = Field(description="Where it was asked for")
    state: State = Field(description="The state it is in")
    institution_id: UUID | None = Field(description="The unit of the counter where it was asked for")
    due_on: date = Field(description="The last day of the legal term")

    @classmethod
    def of(cls, request: Request) -> Self:
        """The event of a request that waits."""
        return cls(
            request_id=request.id,
            product=request.product,
            channel=request.channel,
            state=request.state,
            institution_id=request.institution_id,
            due_on=request.due_on,
            version=request.version,
        )
