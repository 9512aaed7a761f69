"""What this service needs from the place it runs in."""

from typing import Final

from hub_core.manifest import Consumer, Manifest

PEOPLE: Final = Consumer(
    durable="passport-booking-people",
    source="identity",
    subjects=("hub.identity.account.deleted.v1", "hub.identity.person.merged.v1"),
)
RULES: Final = Consumer(
    durable="passport-booking-rules",
    source="catalog",
    subjects=("hub.catalog.rule.changed.v1",),
)

MANIFEST: Final = Manifest(
    name="passport-booking",
    package="svc_passport_booking",
    factory="svc_passport_booking.main:create_app",
    port=8106,
    consumers=(PEOPLE, RULES),
    calls=("identity.identity:read",),
    rules=(
        "booking.active-per-account",
        "booking.active-per-person",
        "booking.cancel-until",
        "booking.challenge-cost",
        "booking.challenge-counter",
        "booking.challenge-valid",
        "booking.code-length",
        "booking.codes-address",
        "booking.codes-email",
        "booking.digits-tries",
        "booking.draw-offer",
        "booking.early",
        "booking.email-code",
        "booking.email-code-tries",
        "booking.guest-data",
        "booking.hold",
        "booking.late",
        "booking.lookups-address",
        "booking.lookups-code",
        "booking.max-persons",
        "booking.no-show-block",
        "booking.offer",
        "booking.offers-unanswered",
        "booking.opening-notice",
        "booking.priority-offer",
        "booking.release-longest",
        "booking.release-shortest",
        "booking.reminder-first",
        "booking.reminder-lead",
        "booking.reminder-second",
        "booking.slot",
        "booking.states-address",
        "booking.states-application",
        "booking.tries-address",
        "booking.tries-period",
        "booking.tries-person",
        "booking.window",
        "calendar.holidays",
        "capacity.birthday-of-leap-day",
        "capacity.full-age",
        "notification.quiet-from",
        "notification.quiet-until",
        "passport.age-second",
        "passport.issue",
        "passport.own-document-age",
    ),
    holds_personal_data=True,
    seed="svc_passport_booking.seed:seed",
)
