"""What this service needs from the place it runs in."""

from typing import Final

from hub_core.manifest import Command, Consumer, Manifest

INSTITUTIONS: Final = Consumer(
    durable="identity-institutions",
    source="catalog",
    subjects=("hub.catalog.institution.changed.v1",),
)

MANIFEST: Final = Manifest(
    name="identity",
    package="svc_identity",
    factory="svc_identity.main:create_app",
    port=8101,
    consumers=(INSTITUTIONS,),
    seed="svc_identity.seed:seed",
    commands=(
        Command(
            "clients",
            "put",
            "svc_identity.commands:put_clients",
            "Register client applications from a JSON file; what is known is changed.",
        ),
    ),
)
