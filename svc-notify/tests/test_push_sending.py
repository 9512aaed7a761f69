"""Notices by web push, to a push service that speaks RFC 8030 and refuses what the standards do not allow."""

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
import uvicorn

from hub_cli.mailbox import app as mailbox
from hub_core import clock, ids
from hub_core.language import Language
from hub_events import envelope
from hub_events.envelope import Event
from hub_service import outside as outside_calls
from hub_service.outside import Outside
from svc_notify import keys
from svc_notify.carriers import ByPush
from svc_notify.channels import push as channel
from svc_notify.channels.vapid import Vapid
from svc_notify.consumers import subscriptions
from svc_notify.consumers.copies import (
    AccountDeleted,
    PhoneConfirmationRequested,
    SandboxPersonCreated,
    SandboxPersonRemoved,
)
from svc_notify.domain import deliveries, kinds, messages
from svc_notify.domain.deliveries import Answer, Delivery, Outcome
from svc_notify.domain.kinds import Lane
from svc_notify.domain.messages import Cause, Channel, Message, Step
from svc_notify.domain.messages import Sender as MessageSender
from svc_notify.holding import Holder
from svc_notify.jobs import Priority, Sender
from svc_notify.operations import following, notices
from svc_notify.operations import push as operations
from svc_notify.operations.sending import Claimed
from svc_notify.schemas.push import Subscribe
from svc_notify.settings import Settings
from svc_notify.storage import orders

from .conftest import ROWS
from .sending_institution import a_template

BY_PUSH = (Step(Channel.PUSH),)


class Server(uvicorn.Server):
    """Says when it listens, and leaves the signals to who runs the tests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.listens.set()


def encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


@pytest.fixture
async def push_service(tmp_path: Path) -> AsyncIterator[Any]:
    """The push service of the mailbox, on the loopback address: `url`, and a `client` to its API."""
    app = mailbox.create_app(tmp_path, 0)
    server = Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, access_log=False, log_config=None, ws="none")
    )
    serving = asyncio.create_task(server._serve())
    await server.listens.wait()
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    async with httpx2.AsyncClient(base_url=url) as client:
        yield SimpleNamespace(url=url, client=client)
    server.should_exit = True
    await serving


@pytest.fixture
def outgoing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a hub that may call this machine, and waits for it however busy it is."""
    monkeypatch.setattr(channel, "_SECONDS", 60.0)
    monkeypatch.setattr(outside_calls, "_CONNECT_SECONDS", 60.0)
    monkeypatch.setattr(outside_calls, "_RESOLVE_SECONDS", 60.0)
    return settings.model_copy(update={"outside_allowed": frozenset({"127.0.0.1"})})


@pytest.fixture
def vapid(settings: Settings) -> Vapid:
    """The key that the service has."""
    return Vapid(keys.derived_from(settings.notify_key.get_secret_value()), "mailto:a@example.org")


@pytest.fixture
async def sender(outgoing: Settings, vapid: Vapid, holder: Holder) -> AsyncIterator[Sender]:
    """A sender of the notices by push."""
    async with AsyncExitStack() as stack:
        made = Sender(Channel.PUSH, Lane.NOTICE, ByPush(outgoing, vapid), 4, holder, Priority())
        stack.push_async_callback(made._finish)
        yield made


Listen = Callable[..., Awaitable[UUID]]


@pytest.fixture
def listen(hub: Any, outgoing: Settings, push_service: Any, vapid: Vapid, ana: UUID) -> Listen:
    """Let a browser of Ana listen; the subscription's id."""

    async def subscribe(key: str = "") -> UUID:
        told = {"owner": "ana", "key": key or vapid.public_key}
        given = (await push_service.client.post("/api/push-subscriptions", json=told)).json()
        wanted = Subscribe.model_validate({"endpoint": given["endpoint"], "keys": given["keys"]})
        master_key = keys.derived_from(outgoing.notify_key.get_secret_value())
        now = clock.now()
        async with Outside(outgoing) as outside, hub.database.sessions() as session:
            stored = await operations.subscribe(session, master_key, outside, wanted.wanted(ana, now), now)
        return stored.id

    return subscribe


@pytest.fixture
def queue(hub: Any, ana: UUID) -> Callable[[], Awaitable[Delivery]]:
    """Queue a notice to Ana by push."""

    async def make() -> Delivery:
        now = clock.now()
        variables = {"change": "PHONE_ADDED", "changed_on": "2026-11-23"}
        written = messages.write(
            kinds.ACCOUNT_SECURITY,
            ids.new_id(),
            Cause(ids.new_id(), now),
            now,
            person_id=ana,
            variables=variables,
        )
        async with hub.database.sessions() as session, session.begin():
            (delivery,) = await following.begin(session, [replace(written, plan=BY_PUSH)], now)
        return delivery

    return make


async def pushes(push_service: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await push_service.client.get("/api/messages")).json()["items"]
    return listed


async def behave(push_service: Any, **told: Any) -> None:
    assert (await push_service.client.put("/api/push-behaviour", json=told)).status_code == 204


async def test_every_browser_of_a_person_gets_a_title_a_line_and_a_link(
    push_service: Any, listen: Listen, queue: Any, sender: Sender, turn: Any, stored: Any
) -> None:
    await listen()
    await listen()
    delivery = await queue()
    await turn(sender)
    taken = await pushes(push_service)
    assert len(taken) == 2
    assert len({item["message_id"] for item in taken}) == 1
    said = json.loads(taken[0]["text"])
    assert said["web_push"] == 8030
    assert said["notification"]["title"] == "Securitatea contului"
    assert said["notification"]["navigate"].endswith("/account/overview")
    assert "ana" not in taken[0]["text"].replace("lang", "").lower()
    row = await stored(delivery.id)
    assert (row["state"], row["channel"], row["language"]) == ("SENT", "PUSH", "ro")


async def test_what_an_institution_has_ordered_is_said_with_the_values_that_lie_sealed(
    push_service: Any, listen: Listen, outgoing: Settings, vapid: Vapid, hub: Any, ana: UUID
) -> None:
    await listen()
    order_id, now = ids.new_id(), clock.now()
    made = a_template(ids.new_id())
    words = replace(made.content.wording[Language.RO], push="Autorizația {{ number }}.")
    own = replace(made, content=replace(made.content, wording={Language.RO: words}))
    message = Message(
        id=ids.new_id(),
        cause_id=order_id,
        person_id=ana,
        template=own.key,
        template_version=own.version,
        lane=Lane.NOTICE,
        sender=MessageSender(own.institution_id, "city-hall", order_id),
        queued_at=now,
        expires_at=now + timedelta(days=1),
    )
    master_key = keys.derived_from(outgoing.notify_key.get_secret_value())
    claimed = Claimed(
        deliveries.queue(message, Channel.PUSH, ids.new_id(), now),
        {},
        own,
        orders.seal(master_key, order_id, {"number": "117/2026"}),
    )
    carrier = ByPush(outgoing, vapid)
    written = await carrier.write(hub, claimed)
    assert not isinstance(written, Outcome)
    assert (await carrier.hand_over(written)).answer is Answer.ACCEPTED
    await carrier.close()
    [taken] = await pushes(push_service)
    assert json.loads(taken["text"])["notification"]["body"] == "Autorizația 117/2026."


async def test_who_has_ended_the_last_subscription_meanwhile_has_nothing_to_be_reached_at(
    listen: Listen, queue: Any, sender: Sender, turn: Any, stored: Any, hub: Any, ana: UUID
) -> None:
    subscription_id = await listen()
    delivery = await queue()
    async with hub.database.sessions() as session:
        await operations.remove(session, ana, subscription_id)
    await turn(sender)
    row = await stored(delivery.id)
    assert (row["state"], row["failure"]) == ("FAILED", "no-address")


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_has_given_up_is_forgotten_and_the_plan_may_go_on(
    push_service: Any,
    listen: Listen,
    queue: Any,
    sender: Sender,
    turn: Any,
    stored: Any,
    ana: UUID,
    looking: asyncpg.Connection,
    status: int,
) -> None:
    await listen()
    await behave(push_service, status=status)
    delivery = await queue()
    await turn(sender)
    row = await stored(delivery.id)
    assert (row["state"], row["failure"], row["reply_code"]) == ("FAILED", "recipient-gone", status)
    await sender._finish()
    held = "SELECT count(*) FROM notify.push_subscriptions WHERE person_id = $1"
    assert await looking.fetchval(held, ana) == 0


async def test_one_browser_that_gets_it_is_enough(
    push_service: Any,
    listen: Listen,
    queue: Any,
    sender: Sender,
    turn: Any,
    stored: Any,
    ana: UUID,
    looking: asyncpg.Connection,
) -> None:
    await listen()
    await push_service.client.delete("/api/push-subscriptions")
    left = await listen()
    delivery = await queue()
    await turn(sender)
    assert (await stored(delivery.id))["state"] == "SENT"
    await sender._finish()
    held = await looking.fetch("SELECT id FROM notify.push_subscriptions WHERE person_id = $1", ana)
    assert [row["id"] for row in held] == [left]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_busy_push_service_gets_it_later_and_not_before_it_asked_for(
    push_service: Any,
    listen: Listen,
    queue: Any,
    sender: Sender,
    turn: Any,
    stored: Any,
    let_time_pass: Any,
    status: int,
) -> None:
    await listen()
    await behave(push_service, status=status, retry_after=90, times=1)
    delivery, begun = await queue(), clock.now()
    await turn(sender)
    row = await stored(delivery.id)
    assert (row["state"], row["reply_code"]) == ("QUEUED", status)
    assert row["due_at"] >= begun + timedelta(seconds=90)
    await let_time_pass()
    await turn(sender)
    assert (await stored(delivery.id))["state"] == "SENT"


async def test_what_a_push_service_does_not_want_is_not_sent_again(
    push_service: Any, listen: Listen, queue: Any, sender: Sender, turn: Any, stored: Any
) -> None:
    await listen()
    await behave(push_service, status=413)
    refused = await queue()
    await turn(sender)
    row = await stored(refused.id)
    assert (row["state"], row["failure"], row["reply_code"]) == ("FAILED", "refused", 413)


async def test_a_push_service_that_is_away_is_tried_again(
    push_service: Any, listen: Listen, queue: Any, hub: Any, vapid: Vapid, outgoing: Settings
) -> None:
    await listen()
    carrier = ByPush(outgoing, vapid)
    parcel: Any = await carrier.write(hub, Claimed(await queue(), {}))
    nowhere = replace(parcel.targets[0], endpoint="http://127.0.0.1:1/push")
    outcome = await carrier.hand_over(replace(parcel, targets=[nowhere]))
    assert (outcome.answer, outcome.reply_code) == (Answer.DEFERRED, None)
    await carrier.close()


async def test_a_subscription_made_for_another_server_is_refused_and_kept(
    push_service: Any,
    listen: Listen,
    queue: Any,
    sender: Sender,
    turn: Any,
    stored: Any,
    ana: UUID,
    looking: asyncpg.Connection,
) -> None:
    """A wrong key of ours must not make everybody's browsers forgotten."""
    await listen(Vapid(keys.derived_from(b"\7" * 32), "mailto:a@example.org").public_key)
    delivery = await queue()
    await turn(sender)
    row = await stored(delivery.id)
    assert (row["failure"], row["reply_code"]) == ("refused", 403)
    held = "SELECT count(*) FROM notify.push_subscriptions WHERE person_id = $1"
    assert await looking.fetchval(held, ana) == 1


async def test_an_endpoint_in_a_private_network_is_never_called(
    push_service: Any,
    listen: Listen,
    queue: Any,
    settings: Settings,
    vapid: Vapid,
    holder: Holder,
    turn: Any,
    stored: Any,
) -> None:
    """127.0.0.1 was allowed when it was stored, and is no more."""
    await listen()
    careful = Sender(Channel.PUSH, Lane.NOTICE, ByPush(settings, vapid), 4, holder, Priority())
    delivery = await queue()
    await turn(careful)
    row = await stored(delivery.id)
    assert (row["state"], row["failure"]) == ("FAILED", "address-unusable")
    assert await pushes(push_service) == []
    await careful._finish()


async def test_what_is_sent_says_how_long_how_urgent_and_which(
    push_service: Any, listen: Listen, queue: Any, sender: Sender, hub: Any, vapid: Vapid, outgoing: Settings
) -> None:
    await listen()
    delivery = await queue()
    carrier = ByPush(outgoing, vapid)
    parcel: Any = await carrier.write(hub, Claimed(delivery, {}))
    assert parcel.urgency == "normal"
    assert parcel.topic == encoded(delivery.message.id.bytes)
    assert 6 * 86_400 < parcel.seconds_to_live <= 7 * 86_400
    assert parcel.language is Language.RO
    assert "127.0.0.1" not in repr(parcel)
    await carrier.close()


async def test_a_notice_goes_to_the_inbox_the_browsers_and_by_e_mail_where_a_browser_listens(
    hub: Any, listen: Listen, ana: UUID
) -> None:
    async def begun() -> list[Channel]:
        now = clock.now()
        async with hub.database.sessions() as session:
            queued = await notices.queue_security_notice(
                session, ana, "PHONE_CHANGED", Cause(ids.new_id(), now), now
            )
        return [one.channel for one in queued]

    assert await begun() == [Channel.EMAIL]
    await listen()
    assert await begun() == [Channel.PUSH, Channel.EMAIL]


# ── codes of telephone numbers, and accounts that are no more ──


async def test_a_code_of_a_telephone_number_goes_as_a_text_message_only(
    hub: Any, settings: Settings, looking: asyncpg.Connection
) -> None:
    now, confirmation_id = clock.now(), ids.new_id()
    async with hub.database.sessions() as session:
        (delivery,) = await notices.queue_phone_code(session, confirmation_id, Cause(ids.new_id(), now), now)
    row = await looking.fetchrow(f"{ROWS} WHERE d.id = $1", delivery.id)
    assert (row["channel"], row["lane"], row["template"]) == ("SMS", Lane.CODE, "phone.confirm")
    assert row["confirmation_id"] == confirmation_id
    assert row["expires_at"] == now + timedelta(minutes=10)


Hear = Callable[[Event], Awaitable[None]]


@pytest.fixture
def hear(hub: Any) -> Hear:
    """Hear an event, in its transaction."""
    handlers = {
        kind: handle
        for made in subscriptions.subscriptions(lambda _: None)
        for kind, handle in made.handlers.items()
    }

    async def tell(event: Event) -> None:
        payload = envelope.encode(ids.new_id(), event, clock.now(), None)
        async with hub.database.sessions() as session, session.unit_of_work():
            await handlers[type(event)](session, envelope.decode(type(event), payload))

    return tell


async def test_a_telephone_number_that_waits_for_its_code_gets_one(
    hear: Hear, looking: asyncpg.Connection
) -> None:
    confirmation_id = ids.new_id()
    await hear(PhoneConfirmationRequested(confirmation_id=confirmation_id, version=1))
    rows = await looking.fetch(f"{ROWS} WHERE m.confirmation_id = $1", confirmation_id)
    assert [(row["template"], row["channel"], row["state"]) for row in rows] == [
        ("phone.confirm", "SMS", "QUEUED")
    ]


async def test_browsers_go_with_the_account(
    hear: Hear, listen: Listen, ana: UUID, looking: asyncpg.Connection
) -> None:
    await listen()
    await hear(AccountDeleted(person_id=ana, version=3))
    held = "SELECT count(*) FROM notify.push_subscriptions WHERE person_id = $1"
    assert await looking.fetchval(held, ana) == 0


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["invented-removed", "removed-invented"])
async def test_browsers_go_with_somebody_invented(
    hear: Hear, listen: Listen, ana: UUID, looking: asyncpg.Connection, order: tuple[int, int]
) -> None:
    await listen()
    await looking.execute("UPDATE notify.push_subscriptions SET subscribed_at = now() + interval '1 hour'")
    events = (
        SandboxPersonCreated(person_id=ana, client_id="app-0123456789abcdef", version=1),
        SandboxPersonRemoved(person_id=ana, version=2),
    )
    for number in order:
        await hear(events[number])
    held = "SELECT count(*) FROM notify.push_subscriptions WHERE person_id = $1"
    assert await looking.fetchval(held, ana) == 0


async def test_browsers_of_who_is_not_invented_stay_whatever_is_told(
    hear: Hear, listen: Listen, ana: UUID, looking: asyncpg.Connection
) -> None:
    await listen()
    await hear(SandboxPersonRemoved(person_id=ana, version=2))
    await hear(SandboxPersonCreated(person_id=ana, client_id="app-0123456789abcdef", version=1))
    held = "SELECT count(*) FROM notify.push_subscriptions WHERE person_id = $1"
    assert await looking.fetchval(held, ana) == 1
