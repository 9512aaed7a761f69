"""What is told of registration requests, step by step. What people state of themselves is not."""

from typing import ClassVar, Self
from uuid import UUID

from pydantic import BaseModel

from hub_events.envelope import Event

from ..domain.registration import Request, State


class Step(BaseModel):
    """What every step tells."""

    key_field: ClassVar[str] = "registration_id"

    registration_id: UUID
    person_id: UUID
    institution_id: UUID
    state: State

    @classmethod
    def of(cls, request: Request) -> Self:
        """The event of a request that has just taken this step."""
        facts = {
            "registration_id": request.id,
            "person_id": request.account_id,
            "institution_id": request.institution_id,
            "state": request.state,
            "version": request.version,
        }
        return cls.model_validate(facts)


class RegistrationSubmitted(Step, Event):
    """A person asks an institution to know them."""

    subject: ClassVar[str] = "hub.identity.registration.submitted.v1"


class RegistrationClaimed(Step, Event):
    """An official has taken the request in hand."""

    subject: ClassVar[str] = "hub.identity.registration.claimed.v1"


class RegistrationReturned(Step, Event):
    """The person is asked to complete the request."""

    subject: ClassVar[str] = "hub.identity.registration.returned.v1"


class RegistrationCompleted(Step, Event):
    """The person has completed the request."""

    subject: ClassVar[str] = "hub.identity.registration.completed.v1"


class RegistrationApproved(Step, Event):
    """The institution knows the person from now on."""

    subject: ClassVar[str] = "hub.identity.registration.approved.v1"


class RegistrationRejected(Step, Event):
    """The institution has found that it cannot; the person is told why and what to do."""

    subject: ClassVar[str] = "hub.identity.registration.rejected.v1"


class RegistrationExpired(Step, Event):
    """The request has ended without a decision."""

    subject: ClassVar[str] = "hub.identity.registration.expired.v1"
