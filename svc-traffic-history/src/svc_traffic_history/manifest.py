"""What this service needs from the place it runs in."""

from typing import Final

from hub_core.manifest import Consumer, Manifest

PEOPLE: Final = Consumer(
    durable="traffic-history-people",
    source="identity",
    subjects=("hub.identity.person.merged.v1",),
)
RULES: Final = Consumer(
    durable="traffic-history-rules",
    source="catalog",
    subjects=("hub.catalog.rule.changed.v1",),
)

MANIFEST: Final = Manifest(
    name="traffic-history",
    package="svc_traffic_history",
    factory="svc_traffic_history.main:create_app",
    port=8107,
    consumers=(PEOPLE, RULES),
    calls=("identity.identity:read",),
    rules=(
        "calendar.holidays",
        "traffic.class-1-least",
        "traffic.class-1-most",
        "traffic.class-2-least",
        "traffic.class-2-most",
        "traffic.class-3-least",
        "traffic.class-3-most",
        "traffic.class-4-least",
        "traffic.class-4-most",
        "traffic.contest",
        "traffic.fine-point",
        "traffic.half-payment",
        "traffic.half-payment-base",
        "traffic.half-payment-share",
        "traffic.hand-in",
        "traffic.increase-within",
        "traffic.offences",
        "traffic.offences-2-points",
        "traffic.offences-3-points",
        "traffic.offences-4-points",
        "traffic.offences-6-points",
        "traffic.offences-class-1",
        "traffic.offences-class-2",
        "traffic.offences-class-3",
        "traffic.offences-class-4",
        "traffic.offences-suspension-class-2",
        "traffic.offences-suspension-class-3",
        "traffic.offences-suspension-speed-50",
        "traffic.offences-suspension-speed-70",
        "traffic.points-again",
        "traffic.points-expire",
        "traffic.points-last-day",
        "traffic.points-limit",
        "traffic.reduction-divisor",
        "traffic.reduction-excluded",
        "traffic.reduction-licence-held",
        "traffic.reduction-test",
        "traffic.suspension-class-2",
        "traffic.suspension-class-3",
        "traffic.suspension-increase",
        "traffic.suspension-notice",
        "traffic.suspension-points",
        "traffic.suspension-points-again",
        "traffic.suspension-speed-50",
        "traffic.suspension-speed-70",
    ),
    holds_personal_data=True,
)
