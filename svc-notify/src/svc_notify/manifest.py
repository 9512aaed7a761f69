"""What svc-notify needs from the place it runs in."""

from typing import Final

from hub_core.manifest import Command, Consumer, Manifest

PETITIONS: Final = Consumer(
    durable="notify-petitions",
    source="petitions",
    subjects=(
        "hub.petitions.audience.changed.v1",
        "hub.petitions.audience.reminded.v1",
        "hub.petitions.document.reminded.v1",
        "hub.petitions.email-code.requested.v1",
        "hub.petitions.message.sent.v1",
        "hub.petitions.message.unread.v1",
        "hub.petitions.petition.answered.v1",
        "hub.petitions.petition.clarification-asked.v1",
        "hub.petitions.petition.classed.v1",
        "hub.petitions.petition.entered.v1",
        "hub.petitions.petition.extended.v1",
        "hub.petitions.petition.forwarded.v1",
        "hub.petitions.petition.joined.v1",
        "hub.petitions.petition.registered.v1",
        "hub.petitions.sandbox-petition.registered.v1",
        "hub.petitions.term.warned.v1",
    ),
)
ACCOUNTS: Final = Consumer(
    durable="notify-accounts",
    source="identity",
    subjects=("hub.identity.account.deleted.v1",),
)
CONFIRMATIONS: Final = Consumer(
    durable="notify-confirmations",
    source="identity",
    subjects=(
        "hub.identity.email-confirmation.requested.v1",
        "hub.identity.phone-confirmation.requested.v1",
    ),
)
INSTITUTIONS: Final = Consumer(
    durable="notify-institutions",
    source="catalog",
    subjects=("hub.catalog.institution.changed.v1",),
)
SECURITY: Final = Consumer(
    durable="notify-security",
    source="identity",
    subjects=("hub.identity.account.security-changed.v1",),
)
REGISTRATIONS: Final = Consumer(
    durable="notify-registrations",
    source="identity",
    subjects=(
        "hub.identity.person.verified.v1",
        "hub.identity.registration.submitted.v1",
        "hub.identity.registration.returned.v1",
        "hub.identity.registration.approved.v1",
        "hub.identity.registration.rejected.v1",
        "hub.identity.registration.expired.v1",
    ),
)
SANDBOX: Final = Consumer(
    durable="notify-sandbox",
    source="identity",
    subjects=("hub.identity.test-person.created.v1", "hub.identity.test-person.removed.v1"),
)

APPOINTMENTS: Final = Consumer(
    durable="notify-officials",
    source="identity",
    subjects=("hub.identity.appointment.changed.v1",),
)
ENTRIES: Final = Consumer(
    durable="notify-entries",
    source="catalog",
    subjects=("hub.catalog.entry.stale.v1",),
)
CRIMINAL_RECORD: Final = Consumer(
    durable="notify-criminal-record",
    source="criminal-record",
    subjects=(
        "hub.criminal-record.request.submitted.v1",
        "hub.criminal-record.request.state-changed.v1",
        "hub.criminal-record.request.alarmed.v1",
        "hub.criminal-record.certificate.revoked.v1",
        "hub.criminal-record.certificate.superseded.v1",
        "hub.criminal-record.certificate.verified.v1",
        "hub.criminal-record.extract.decided.v1",
    ),
)
PASSPORT_BOOKING: Final = Consumer(
    durable="notify-passport-booking",
    source="passport-booking",
    subjects=(
        "hub.passport-booking.appointment.held.v1",
        "hub.passport-booking.appointment.message-requested.v1",
        "hub.passport-booking.appointment.confirmed.v1",
        "hub.passport-booking.appointment.moved.v1",
        "hub.passport-booking.appointment.cancelled.v1",
        "hub.passport-booking.appointment.expired.v1",
        "hub.passport-booking.appointment.reminded.v1",
        "hub.passport-booking.waiting.offered.v1",
        "hub.passport-booking.waiting.told.v1",
        "hub.passport-booking.application.state-changed.v1",
        "hub.passport-booking.email-code.requested.v1",
    ),
)
TRAFFIC_HISTORY: Final = Consumer(
    durable="notify-traffic-history",
    source="traffic-history",
    subjects=(
        "hub.traffic-history.line.changed.v1",
        "hub.traffic-history.points.expired.v1",
        "hub.traffic-history.suspension.moved.v1",
        "hub.traffic-history.licence.changed.v1",
        "hub.traffic-history.driving-report.moved.v1",
        "hub.traffic-history.record-link.opened.v1",
    ),
)

FEED: Final = (
    Consumer(
        durable="notify-feed-petitions",
        source="petitions",
        subjects=(
            "hub.petitions.audience.changed.v1",
            "hub.petitions.audience.reminded.v1",
            "hub.petitions.document.reminded.v1",
            "hub.petitions.document.requested.v1",
            "hub.petitions.entry.struck.v1",
            "hub.petitions.file.opened.v1",
            "hub.petitions.message.sent.v1",
            "hub.petitions.petition.answered.v1",
            "hub.petitions.petition.archived.v1",
            "hub.petitions.petition.assigned.v1",
            "hub.petitions.petition.clarification-asked.v1",
            "hub.petitions.petition.classed.v1",
            "hub.petitions.petition.entered.v1",
            "hub.petitions.petition.extended.v1",
            "hub.petitions.petition.forwarded.v1",
            "hub.petitions.petition.joined.v1",
            "hub.petitions.petition.registered.v1",
            "hub.petitions.petition.withdrawn.v1",
            "hub.petitions.sandbox-petition.registered.v1",
            "hub.petitions.term.warned.v1",
        ),
    ),
    Consumer(
        durable="notify-feed-passport-booking",
        source="passport-booking",
        subjects=(
            "hub.passport-booking.application.state-changed.v1",
            "hub.passport-booking.appointment.cancelled.v1",
            "hub.passport-booking.appointment.checked-in.v1",
            "hub.passport-booking.appointment.confirmed.v1",
            "hub.passport-booking.appointment.expired.v1",
            "hub.passport-booking.appointment.held.v1",
            "hub.passport-booking.appointment.missed.v1",
            "hub.passport-booking.appointment.moved.v1",
            "hub.passport-booking.appointment.refused.v1",
            "hub.passport-booking.appointment.reminded.v1",
            "hub.passport-booking.appointment.served.v1",
            "hub.passport-booking.bridge-day.declared.v1",
            "hub.passport-booking.bridge-day.removed.v1",
            "hub.passport-booking.day.announced.v1",
            "hub.passport-booking.office.closed.v1",
            "hub.passport-booking.office.reopened.v1",
            "hub.passport-booking.waiting.joined.v1",
            "hub.passport-booking.waiting.left.v1",
            "hub.passport-booking.waiting.offered.v1",
            "hub.passport-booking.waiting.told.v1",
        ),
    ),
    Consumer(
        durable="notify-feed-criminal-record",
        source="criminal-record",
        subjects=(
            "hub.criminal-record.certificate.issued.v1",
            "hub.criminal-record.certificate.revoked.v1",
            "hub.criminal-record.certificate.superseded.v1",
            "hub.criminal-record.certificate.verified.v1",
            "hub.criminal-record.extract.decided.v1",
            "hub.criminal-record.request.alarmed.v1",
            "hub.criminal-record.request.state-changed.v1",
            "hub.criminal-record.request.submitted.v1",
        ),
    ),
    Consumer(
        durable="notify-feed-traffic-history",
        source="traffic-history",
        subjects=(
            "hub.traffic-history.driving-report.moved.v1",
            "hub.traffic-history.history-document.issued.v1",
            "hub.traffic-history.licence.changed.v1",
            "hub.traffic-history.line.changed.v1",
            "hub.traffic-history.points.expired.v1",
            "hub.traffic-history.record-link.opened.v1",
            "hub.traffic-history.suspension.moved.v1",
        ),
    ),
    Consumer(
        durable="notify-feed-catalog",
        source="catalog",
        subjects=(
            "hub.catalog.entry.published.v1",
            "hub.catalog.entry.resumed.v1",
            "hub.catalog.entry.retired.v1",
            "hub.catalog.entry.stale.v1",
            "hub.catalog.entry.suspended.v1",
            "hub.catalog.institution.changed.v1",
            "hub.catalog.rule.changed.v1",
        ),
    ),
)
"""What partners may see, by publisher; the table is `domain.feed.TYPES`."""
CONSENTS: Final = Consumer(
    durable="notify-consents",
    source="identity",
    subjects=("hub.identity.consent.granted.v1", "hub.identity.consent.withdrawn.v1"),
)
CLIENTS: Final = Consumer(
    durable="notify-clients", source="identity", subjects=("hub.identity.client.changed.v1",)
)
RULES: Final = Consumer(durable="notify-rules", source="catalog", subjects=("hub.catalog.rule.changed.v1",))

MANIFEST: Final = Manifest(
    name="notify",
    package="svc_notify",
    factory="svc_notify.main:create_app",
    port=8104,
    consumers=(
        PETITIONS,
        CONFIRMATIONS,
        INSTITUTIONS,
        SECURITY,
        REGISTRATIONS,
        SANDBOX,
        APPOINTMENTS,
        ENTRIES,
        CRIMINAL_RECORD,
        PASSPORT_BOOKING,
        TRAFFIC_HISTORY,
        ACCOUNTS,
        *FEED,
        CLIENTS,
        CONSENTS,
        RULES,
    ),
    rules=(
        "notification.condition-again",
        "notification.condition-timeout",
        "notification.events-kept",
        "notification.figures-least",
        "notification.push-subscriptions",
        "notification.order-events-kept",
        "notification.order-latest",
        "notification.order-lifetime",
        "notification.order-words-kept",
        "notification.orders-per-day",
        "notification.orders-per-minute",
        "notification.sandbox-orders-per-day",
        "notification.webhook-at-once",
        "notification.webhook-endpoints",
        "notification.webhook-failing",
        "notification.webhook-first-wait",
        "notification.webhook-kept",
        "notification.webhook-longest-wait",
        "notification.webhook-secret-overlap",
        "notification.webhook-term",
        "notification.webhook-timeout",
        "notification.template-parts",
        "notification.quiet-from",
        "notification.quiet-longest",
        "notification.quiet-until",
        "notification.suppression-lift",
        "notification.suppression-term",
        "notification.unread-before-email",
        "notification.unread-before-sms",
        "sms.gsm",
        "sms.gsm-part",
        "sms.provider-bad",
        "sms.provider-check",
        "sms.provider-evidence",
        "sms.provider-failing",
        "sms.provider-late",
        "sms.provider-late-window",
        "sms.provider-reserve",
        "sms.provider-return",
        "sms.provider-slow",
        "sms.provider-step",
        "sms.provider-window",
        "sms.ucs2",
        "sms.ucs2-part",
    ),
    calls=("identity.contact:read", "passport-booking.contact:read", "petitions.contact:read"),
    commands=(
        Command(
            "notify",
            "dkim-record",
            "svc_notify.commands:show_dkim_records",
            "Show the TXT records by which signatures of e-mails are checked.",
            takes_file=False,
        ),
        Command(
            "notify",
            "take-bounce",
            "svc_notify.commands:take_bounce",
            "Take a message that came back (RFC 3464), as a mail server hands it over.",
        ),
    ),
    holds_personal_data=True,
)
