"""The wiring."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from fastapi import FastAPI

from hub_service import chassis, i18n, workers
from hub_service.outside import Outside
from hub_service.workers import Worker

from . import feeding, figuring, jobs, keys, ordering, webhook_sender
from .carriers import ByEmail, ByPush, BySms, Carrier
from .channels.pace import Pace
from .channels.switch import Switch
from .channels.vapid import Vapid
from .consumers import clients, subscriptions
from .consumers import feed as hearing_feed
from .domain.bounces import LARGEST as LARGEST_BOUNCE
from .domain.deliveries import Delivery
from .domain.kinds import Lane
from .domain.messages import Channel
from .holding import Holder
from .manifest import MANIFEST
from .operations.figures import Published
from .operations.waiting import Waiting
from .operations.webhooks import Means
from .pages.figures import FiguresPage
from .pages.unsubscribing import UnsubscribePage
from .routes import (
    bounces,
    feed,
    figures,
    inbox,
    internal,
    messages,
    orders,
    preferences,
    push,
    sms_receipts,
    templates,
    unsubscriptions,
    webhook_deliveries,
    webhooks,
)
from .settings import Settings

_SCOPES = {
    "events:read": "Read what happens with what you may see, as events in their order",
    "messages:read": "Read which messages the hub has sent you, and where they stand",
    "messages:send": "Send messages to people for the institution that the client stands for",
    "messages:write": "Say how the hub reaches you: your browsers, and what you prefer",
    "templates:write": "Look after the templates of messages of your institution, as an official",
    "webhooks:read": "Read at which addresses your application is told what happens, and what went there",
    "webhooks:write": "Set at which addresses your application is told what happens",
}
_TAGS = [
    {
        "name": "events",
        "description": "What happened in the services of the hub, for partners who follow it.",
    },
    {"name": "figures", "description": "How soon messages are handed over, for everybody."},
    {"name": "receipts", "description": "What providers of text messages and mail servers report."},
    {"name": "messages", "description": "What the hub has written to you, and whether it left."},
    {"name": "orders", "description": "Messages that institutions have sent to people, by their templates."},
    {"name": "push", "description": "Browsers of yours that get short notices."},
    {"name": "templates", "description": "What institutions write to people, in versions, by two persons."},
    {"name": "webhooks", "description": "Where applications are told what happens, by Standard Webhooks."},
]


def create_app(settings: Settings | None = None) -> FastAPI:
    """svc-notify: tells people what other services made known, once."""
    settings = settings or Settings()
    master_key = keys.derived_from(settings.notify_key.get_secret_value())
    vapid = Vapid(master_key, f"mailto:{settings.contact_email}")
    switch = Switch(settings.notify_sms_providers)
    pace = Pace(settings.notify_smtp_rates)
    hiring: Mapping[Channel, Callable[[Lane], Carrier[Any]]] = {
        Channel.EMAIL: lambda lane: ByEmail(settings, pace, lane),
        Channel.PUSH: lambda _: ByPush(settings, vapid),
        Channel.SMS: lambda _: BySms(settings, switch),
    }
    holder, priority = Holder(settings.database_dsn.get_secret_value()), jobs.Priority()
    senders = {
        (channel, lane): jobs.Sender(
            channel, lane, hire(lane), settings.notify_smtp_connections, holder, priority
        )
        for channel, hire in hiring.items()
        for lane in Lane
    }

    def wake(queued: Sequence[Delivery]) -> None:
        for way in {(delivery.channel, delivery.lane) for delivery in queued} & senders.keys():
            senders[way].wake()

    released = ordering.Releasing(wake)
    waiting = Waiting()
    means = Means(master_key, Outside(settings))
    webhook = webhook_sender.Sender(means)

    def placed() -> None:
        waiting.moved()
        webhook.wake()

    placing = feeding.Placing(placed)
    app = chassis.build(
        MANIFEST,
        settings,
        title="Notify",
        summary="Messages of the hub to people",
        description="Which messages the hub has sent a person, by which channel, and where they stand.",
        routers=[
            bounces.router,
            feed.router,
            figures.router,
            figures.pages,
            inbox.router,
            internal.router,
            messages.router,
            orders.router,
            push.router,
            sms_receipts.router,
            preferences.router,
            templates.router,
            unsubscriptions.pages,
            unsubscriptions.router,
            webhooks.router,
            webhook_deliveries.router,
        ],
        scopes=_SCOPES,
        tags=_TAGS,
        subscriptions=[
            *subscriptions.subscriptions(wake),
            *hearing_feed.subscriptions(placing.wake),
            clients.subscription(),
        ],
        own_workers=[Worker("lookout", jobs.looking_out(senders, holder))]
        + [
            Worker(f"sender-{channel}-{lane.name}".lower(), sender.run, grace=jobs.GOODBYE_SECONDS + 1)
            for (channel, lane), sender in senders.items()
        ]
        + feeding.keeping(placing, waiting)
        + ordering.keeping(released, ordering.Asking(means.outside, master_key, released))
        + webhook_sender.keeping(webhook)
        + [
            figuring.adding(),
            workers.with_rules(Worker("following", jobs.following(wake))),
            workers.every("suppressions", timedelta(hours=1), jobs.forget_suppressions),
            workers.with_rules(Worker("sms-providers", jobs.sharing(switch))),
        ],
        uploads={"/notify/v1/batches": orders.BATCH_BYTES, "/notify/v1/bounces": LARGEST_BOUNCE},
        locale=i18n.folder_of(__file__),
    )
    app.state.figures_page = FiguresPage(app.state.texts)
    app.state.published = Published()
    app.state.unsubscribe_page = UnsubscribePage(app.state.texts)
    app.state.waiting = waiting
    app.state.webhooks = means
    app.state.master_key, app.state.vapid, app.state.outside = master_key, vapid, means.outside
    app.state.ordered, app.state.acceptance = released.wake, None
    app.router.routes.insert(0, orders.SHORTCUT)
    return app
