"""What the gateway needs from the place it runs in."""

from typing import Final

from hub_core.manifest import Manifest

MANIFEST: Final = Manifest(
    name="gateway",
    package="gateway",
    factory="gateway.main:create_app",
    port=8080,
    has_database=False,
    publishes=False,
    listens=("hub.identity.client.changed.v1", "hub.identity.token.revoked.v1"),
)
