"""What this service needs from the place it runs in."""

from typing import Final

from hub_core.manifest import Manifest

MANIFEST: Final = Manifest(
    name="identity",
    package="svc_identity",
    factory="svc_identity.main:create_app",
    port=8101,
    seed="svc_identity.seed:seed",
)
