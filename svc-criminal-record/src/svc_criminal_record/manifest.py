"""What this service needs from the place it runs in."""

from typing import Final

from hub_core.manifest import Consumer, Manifest

INSTITUTIONS: Final = Consumer(
    durable="criminal-record-institutions",
    source="catalog",
    subjects=("hub.catalog.institution.changed.v1",),
)
PEOPLE: Final = Consumer(
    durable="criminal-record-people",
    source="identity",
    subjects=("hub.identity.person.merged.v1",),
)
RULES: Final = Consumer(
    durable="criminal-record-rules",
    source="catalog",
    subjects=("hub.catalog.rule.changed.v1",),
)

MANIFEST: Final = Manifest(
    name="criminal-record",
    package="svc_criminal_record",
    factory="svc_criminal_record.main:create_app",
    port=8105,
    consumers=(INSTITUTIONS, PEOPLE, RULES),
    calls=("identity.identity:read", "identity.mandates:read"),
    rules=(
        "capacity.birthday-of-leap-day",
        "criminal-record.alarm",
        "criminal-record.claim",
        "criminal-record.consent",
        "criminal-record.counter-visit",
        "criminal-record.four-eyes",
        "criminal-record.issue",
        "criminal-record.issue-limit",
        "criminal-record.min-age",
        "criminal-record.min-age-online",
        "criminal-record.motives",
        "criminal-record.redress",
        "criminal-record.register-down",
        "criminal-record.requests-a-day",
        "criminal-record.validity",
        "criminal-record.verifications-a-code",
        "criminal-record.verifications-period",
        "integrity.issue",
        "integrity.validity",
    ),
    holds_personal_data=True,
    seed="svc_criminal_record.seed:seed",
)
