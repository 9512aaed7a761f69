"""Browsers that listen for people. Permission cases first; then a push service that speaks RFC 8030."""

import asyncio
import json
import secrets
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
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hub_cli.mailbox import app as mailbox
from hub_core import clock, ids
from hub_core.language import Language
from hub_events import envelope
from hub_events.envelope import Event
from hub_service.outside import Outside
from svc_notify import keys
from svc_notify.carriers import ByPush
from svc_notify.channels.vapid import Vapid
from svc_notify.consumers import subscriptions
from svc_notify.consumers.copies import (
    AccountDeleted,
    PhoneConfirmationRequested,
    SandboxPersonCreated,
    SandboxPersonRemoved,
)
from svc_notify.domain import kinds, messages
from svc_notify.domain.deliveries import Answer, Delivery
from svc_notify.domain.kinds import Lane
from svc_notify.domain.messages import Cause, Channel, Step
from svc_notify.holding import Holder
from svc_notify.jobs import Priority, Sender
from svc_notify.operations import following, notices
from svc_notify.operations import push as operations
from svc_notify.operations.sending import Claimed
from svc_notify.schemas.push import Subscribe
from svc_notify.settings import Settings

from .conftest import ROWS

SUBSCRIPTIONS = "/notify/v1/push-subscriptions"
BY_PUSH = (Step(Channel.PUSH),)
MOST = 10


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


def a_subscription(endpoint: str = "") -> dict[str, Any]:
    """What a browser gives, with keys of its own."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    key = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {
        "endpoint": endpoint or f"https://push.example.net/wpush/v2/{secrets.token_urlsafe(24)}",
        "keys": {"p256dh": encoded(key), "auth": encoded(secrets.token_bytes(16))},
    }


@pytest.fixture
def person() -> UUID:
    """A person of this test."""
    return ids.new_id()


@pytest.fixture
def headers(person: UUID, signed_in: Any) -> dict[str, str]:
    """Their headers."""
    made: dict[str, str] = signed_in(person, {"messages:read", "messages:write"})
    return made


# ── who may ──


@pytest.mark.parametrize(
    ("method", "path", "scope", "other"),
    [
        ("POST", SUBSCRIPTIONS, "messages:write", "messages:read"),
        ("GET", SUBSCRIPTIONS, "messages:read", "messages:write"),
        (
            "DELETE",
            f"{SUBSCRIPTIONS}/0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70",
            "messages:write",
            "messages:read",
        ),
    ],
)
async def test_an_operation_wants_a_token_with_its_scope(
    service: Any, signed_in: Any, method: str, path: str, scope: str, other: str
) -> None:
    body = {"json": a_subscription()} if method == "POST" else {}
    answer = await service.client.request(method, path, **body)
    assert answer.status_code == 401
    answer = await service.client.request(method, path, headers=signed_in(scopes={other}), **body)
    assert answer.status_code == 403
    assert f'scope="{scope}"' in answer.headers["www-authenticate"]


async def test_the_key_is_everybody_s_to_see(service: Any) -> None:
    answer = await service.client.get("/notify/v1/push-key")
    assert answer.status_code == 200
    assert len(answer.json()["key"]) == 87


async def test_nobody_sees_or_ends_the_subscription_of_another(
    service: Any, headers: dict[str, str], signed_in: Any
) -> None:
    made = await service.client.post(SUBSCRIPTIONS, json=a_subscription(), headers=headers)
    elsewhere = signed_in(scopes={"messages:read", "messages:write"})
    assert (await service.client.get(SUBSCRIPTIONS, headers=elsewhere)).json()["items"] == []
    path = f"{SUBSCRIPTIONS}/{made.json()['id']}"
    assert (await service.client.delete(path, headers=elsewhere)).status_code == 404
    assert (await service.client.delete(path, headers=headers)).status_code == 204
    assert (await service.client.delete(path, headers=headers)).status_code == 404


# ── what is taken ──


async def test_a_browser_subscribes_is_listed_and_stays_the_same_one(
    service: Any, headers: dict[str, str]
) -> None:
    wanted = a_subscription()
    made = await service.client.post(SUBSCRIPTIONS, json=wanted, headers=headers)
    assert made.status_code == 201
    again = await service.client.post(SUBSCRIPTIONS, json=wanted, headers=headers)
    assert again.json()["id"] == made.json()["id"]
    listed = (await service.client.get(SUBSCRIPTIONS, headers=headers)).json()
    assert [one["service"] for one in listed["items"]] == ["push.example.net"]
    assert wanted["endpoint"] not in json.dumps(listed)


async def test_who_signs_in_next_at_a_browser_takes_it_over(
    service: Any, headers: dict[str, str], signed_in: Any
) -> None:
    wanted, next_one = a_subscription(), signed_in(scopes={"messages:read", "messages:write"})
    await service.client.post(SUBSCRIPTIONS, json=wanted, headers=headers)
    await service.client.post(SUBSCRIPTIONS, json=wanted, headers=next_one)
    assert (await service.client.get(SUBSCRIPTIONS, headers=headers)).json()["items"] == []
    assert len((await service.client.get(SUBSCRIPTIONS, headers=next_one)).json()["items"]) == 1


async def test_of_more_browsers_than_the_rule_allows_the_oldest_listen_no_more(
    service: Any, headers: dict[str, str]
) -> None:
    made = []
    for _ in range(MOST + 2):
        answer = await service.client.post(SUBSCRIPTIONS, json=a_subscription(), headers=headers)
        made.append(answer.json()["id"])
    listed = (await service.client.get(SUBSCRIPTIONS, headers=headers)).json()
    assert [one["id"] for one in listed["items"]] == made[:1:-1]
    page = (await service.client.get(SUBSCRIPTIONS, params={"limit": 4}, headers=headers)).json()
    assert len(page["items"]) == 4
    rest = {"limit": 50, "cursor": page["next_cursor"]}
    left = (await service.client.get(SUBSCRIPTIONS, params=rest, headers=headers)).json()
    assert [one["id"] for one in page["items"] + left["items"]] == made[:1:-1]


@pytest.mark.parametrize(
    ("endpoint", "pointer"),
    [
        ("http://push.example.net/x", None),
        ("https://push.example.net:8443/x", None),
        ("https://intranet/x", None),
        ("https://user:word@push.example.net/x", None),
        ("https://0x7f.1/x", None),
        ("ftp://push.example.net/x", "/endpoint"),
        ("push.example.net", "/endpoint"),
        ("https://push.example.net/" + "x" * 2048, "/endpoint"),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_an_endpoint_that_would_never_be_called_is_not_taken(
    service: Any, headers: dict[str, str], endpoint: str, pointer: str | None
) -> None:
    answer = await service.client.post(SUBSCRIPTIONS, json=a_subscription(endpoint), headers=headers)
    assert answer.status_code == 422
    assert endpoint not in answer.text
    told = answer.json()
    if pointer:
        assert [error["pointer"] for error in told["errors"]] == [pointer]
    else:
        assert told["type"].endswith("/problems/push-endpoint-refused")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("p256dh", encoded(b"\4" + b"\1" * 64)),
        ("p256dh", encoded(b"\2" + b"\1" * 32) + "A" * 43),
        ("p256dh", "short"),
        ("auth", encoded(bytes(17))),
        ("auth", "!" * 22),
    ],
    ids=["no-point", "compressed", "short", "auth-of-17-bytes", "no-base64"],
)
async def test_keys_that_nothing_could_be_encrypted_with_are_not_taken(
    service: Any, headers: dict[str, str], name: str, value: str
) -> None:
    wanted = a_subscription()
    wanted["keys"][name] = value
    answer = await service.client.post(SUBSCRIPTIONS, json=wanted, headers=headers)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/keys/{name}"]


async def test_it_lies_sealed_and_no_log_says_where_a_browser_listens(
    service: Any,
    person: UUID,
    headers: dict[str, str],
    looking: asyncpg.Connection,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    wanted = a_subscription()
    made = await service.client.post(SUBSCRIPTIONS, json=wanted, headers=headers)
    row = await looking.fetchrow("SELECT * FROM notify.push_subscriptions WHERE person_id = $1", person)
    await service.client.delete(f"{SUBSCRIPTIONS}/{made.json()['id']}", headers=headers)
    said = capfdbinary.readouterr().out.decode()
    assert '"event":"request"' in said
    for secret in (wanted["endpoint"], "push.example.net", wanted["keys"]["auth"]):
        assert secret not in said
        assert secret not in repr(dict(row))


# ── what a person's data are ──


async def test_the_copy_of_ones_data_names_the_browsers(
    service: Any, person: UUID, headers: dict[str, str], signed_in: Any
) -> None:
    wanted = a_subscription()
    await service.client.post(SUBSCRIPTIONS, json=wanted, headers=headers)
    as_identity = signed_in(scopes={"personal-data:read"}, kind="service", sub="identity", sid=None)
    told = (await service.client.get(f"/internal/v1/people/{person}/export", headers=as_identity)).json()
    (section,) = [one for one in told["sections"] if one["name"] == "browsers"]
    assert [item["endpoint"] for item in section["items"]] == [wanted["endpoint"]]


# ── what leaves ──


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
def outgoing(settings: Settings) -> Settings:
    """The settings of a hub that may call this machine."""
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
