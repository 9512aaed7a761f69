"""The wiring."""

from collections.abc import Sequence

from fastapi import FastAPI

from hub_service import chassis, i18n
from hub_service.workers import Worker

from . import jobs
from .consumers import subscriptions
from .domain.deliveries import Delivery
from .domain.kinds import Lane
from .manifest import MANIFEST
from .routes import internal, messages
from .settings import Settings

_SCOPES = {"messages:read": "Read which messages the hub has sent you, and where they stand"}
_TAGS = [{"name": "messages", "description": "What the hub has written to you, and whether it left."}]


def create_app(settings: Settings | None = None) -> FastAPI:
    """svc-notify: tells people by e-mail what other services made known, once."""
    settings = settings or Settings()
    senders = {lane: jobs.Sender(lane, settings) for lane in Lane}

    def wake(queued: Sequence[Delivery]) -> None:
        for delivery in queued:
            senders[delivery.lane].wake()

    return chassis.build(
        MANIFEST,
        settings,
        title="Notify",
        summary="Messages of the hub to people",
        description="Which messages the hub has sent a person, by which channel, and where they stand.",
        routers=[internal.router, messages.router],
        scopes=_SCOPES,
        tags=_TAGS,
        subscriptions=subscriptions.subscriptions(wake),
        own_workers=[
            Worker(f"sender-{lane.name.lower()}", sender.run, grace=jobs.GOODBYE_SECONDS + 1)
            for lane, sender in senders.items()
        ],
        locale=i18n.folder_of(__file__),
    )
