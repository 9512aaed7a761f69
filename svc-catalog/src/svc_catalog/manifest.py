"""What this service needs from the place it runs in."""

from typing import Final

from hub_core.manifest import Manifest

MANIFEST: Final = Manifest(
    name="catalog",
    package="svc_catalog",
    factory="svc_catalog.main:create_app",
    port=8102,
    calls=("identity.form-data:read",),
    seed="svc_catalog.seed:seed",
)
