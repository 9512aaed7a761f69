"""What this service needs from the place it runs in."""

from typing import Final

from hub_core.manifest import Command, Manifest

MANIFEST: Final = Manifest(
    name="catalog",
    package="svc_catalog",
    factory="svc_catalog.main:create_app",
    port=8102,
    calls=("identity.form-data:read",),
    seed="svc_catalog.seed:seed",
    commands=(
        Command(
            "rules",
            "tell",
            "svc_catalog.commands:tell_rules",
            "Tell every legal number again, for a service that came after the stream had forgotten.",
            takes_file=False,
        ),
    ),
)
