"""What is told of client applications."""

from typing import ClassVar, Self

from pydantic import Field

from hub_events.envelope import Event

from ..domain.client import Client, Environment, Plan, State


class ClientChanged(Event):
    """A client is new or has changed: whoever remembers what it may, ask again.

    Unless its state is ACTIVE, none of its tokens is good.
    """

    subject: ClassVar[str] = "hub.identity.client.changed.v1"
    key_field: ClassVar[str] = "client_id"

    client_id: str = Field(max_length=64)
    state: State
    environment: Environment
    plan: Plan

    @classmethod
    def of(cls, client: Client) -> Self:
        """The event of a client's present version."""
        return cls(
            client_id=client.id,
            state=client.state,
            environment=client.environment,
            plan=client.plan,
            version=client.version,
        )
