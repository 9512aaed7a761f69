"""What is told of client applications."""

from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain.client import Client, Environment, Plan, State


class ClientChanged(Event):
    """A client is new or has changed: whoever remembers what it may, ask again.

    Unless its state is ACTIVE, none of its tokens is good. `scopes` are those it may ask for,
    `institution_id` what it stands for, `owner_id` the person who has registered it.
    """

    subject: ClassVar[str] = "hub.identity.client.changed.v1"
    key_field: ClassVar[str] = "client_id"

    client_id: str = Field(max_length=64)
    state: State
    environment: Environment
    plan: Plan
    scopes: tuple[str, ...] = ()
    institution_id: UUID | None = None
    owner_id: UUID | None = None

    @classmethod
    def of(cls, client: Client) -> Self:
        """The event of a client's present version."""
        return cls(
            client_id=client.id,
            state=client.state,
            environment=client.environment,
            plan=client.plan,
            scopes=tuple(sorted(client.scopes)),
            institution_id=client.institution_id,
            owner_id=client.owner_id,
            version=client.version,
        )
