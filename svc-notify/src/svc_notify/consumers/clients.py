"""Which applications there are, as svc-identity tells: to who is closed nothing is sent."""

from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.consumer import Subscription
from hub_events.envelope import Envelope, Event

from .. import manifest
from ..domain.webhooks import Client
from ..operations import webhooks

_ACTIVE: Final = "ACTIVE"


class ClientChanged(Event):
    """An application is new or has changed; earlier events tell neither its scopes nor whose it is."""

    subject: ClassVar[str] = "hub.identity.client.changed.v1"
    key_field: ClassVar[str] = "client_id"

    client_id: str
    state: str
    scopes: tuple[str, ...] | None = None
    institution_id: UUID | None = None
    owner_id: UUID | None = None


def subscription() -> Subscription:
    """The consumer."""
    return Subscription(manifest.CLIENTS, {ClientChanged: _keep})


async def _keep(session: AsyncSession, heard: Envelope[ClientChanged]) -> None:
    told = heard.data
    is_active = told.state == _ACTIVE
    client = Client(
        client_id=told.client_id,
        is_active=is_active,
        scopes=None if told.scopes is None else frozenset(told.scopes),
        institution_id=told.institution_id,
        owner_id=told.owner_id if is_active else None,  # who may be gone with it
        version=told.version,
    )
    await webhooks.keep_client(session, client)
