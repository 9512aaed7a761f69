"""The sender of webhooks on a real database and real endpoints; the clock is the test's."""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub_core import ids
from hub_core.principal import Assurance, Kind, Principal
from hub_core.rules import NoRule
from hub_service.outside import Outside
from hub_service.settings import ServiceSettings
from svc_notify import keys
from svc_notify.domain.feed import Arrival
from svc_notify.domain.webhooks import Client, Endpoint, Secrets, State, Terms, Wanted
from svc_notify.operations import feed, webhook_deliveries, webhook_sending
from svc_notify.operations import webhooks as operations
from svc_notify.operations.webhooks import Means
from svc_notify.storage import webhooks as storage
from svc_notify.webhook_sender import Sender

from .partners import TAKEN, Answer, Partner, Received

DESK = ids.new_id()
ANSWERED = "hub.petitions.petition.answered.v1"
FAILED: Answer = (500, {}, b"what went wrong: a secret of theirs")


@dataclass
class Time:
    """The clock of a test."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **for_: float) -> None:
        self.now += timedelta(**for_)


@dataclass
class World:
    """What a test has: the database, the clock, and the means of the sender."""

    hub: Any
    looking: asyncpg.Connection
    time: Time
    means: Means
    stack: AsyncExitStack

    def sender(self) -> Sender:
        return Sender(self.means, self.time)

    async def partner(self) -> Partner:
        made = Partner(secrets.token_bytes(32))
        await made.open()
        self.stack.push_async_callback(made.close)
        return made

    async def endpoint(self, partner: Partner | str, **said: Any) -> Endpoint:
        """An endpoint that is verified."""
        address = partner if isinstance(partner, str) else partner.url
        secret = b"s" * 32 if isinstance(partner, str) else partner.secret
        endpoint_id = ids.new_id()
        made = Endpoint(
            id=endpoint_id,
            client_id=f"app-{endpoint_id}",
            institution_id=DESK,
            is_sandbox=False,
            wanted=Wanted(address, ""),
            secrets=Secrets(self.means.key.seal(secret, operations.sealed_with(endpoint_id))),
            state=State.ACTIVE,
            created_at=self.time.now,
            state_since=self.time.now,
        )
        made = replace(made, **said)
        async with self.hub.database.sessions() as session, session.begin():
            await storage.add(session, self.means.key, made)
        return made

    async def tell(self, count: int = 1, event_type: str = ANSWERED, **said: Any) -> list[str]:
        """Events get their positions; their ids."""
        told = []
        for _ in range(count):
            data = {"version": 1, "institution_id": str(DESK), "number": "17/2026", **said}
            arrival = Arrival(ids.new_id(), event_type, str(ids.new_id()), self.time.now, data)
            async with self.hub.database.sessions() as session:
                await feed.hear(session, arrival)
            told.append(str(arrival.id))
        async with self.hub.database.sessions() as session:
            await feed.place(session, self.time.now)
        return told

    async def turn(self, sender: Sender) -> None:
        """Hand over what is due, and store what came of it."""
        await sender.claim(self.hub)
        await sender.end()
        await sender.settle(self.hub)

    async def deliveries(self, endpoint: Endpoint) -> dict[str, str]:
        """Each event of an endpoint, and where it stands."""
        rows = await self.looking.fetch(
            "SELECT event_id, state FROM notify.webhook_deliveries WHERE endpoint_id = $1 ORDER BY position",
            endpoint.id,
        )
        return {str(row["event_id"]): row["state"] for row in rows}

    async def attempts(self, endpoint: Endpoint) -> list[tuple[int | None, str | None]]:
        rows = await self.looking.fetch(
            "SELECT status, failure FROM notify.webhook_attempts WHERE endpoint_id = $1 ORDER BY id",
            endpoint.id,
        )
        return [(row["status"], row["failure"]) for row in rows]

    async def state(self, endpoint: Endpoint) -> tuple[str, str | None]:
        row = await self.looking.fetchrow(
            "SELECT state, stop FROM notify.webhook_endpoints WHERE id = $1", endpoint.id
        )
        return row["state"], row["stop"]

    async def next_moment(self) -> datetime | None:
        """When something is due that an endpoint may be handed."""
        moment: datetime | None = await self.looking.fetchval(
            "SELECT min(greatest(d.due_at, e.rests_until)) FROM notify.webhook_deliveries AS d "
            "JOIN notify.webhook_endpoints AS e ON e.id = d.endpoint_id "
            "WHERE d.due_at IS NOT NULL AND e.state = 'ACTIVE'"
        )
        return moment

    async def live(self, sender: Sender, until: datetime) -> None:
        """Let the time pass, from one moment in which there is something to do to the next."""
        while (moment := await self.next_moment()) and moment <= until:
            self.time.now = max(moment, self.time.now)
            await self.turn(sender)
        self.time.now = until

    def as_client(self, endpoint: Endpoint) -> Principal:
        return Principal(
            kind=Kind.CLIENT,
            subject=endpoint.client_id,
            assurance=Assurance.LOW,
            scopes=frozenset(),
            client_id=endpoint.client_id,
            institution_id=endpoint.institution_id,
        )


def means_of(settings: Any, **special: Any) -> Means:
    return Means(keys.derived_from(settings.notify_key.get_secret_value()), Outside(settings, **special))


@pytest.fixture
async def world(hub: Any, settings: Any, looking: asyncpg.Connection) -> AsyncIterator[World]:
    local = settings.model_copy(update={"outside_allowed": frozenset({"localhost"})})
    async with AsyncExitStack() as stack:
        means = means_of(local)
        stack.push_async_callback(means.outside.close)
        yield World(hub, looking, Time(datetime(2026, 11, 23, 9, tzinfo=UTC)), means, stack)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers have to come within a tenth of a second."""
    told = Terms.of

    def of(*given: Any) -> Terms:
        return replace(told(*given), timeout=timedelta(seconds=0.1))

    monkeypatch.setattr(Terms, "of", of)


async def test_each_endpoint_gets_what_it_may_see_and_wants(world: World) -> None:
    partner, other, filtered = await world.partner(), await world.partner(), await world.partner()
    endpoint = await world.endpoint(partner)
    await world.endpoint(other, institution_id=ids.new_id())
    await world.endpoint(filtered, wanted=Wanted(filtered.url, "", ("hub.catalog.*",)))
    answered, *_ = await world.tell()
    [public] = await world.tell(event_type="hub.catalog.entry.published.v1", entry_id="1")
    await world.turn(world.sender())
    assert set(partner.ids) == {answered, public}
    assert other.ids == [public]
    assert filtered.ids == [public]
    assert await world.deliveries(endpoint) == {answered: "DELIVERED", public: "DELIVERED"}
    assert all(one.is_signed_with(partner.secret) for one in partner.received)
    assert not partner.received[0].is_signed_with(other.secret)


async def test_what_happened_before_there_was_an_endpoint_is_not_sent(world: World) -> None:
    await world.tell()
    partner = await world.partner()
    await world.endpoint(partner)
    await world.turn(world.sender())
    assert partner.received == []


async def test_500_for_a_day_loses_nothing_and_is_asked_ever_less(world: World) -> None:
    partner = await world.partner()
    endpoint = await world.endpoint(partner)
    partner.answer = lambda _: FAILED
    told = await world.tell(5)
    sender, day = world.sender(), world.time.now + timedelta(days=1)
    await world.live(sender, day)
    assert await world.state(endpoint) == ("ACTIVE", None)
    assert set((await world.deliveries(endpoint)).values()) == {"QUEUED"}
    assert set(await world.attempts(endpoint)) == {(500, "STATUS")}
    assert 5 * 5 < len(partner.received) < 5 * 13
    partner.answer = lambda _: TAKEN
    partner.received.clear()
    await world.live(sender, day + timedelta(days=1))
    assert sorted(partner.ids) == sorted(told)
    assert set((await world.deliveries(endpoint)).values()) == {"DELIVERED"}


async def test_what_is_refused_for_72_hours_is_dead_and_goes_again_when_it_is_replayed(world: World) -> None:
    partner = await world.partner()
    endpoint = await world.endpoint(partner)
    partner.answer = lambda _: FAILED
    told = await world.tell(3)
    sender, queued_at = world.sender(), world.time.now
    await world.live(sender, queued_at + timedelta(hours=71))
    assert set((await world.deliveries(endpoint)).values()) == {"QUEUED"}
    await world.live(sender, queued_at + timedelta(hours=73))
    assert set((await world.deliveries(endpoint)).values()) == {"DEAD"}
    assert await world.next_moment() is None

    partner.answer = lambda _: TAKEN
    partner.received.clear()
    principal = world.as_client(endpoint)
    for queued in (3, 0):
        async with world.hub.database.sessions() as session:
            replayed = await webhook_deliveries.replay_dead(
                session, world.means, principal, endpoint.id, world.time.now
            )
        assert (replayed.queued, replayed.has_more) == (queued, False)
    await world.live(sender, world.time.now + timedelta(minutes=10))
    assert sorted(partner.ids) == sorted(told)


async def test_an_endpoint_that_takes_nothing_for_five_days_is_paused_and_that_is_told(
    world: World, told: Callable[[], Any]
) -> None:
    partner = await world.partner()
    endpoint = await world.endpoint(partner)
    partner.answer = lambda _: FAILED
    sender, began = world.sender(), world.time.now
    for day in range(6):
        await world.tell()
        await world.live(sender, began + timedelta(days=day + 1))
    assert await world.state(endpoint) == ("PAUSED", "FAILING")
    assert ("hub.notify.webhook-endpoint.stopped.v1", str(endpoint.id)) in await told()
    partner.received.clear()
    await world.tell()
    await world.live(sender, world.time.now + timedelta(days=1))
    assert partner.received == []


@pytest.mark.parametrize("has_owner", [True, False], ids=["of-somebody", "of-an-institution"])
async def test_whose_endpoint_is_gone_is_written_to(world: World, ana: UUID, has_owner: bool) -> None:
    partner = await world.partner()
    endpoint = await world.endpoint(partner)
    partner.answer = lambda _: (410, {}, b"")
    known = Client(
        endpoint.client_id,
        is_active=True,
        scopes=frozenset({"events:read"}),
        institution_id=DESK,
        owner_id=ana if has_owner else None,
        version=1,
    )
    async with world.hub.database.sessions() as session:
        await operations.keep_client(session, known)
    await world.tell(3)
    await world.turn(world.sender())
    rows = await world.looking.fetch("SELECT person_id, template, variables FROM notify.messages")
    assert [(row["person_id"], row["template"]) for row in rows] == [(ana, "webhook.stopped")] * has_owner
    assert all("GONE" in row["variables"] for row in rows)
    assert all("localhost" not in row["variables"] for row in rows)


async def test_410_disables_an_endpoint_at_once_and_what_waited_goes_on_when_it_is_verified_again(
    world: World, told: Callable[[], Any]
) -> None:
    partner = await world.partner()
    endpoint = await world.endpoint(partner)
    partner.answer = lambda _: (410, {}, b"")
    sent = await world.tell(6)
    sender = world.sender()
    await world.turn(sender)
    assert await world.state(endpoint) == ("DISABLED", "GONE")
    assert [subject for subject, _ in await told()].count("hub.notify.webhook-endpoint.stopped.v1") == 1
    await world.live(sender, world.time.now + timedelta(hours=1))
    assert len(partner.received) == 4  # those that were under way together
    partner.answer = lambda _: TAKEN
    partner.received.clear()
    async with world.hub.database.sessions() as session:
        await operations.verify(
            session, world.means, world.as_client(endpoint), endpoint.id, datetime.now(UTC)
        )
    await world.live(sender, world.time.now + timedelta(hours=1))
    assert sorted(partner.ids) == sorted(sent)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_a_failure_and_nobody_is_called_there(world: World, status: int) -> None:
    partner, elsewhere = await world.partner(), await world.partner()
    endpoint = await world.endpoint(partner)
    partner.answer = lambda _: (status, {"location": elsewhere.url}, b"")
    [event] = await world.tell()
    await world.turn(world.sender())
    assert await world.attempts(endpoint) == [(status, "REDIRECT")]
    assert await world.deliveries(endpoint) == {event: "QUEUED"}
    assert elsewhere.received == []


@pytest.mark.parametrize("machine", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "10.1.2.3"])
async def test_an_endpoint_whose_name_leads_into_a_private_network_is_not_called(
    world: World, settings: Any, machine: str
) -> None:
    """Its name led elsewhere when it was verified."""
    partner = await world.partner()

    async def resolve(_host: str, _port: int) -> list[str]:
        return [machine]

    world.means = means_of(settings, ports=(partner.port,), resolve=resolve)
    endpoint = await world.endpoint(f"https://hooks.example.com:{partner.port}/")
    [event] = await world.tell()
    await world.turn(world.sender())
    await world.means.outside.close()
    assert await world.attempts(endpoint) == [(None, "PRIVATE")]
    assert await world.deliveries(endpoint) == {event: "QUEUED"}
    assert partner.received == []


async def test_nobody_at_home_is_a_failure_too(world: World) -> None:
    partner = await world.partner()
    endpoint = await world.endpoint(partner)
    await partner.close()
    await world.tell()
    await world.turn(world.sender())
    assert await world.attempts(endpoint) == [(None, "CONNECTION")]


async def test_what_is_not_answered_in_time_is_tried_again(world: World, impatient: None) -> None:
    partner = await world.partner()
    endpoint = await world.endpoint(partner)
    never = asyncio.Event()

    async def wait(_: Received) -> Answer:
        await never.wait()
        return TAKEN

    partner.answer = wait
    [event] = await world.tell()
    sender = world.sender()
    await world.turn(sender)
    assert await world.attempts(endpoint) == [(None, "TIME")]
    partner.answer = lambda _: TAKEN
    await world.live(sender, world.time.now + timedelta(minutes=1))
    assert await world.deliveries(endpoint) == {event: "DELIVERED"}
    assert partner.ids == [event, event]
    never.set()


async def test_a_slow_endpoint_holds_up_nobody_and_is_handed_four_at_once(world: World) -> None:
    slow, quick = await world.partner(), await world.partner()
    await world.endpoint(slow)
    endpoint = await world.endpoint(quick)
    may_answer = asyncio.Event()

    async def wait(_: Received) -> Answer:
        await may_answer.wait()
        return TAKEN

    slow.answer = wait
    told = await world.tell(30)
    sender = world.sender()
    sending = asyncio.create_task(sender.run(world.hub))
    await quick.until(30)
    assert sorted(quick.ids) == sorted(told)
    assert slow.at_once == slow.most_at_once == 4
    assert quick.most_at_once <= 4
    may_answer.set()
    await slow.until(30)
    sending.cancel()
    await asyncio.wait([sending])
    assert set((await world.deliveries(endpoint)).values()) == {"DELIVERED"}


async def test_an_endpoint_that_fails_rests_and_is_tried_with_one_message(world: World) -> None:
    partner = await world.partner()
    await world.endpoint(partner)
    partner.answer = lambda _: FAILED
    await world.tell(20)
    sender = world.sender()
    await world.turn(sender)
    assert len(partner.received) == 4
    await world.turn(sender)
    assert len(partner.received) == 4
    world.time.pass_by(minutes=1)
    await world.turn(sender)
    assert len(partner.received) == 5


async def test_who_asks_for_a_longer_wait_gets_it(world: World) -> None:
    partner = await world.partner()
    endpoint = await world.endpoint(partner)
    partner.answer = lambda _: (429, {"retry-after": "1800"}, b"")
    await world.tell(2)
    sender, began = world.sender(), world.time.now
    await world.turn(sender)
    await world.live(sender, began + timedelta(minutes=29))
    assert len(partner.received) == 2
    partner.answer = lambda _: TAKEN
    await world.live(sender, began + timedelta(minutes=31))
    assert set((await world.deliveries(endpoint)).values()) == {"DELIVERED"}


async def test_first_attempts_begin_in_the_order_of_positions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = await world.partner()
    await world.endpoint(partner)
    begun: list[str] = []
    post = world.means.outside.post

    async def noted(url: str, body: bytes, headers: Any, seconds: float) -> Any:
        begun.append(headers["webhook-id"])
        return await post(url, body, headers, seconds)

    monkeypatch.setattr(world.means.outside, "post", noted)
    told = await world.tell(13)
    sender = world.sender()
    while len(begun) < 13:
        await world.turn(sender)
    assert begun == told


async def test_after_a_failure_there_is_no_order_and_the_id_is_the_same(world: World) -> None:
    partner = await world.partner()
    await world.endpoint(partner)
    first, second = await world.tell(2)
    refused: set[str] = set()

    def once(request: Received) -> Answer:
        is_new = request.id == first and request.id not in refused
        refused.add(request.id)
        return FAILED if is_new else TAKEN

    partner.answer = once
    await world.live(world.sender(), world.time.now + timedelta(minutes=1))
    assert sorted(partner.ids[:2]) == sorted([first, second])
    assert partner.ids[2:] == [first]
    bodies = {one.body for one in partner.received if one.id == first}
    assert len(bodies) == 1


async def test_no_event_is_lost_while_secrets_rotate_and_each_verifies(world: World) -> None:
    """The partner has one secret at a time and takes the next a while after the hub has it."""
    partner = await world.partner()
    endpoint = await world.endpoint(partner)
    principal, sender, told = world.as_client(endpoint), world.sender(), []
    partner.answer = lambda request: TAKEN if request.is_signed_with(partner.secret) else (401, {}, b"")
    for _ in range(5):
        told += await world.tell(8)
        await sender.claim(world.hub)
        async with world.hub.database.sessions() as session:
            _, shown = await operations.renew_secret(
                session, world.means, principal, endpoint.id, world.time.now, overlap=True
            )
        await sender.end()
        await sender.settle(world.hub)
        await world.turn(sender)
        partner.secret = secret_of(shown)
        await world.live(sender, world.time.now + timedelta(hours=25))
    assert sorted(partner.ids) == sorted(told)
    assert {status for status, _ in await world.attempts(endpoint)} == {204}


def secret_of(shown: str) -> bytes:
    return base64.b64decode(shown.removeprefix("whsec_"))


async def test_a_secret_that_leaked_signs_nothing_that_is_sent_afterwards(world: World) -> None:
    partner = await world.partner()
    endpoint = await world.endpoint(partner)
    leaked = partner.secret
    await world.tell()
    async with world.hub.database.sessions() as session:
        _, shown = await operations.renew_secret(
            session, world.means, world.as_client(endpoint), endpoint.id, world.time.now, overlap=False
        )
    await world.turn(world.sender())
    [came] = partner.received
    assert came.is_signed_with(secret_of(shown))
    assert not came.is_signed_with(leaked)


async def test_what_a_withdrawn_consent_let_see_is_not_sent(world: World) -> None:
    partner, ana = await world.partner(), ids.new_id()
    endpoint = await world.endpoint(partner, institution_id=None)
    consent_id = ids.new_id()
    scopes = ("events:read", "petitions:read")
    async with world.hub.database.sessions() as session:
        await feed.keep_consent(
            session, consent_id, endpoint.client_id, ana, scopes, 1, world.time.now - timedelta(days=1)
        )
    first, second = await world.tell(2, person_id=str(ana))
    sender = world.sender()
    partner.answer = lambda request: TAKEN if request.id == first else FAILED
    await world.turn(sender)
    async with world.hub.database.sessions() as session:
        await feed.end_consent(session, consent_id, endpoint.client_id, ana, world.time.now)
    partner.received.clear()
    await world.live(sender, world.time.now + timedelta(days=1))
    assert partner.received == []
    assert await world.deliveries(endpoint) == {first: "DELIVERED", second: "WITHHELD"}
    await world.tell(person_id=str(ana))
    assert len(await world.deliveries(endpoint)) == 2


@pytest.mark.parametrize(
    "told",
    [
        {"is_active": False},
        {"scopes": frozenset({"webhooks:read", "webhooks:write"})},
        {"institution_id": UUID(int=9)},
        {"institution_id": None},
    ],
    ids=["closed", "without-the-scope", "of-another-institution", "of-none"],
)
async def test_to_a_client_that_may_no_longer_see_it_nothing_is_sent(
    world: World, told: dict[str, Any]
) -> None:
    partner = await world.partner()
    endpoint = await world.endpoint(partner)
    known = Client(
        endpoint.client_id,
        is_active=True,
        scopes=frozenset({"events:read"}),
        institution_id=DESK,
        owner_id=None,
        version=1,
    )
    [event] = await world.tell()
    async with world.hub.database.sessions() as session:
        await operations.keep_client(session, replace(known, **told, version=2))
        await operations.keep_client(session, known)  # heard late
    await world.turn(world.sender())
    assert partner.received == []
    assert await world.deliveries(endpoint) == {event: "WITHHELD"}


async def test_what_a_lost_sender_had_claimed_goes_out_after_its_lease_under_the_same_id(
    world: World,
) -> None:
    partner = await world.partner()
    endpoint = await world.endpoint(partner)
    [event] = await world.tell()
    lost, other = world.sender(), world.sender()
    await lost.claim(world.hub)
    await lost.end()  # it was handed over, and never noted
    await world.turn(other)
    assert partner.ids == [event]
    world.time.pass_by(seconds=31)
    await world.turn(other)
    assert partner.ids == [event, event]
    assert await world.deliveries(endpoint) == {event: "DELIVERED"}
    await lost.settle(world.hub)  # too late: it is another's
    assert await world.attempts(endpoint) == [(204, None)]


async def test_an_endpoint_may_be_deleted_while_it_is_sent_to(world: World) -> None:
    partner = await world.partner()
    endpoint = await world.endpoint(partner)
    await world.tell(2)
    sender = world.sender()
    await sender.claim(world.hub)
    async with world.hub.database.sessions() as session:
        await operations.delete(session, world.means, world.as_client(endpoint), endpoint.id)
    await sender.end()
    await sender.settle(world.hub)
    assert await world.deliveries(endpoint) == {}


async def test_everything_since_a_position_is_handed_over_once_more_in_portions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_deliveries, "REPLAYED_AT_ONCE", 2)
    partner = await world.partner()
    endpoint = await world.endpoint(partner, wanted=Wanted(partner.url, "", ("hub.petitions.*",)))
    told = await world.tell(5)
    await world.tell(event_type="hub.catalog.entry.published.v1", entry_id="1")
    sender = world.sender()
    for _ in range(2):
        await world.turn(sender)
    partner.received.clear()
    queued, after = 0, 0
    while after is not None:
        async with world.hub.database.sessions() as session:
            replayed = await webhook_deliveries.replay_since(
                session, world.means, world.as_client(endpoint), endpoint.id, after, world.time.now
            )
        queued, after = queued + replayed.queued, replayed.after
        assert replayed.queued <= 2
    assert queued == 5
    for _ in range(2):
        await world.turn(sender)
    assert sorted(partner.ids) == sorted(told)


async def test_what_could_be_seen_long_enough_is_removed(world: World) -> None:
    partner = await world.partner()
    endpoint = await world.endpoint(partner)
    await world.tell()
    await world.turn(world.sender())
    for days, left in ((29, 1), (2, 0)):
        world.time.pass_by(days=days)
        async with world.hub.database.sessions() as session:
            await webhook_sending.forget(session, world.time.now)
        assert len(await world.deliveries(endpoint)) == left
    assert await world.attempts(endpoint) == []


async def test_no_log_line_has_a_secret_an_address_or_a_word_of_what_was_sent_or_answered(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    partner = await world.partner()
    await world.endpoint(partner)
    partner.answer = lambda _: FAILED
    await world.tell()
    capfd.readouterr()
    await world.turn(world.sender())
    said = "".join(capfd.readouterr())
    assert "attempt" in said
    for word in ("very-secret", "localhost", "whsec_", "v1,", "17/2026", "theirs", partner.secret.hex()):
        assert word not in said


async def test_a_sender_waits_for_the_legal_numbers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    partner = await world.partner()
    await world.endpoint(partner)
    [event] = await world.tell()
    kept = await world.looking.fetch("DELETE FROM notify.rule_tables RETURNING *")
    claim, missed = webhook_sending.claim, asyncio.Event()

    async def noted(*given: Any) -> Any:
        try:
            return await claim(*given)
        except NoRule:
            missed.set()
            raise

    monkeypatch.setattr(webhook_sending, "claim", noted)
    sending = asyncio.create_task(world.sender().run(world.hub))
    await missed.wait()
    await world.looking.executemany(
        "INSERT INTO notify.rule_tables (code, version, rows) VALUES ($1, $2, $3)",
        [(row["code"], row["version"], row["rows"]) for row in kept],
    )
    await partner.until(1)
    assert partner.ids == [event]
    assert not sending.done()
    sending.cancel()
    await asyncio.wait([sending])


def test_settings_allow_no_host_by_themselves() -> None:
    assert ServiceSettings().outside_allowed == frozenset()
