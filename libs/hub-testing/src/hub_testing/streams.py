"""A service's place at the session's broker: its user, its stream, its consumers."""

from collections.abc import Sequence

from nats.aio.client import Client

from hub_cli.broker import NatsBox, User
from hub_core.manifest import Manifest


async def join(server: NatsBox, operator: Client, manifests: Sequence[Manifest]) -> None:
    """Make users, streams and consumers of these services."""
    del operator
    server.configure([User(manifest.name, (">",), (">",)) for manifest in manifests])
