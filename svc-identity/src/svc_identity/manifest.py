"""What this service needs from the place it runs in."""

from typing import Final

from hub_core.manifest import Command, Consumer, Manifest

INSTITUTIONS: Final = Consumer(
    durable="identity-institutions",
    source="catalog",
    subjects=("hub.catalog.institution.changed.v1",),
)
RULES: Final = Consumer(
    durable="identity-rules",
    source="catalog",
    subjects=("hub.catalog.rule.changed.v1",),
)

OWN_ACCESS: Final = Consumer(
    durable="identity-own-access",
    source="identity",
    subjects=("hub.identity.record.accessed.v1",),
)
PETITIONS_ACCESS: Final = Consumer(
    durable="identity-petitions-access",
    source="petitions",
    subjects=("hub.petitions.record.accessed.v1",),
)
CRIMINAL_RECORD_ACCESS: Final = Consumer(
    durable="identity-criminal-record-access",
    source="criminal-record",
    subjects=("hub.criminal-record.record.accessed.v1",),
)
TRAFFIC_HISTORY_ACCESS: Final = Consumer(
    durable="identity-traffic-history-access",
    source="traffic-history",
    subjects=("hub.traffic-history.record.accessed.v1",),
)

MANIFEST: Final = Manifest(
    name="identity",
    package="svc_identity",
    factory="svc_identity.main:create_app",
    port=8101,
    consumers=(
        *(INSTITUTIONS, RULES, OWN_ACCESS),
        *(PETITIONS_ACCESS, CRIMINAL_RECORD_ACCESS, TRAFFIC_HISTORY_ACCESS),
    ),
    rules=(
        *("capacity.full-age", "capacity.limited-age", "capacity.birthday-of-leap-day", "mandate.term"),
        *("data-request.answer", "data-request.extension"),
    ),
    calls=("personal-data:read",),
    seed="svc_identity.seed:seed",
    commands=(
        Command(
            "clients",
            "put",
            "svc_identity.commands:put_clients",
            "Register client applications from a JSON file; what is known is changed.",
        ),
        Command(
            "access-log",
            "verify",
            "svc_identity.commands:verify_access_log",
            "Go through the whole access log; fails when a line was changed or is missing.",
            takes_file=False,
        ),
    ),
)
