"""What this service needs from the place it runs in."""

from typing import Final

from hub_core.manifest import Consumer, Manifest

BRIDGE_DAYS: Final = Consumer(
    durable="petitions-bridge-days",
    source="passport-booking",
    subjects=(
        "hub.passport-booking.bridge-day.declared.v1",
        "hub.passport-booking.bridge-day.removed.v1",
    ),
)
INSTITUTIONS: Final = Consumer(
    durable="petitions-institutions",
    source="catalog",
    subjects=("hub.catalog.institution.changed.v1",),
)
PEOPLE: Final = Consumer(
    durable="petitions-people",
    source="identity",
    subjects=("hub.identity.person.merged.v1",),
)
SANDBOX: Final = Consumer(
    durable="petitions-sandbox",
    source="identity",
    subjects=("hub.identity.test-person.created.v1", "hub.identity.test-person.removed.v1"),
)
RULES: Final = Consumer(
    durable="petitions-rules",
    source="catalog",
    subjects=("hub.catalog.rule.changed.v1",),
)

MANIFEST: Final = Manifest(
    name="petitions",
    package="svc_petitions",
    factory="svc_petitions.main:create_app",
    port=8103,
    consumers=(BRIDGE_DAYS, INSTITUTIONS, PEOPLE, SANDBOX, RULES),
    calls=("identity.names:read",),
    rules=(
        "audience.answer",
        "audience.duration",
        "audience.reminder",
        "calendar.holidays",
        "capacity.birthday-of-leap-day",
        "counselling.record-within",
        "petition.answer",
        "petition.answer-forwarded",
        "petition.archive",
        "petition.attachment-size",
        "petition.attachments",
        "petition.code-length",
        "petition.codes-address",
        "petition.codes-email",
        "petition.document-reminder",
        "petition.email-code",
        "petition.email-code-tries",
        "petition.extension",
        "petition.forwarding",
        "petition.guests-address",
        "petition.rating",
        "petition.reach-register",
        "petition.minor-alone",
        "petition.prior-complaint",
        "petition.message-news",
        "petition.message-unread",
        "petition.redress",
        "petition.redress-court",
        "petition.redress-prior-complaint",
        "petition.small-count",
        "petition.status-address",
        "petition.status-number",
        "petition.tries-period",
        "petition.upload-kept",
        "petition.uploads-address",
        "petition.warning",
        "petition.warning-last",
        "petition.warning-share",
        "public-information.answer",
        "public-information.complaint",
        "public-information.complaint-answer",
        "public-information.court",
        "public-information.extended-answer",
        "public-information.redress",
        "public-information.refusal",
        "suggestion.answer",
        "traffic.contest",
    ),
    holds_personal_data=True,
    seed="svc_petitions.seed:seed",
)
