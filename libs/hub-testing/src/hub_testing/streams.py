"""A service's place at the session's broker: its user, its stream, its consumers."""

from collections.abc import Sequence

from nats.aio.client import Client

from hub_cli.broker import NatsBox, User
from hub_core.manifest import Manifest
from hub_events import topology


async def join(server: NatsBox, operator: Client, manifests: Sequence[Manifest]) -> None:
    """Make the users, streams and consumers of these services, with the rights they have in earnest."""
    users: list[User] = []
    for manifest in manifests:
        allowed = topology.permissions(manifest, manifests)
        users.append(User(manifest.name, allowed.publish, allowed.subscribe))
    server.configure(users)
    await topology.ensure(operator.jetstream(), manifests)
