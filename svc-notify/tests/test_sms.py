"""Text messages by two providers: real PostgreSQL, the local gateways over HTTP, time as an argument."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
import uvicorn
from sqlalchemy import delete

from hub_cli.mailbox import app as mailbox
from hub_cli.mailbox import sms as local
from hub_core import clock, ids
from hub_core.language import Language
from hub_testing import rules
from svc_notify import rendering
from svc_notify.carriers import BySms
from svc_notify.channels import sms_gateways
from svc_notify.channels.sms import Sms
from svc_notify.channels.sms_gateways import Text
from svc_notify.channels.switch import Switch
from svc_notify.domain import deliveries, kinds, messages
from svc_notify.domain.deliveries import Answer, Delivery, Outcome
from svc_notify.domain.kinds import Lane
from svc_notify.domain.messages import Cause, Channel, Step
from svc_notify.domain.preferences import Preferences
from svc_notify.domain.providers import Policy
from svc_notify.holding import Holder
from svc_notify.jobs import Priority, Sender
from svc_notify.operations import sms_providers
from svc_notify.settings import FormProvider, JsonProvider, Settings
from svc_notify.storage import deliveries as deliveries_storage
from svc_notify.storage import messages as messages_storage
from svc_notify.storage import preferences
from svc_notify.tables.sms_providers import MEASUREMENTS, PROCESSES, PROVIDERS

RULES = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
KEYS = local.Keys("door", "words", "AC1", "token")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NUMBER = "+40721000000"
POLICY = Policy.on(rules.values(RULES), NOON.date())


class Gateways:
    """The local gateways: what they took, and how they are told to behave."""

    def __init__(self, url: str, http: httpx2.AsyncClient) -> None:
        self.url = url
        self._http = http

    async def behave(self, **told: Any) -> None:
        """Behave so from now on."""
        (await self._http.put(f"{self.url}/api/sms-behaviour", json=told)).raise_for_status()

    async def as_usual(self) -> None:
        """Behave as usual."""
        (await self._http.delete(f"{self.url}/api/sms-behaviour")).raise_for_status()

    async def taken(self) -> list[dict[str, Any]]:
        """The text messages that were taken."""
        listed = (await self._http.get(f"{self.url}/api/messages")).json()
        return [item for item in listed["items"] if item["channel"] == "SMS"]

    async def by(self) -> list[str]:
        """Who took them."""
        return [item["provider"] for item in await self.taken()]


@pytest.fixture
async def gateways(tmp_path: Path) -> AsyncIterator[Gateways]:
    """Both gateways, as they run beside the hub."""
    app = mailbox.create_app(tmp_path, 0, keys=KEYS)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, ws="none"))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:
            await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx2.AsyncClient() as http:
        yield Gateways(f"http://127.0.0.1:{port}", http)
    server.should_exit = True
    await serving


@pytest.fixture
def sms_settings(settings: Settings, gateways: Gateways) -> Settings:
    """Settings with both gateways as providers."""
    alfa = JsonProvider(
        protocol="json", name="alfa", url=f"{gateways.url}/alfa", key=KEYS.alfa_key,
        reports_password=KEYS.alfa_reports, per_second=1000,
    )  # fmt: skip
    beta = FormProvider(
        protocol="form", name="beta", url=f"{gateways.url}/beta", account=KEYS.beta_account,
        token=KEYS.beta_token, per_second=1000,
    )  # fmt: skip
    return settings.model_copy(update={"notify_sms_providers": (alfa, beta)})


@pytest.fixture
def switch(sms_settings: Settings) -> Switch:
    """What one process knows."""
    return Switch(sms_settings.notify_sms_providers)


@pytest.fixture
async def sms(sms_settings: Settings, switch: Switch) -> AsyncIterator[Sms]:
    """The channel."""
    made = Sms(sms_settings, switch)
    yield made
    await made.close()


@pytest.fixture
async def clean(hub: Any) -> None:
    """No provider is known yet."""
    async with hub.database.sessions() as session, session.begin():
        for table in (PROVIDERS, MEASUREMENTS, PROCESSES):
            await session.execute(delete(table))


@pytest.fixture
def share(hub: Any, clean: None) -> Callable[..., Awaitable[None]]:
    """Share what processes know at a moment; they begin with it when it is their first."""
    begun: set[UUID] = set()

    async def tell(now: datetime, *switches: Switch) -> None:
        for each in switches:
            async with hub.database.sessions() as session:
                if each.id not in begun:
                    await sms_providers.begin(session, each, now)
                    begun.add(each.id)
                await sms_providers.share(session, each, now)

    return tell


def text(tried: str | None = None, reference: UUID | None = None) -> Text:
    return Text(
        reference or ids.new_id(), NUMBER, Language.RO, "Cod: 1", timedelta(minutes=15),
        is_code=True, tried=tried,
    )  # fmt: skip


def weights(switch: Switch) -> dict[str, int]:
    return {each.name: each.weight for each in switch.standings}


def work(switch: Switch, now: datetime, *, slow: str = "", failing: str = "") -> None:
    """What a busy process measures in a second: each provider with a weight is handed messages."""
    for each in switch.standings:
        for _ in range(min(each.weight, 5)):
            took = timedelta(seconds=4 if each.name == slow else 0.05)
            failed = each.name == failing
            switch.note(each.name, now, took, failed=failed, taken=False)  # nobody reports here


async def test_one_that_turns_slow_has_shifted_within_a_minute_in_every_process_and_comes_back_in_steps(
    sms_settings: Settings, share: Callable[..., Awaitable[None]]
) -> None:
    processes = [Switch(sms_settings.notify_sms_providers) for _ in range(2)]
    now = NOON
    while now < NOON + timedelta(seconds=15):
        for process in processes:
            work(process, now)
        await share(now, *processes)
        now += SECOND
    assert [weights(process) for process in processes] == [{"alfa": 50, "beta": 50}] * 2
    turned = now
    while weights(processes[1])["alfa"] or weights(processes[0])["alfa"]:
        assert now - turned < timedelta(minutes=1)
        for process in processes:
            work(process, now, slow="alfa")
        await share(now, *processes)
        now += SECOND
    assert [weights(process) for process in processes] == [{"alfa": 0, "beta": 100}] * 2
    shifted, seen = now, [0]
    while weights(processes[0])["alfa"] < 50:
        assert now - shifted < timedelta(minutes=30)
        now += timedelta(seconds=10)
        work(processes[0], now)
        await share(now, *processes)
        if weights(processes[0])["alfa"] != seen[-1]:
            seen.append(weights(processes[0])["alfa"])
    assert seen == [0, 10, 20, 30, 40, 50]
    assert now - shifted >= timedelta(minutes=20)


async def test_one_that_fails_has_shifted_within_a_minute(
    switch: Switch, share: Callable[..., Awaitable[None]]
) -> None:
    await share(NOON, switch)
    now = NOON
    while weights(switch)["beta"]:
        now += SECOND
        assert now - NOON < timedelta(minutes=1)
        work(switch, now, failing="beta")
        await share(now, switch)
    assert weights(switch) == {"alfa": 100, "beta": 0}


async def test_little_traffic_moves_no_points_and_a_check_is_made_once_for_all(
    sms_settings: Settings, share: Callable[..., Awaitable[None]]
) -> None:
    processes = [Switch(sms_settings.notify_sms_providers) for _ in range(3)]
    await share(NOON, *processes)
    processes[0].note("alfa", NOON, timedelta(seconds=9), failed=True, taken=False)
    processes[1].note("alfa", NOON, timedelta(seconds=9), failed=True, taken=False)
    await share(NOON + 10 * SECOND, *processes)
    assert weights(processes[2])["alfa"] == 50
    processes[2].note("alfa", NOON, timedelta(seconds=9), failed=True, taken=False)
    await share(NOON + 15 * SECOND, *processes)
    assert weights(processes[2])["alfa"] == 50  # the next check is due ten seconds after the last
    await share(NOON + 20 * SECOND, *processes)
    assert [weights(process)["alfa"] for process in processes] == [0, 0, 0]


async def test_receipts_that_do_not_come_take_points_too(
    switch: Switch, share: Callable[..., Awaitable[None]], hub: Any
) -> None:
    await share(NOON, switch)
    for _ in range(20):
        switch.note("alfa", NOON, SECOND, failed=False, taken=True)
        switch.note("beta", NOON, SECOND, failed=False, taken=True)
    await share(NOON + SECOND, switch)
    async with hub.database.sessions() as session, session.begin():
        for _ in range(20):
            await sms_providers.note_receipt(session, "beta", NOON, NOON + timedelta(minutes=1))
        await sms_providers.note_receipt(session, "alfa", NOON, NOON + timedelta(minutes=9))
    await share(NOON + timedelta(minutes=4), switch)
    assert weights(switch) == {"alfa": 50, "beta": 50}
    await share(NOON + timedelta(minutes=4, seconds=10), switch)
    assert weights(switch) == {"alfa": 40, "beta": 60}


async def test_new_weights_of_the_settings_take_the_place_of_what_was_measured(
    sms_settings: Settings, switch: Switch, share: Callable[..., Awaitable[None]]
) -> None:
    await share(NOON, switch)
    alfa, beta = sms_settings.notify_sms_providers
    other = Switch([alfa.model_copy(update={"weight": 90}), beta.model_copy(update={"weight": 10})])
    await share(NOON + SECOND, other)
    assert weights(other) == {"alfa": 90, "beta": 10}


async def test_what_could_not_be_stored_is_counted_later(
    switch: Switch, share: Callable[..., Awaitable[None]], looking: Any
) -> None:
    await share(NOON, switch)
    switch.note("alfa", NOON, SECOND, failed=False, taken=True)
    await looking.execute("ALTER TABLE notify.sms_measurements RENAME TO hidden")
    with pytest.raises(Exception, match="sms_measurements"):
        await share(NOON + SECOND, switch)
    await looking.execute("ALTER TABLE notify.hidden RENAME TO sms_measurements")
    switch.note("alfa", NOON, SECOND, failed=True, taken=False)
    await share(NOON + 2 * SECOND, switch)
    row = await looking.fetchrow("SELECT * FROM notify.sms_measurements WHERE provider = 'alfa'")
    assert (row["attempts"], row["failed"], row["taken"]) == (2, 1, 1)


def test_a_rate_is_shared_by_the_processes_and_a_part_of_it_is_left_to_codes(
    sms_settings: Settings,
) -> None:
    alfa, beta = sms_settings.notify_sms_providers
    switch = Switch([alfa.model_copy(update={"per_second": 10}), beta])

    def taken(at: float, *, is_code: bool) -> int:
        count = 0
        while not switch.wait("alfa", at, is_code=is_code):
            count += 1
        return count

    assert taken(0.0, is_code=True) == 10
    assert switch.wait("alfa", 0.0, is_code=True) == pytest.approx(0.1)
    assert taken(0.5, is_code=True) == 5
    assert taken(100.0, is_code=True) == 10  # a pause saves up one second's messages and no more
    switch.learn(switch.standings, POLICY, 2)
    assert taken(200.0, is_code=False) == 4  # five for this process, of which a fifth is left
    assert taken(200.0, is_code=True) == 1
    seconds = range(201, 211)
    assert sum(taken(float(at), is_code=False) for at in seconds) <= 50


async def test_both_take_messages_by_their_weights(sms: Sms, switch: Switch, gateways: Gateways) -> None:
    outcomes = [await sms.hand_over(text()) for _ in range(30)]
    assert {outcome.answer for outcome in outcomes} == {Answer.ACCEPTED}
    assert set(await gateways.by()) == {"alfa", "beta"}
    (item, *_) = await gateways.taken()
    assert (item["sender"], item["recipients"], item["text"]) == ("MAI-HUB", [NUMBER], "Cod: 1")
    assert sum(count.taken for count in switch.drain().values()) == 30


async def test_where_one_takes_nothing_the_other_is_tried_in_the_same_attempt(
    sms: Sms, gateways: Gateways, switch: Switch, share: Callable[..., Awaitable[None]]
) -> None:
    await share(clock.now(), switch)
    await gateways.behave(provider="alfa", status=503)
    outcomes = [await sms.hand_over(text()) for _ in range(20)]
    assert {(outcome.answer, outcome.provider) for outcome in outcomes} == {(Answer.ACCEPTED, "beta")}
    assert await gateways.by() == ["beta"] * 20
    await share(clock.now() + 10 * SECOND, switch)
    assert weights(switch) == {"alfa": 0, "beta": 100}


async def test_a_provider_that_is_not_there_at_all_costs_nothing(
    sms_settings: Settings, gateways: Gateways
) -> None:
    alfa, beta = sms_settings.notify_sms_providers
    dead = alfa.model_copy(update={"url": "http://127.0.0.1:1", "weight": 100})
    changed = sms_settings.model_copy(
        update={"notify_sms_providers": (dead, beta.model_copy(update={"weight": 0}))}
    )
    channel = Sms(changed, Switch(changed.notify_sms_providers))
    outcome = await channel.hand_over(text())
    assert (outcome.answer, outcome.provider) == (Answer.ACCEPTED, "beta")
    await channel.close()


async def test_a_slow_answer_is_unknown_and_the_repetition_is_known_where_the_protocol_knows_it(
    sms: Sms, gateways: Gateways, switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sms_gateways, "_TIMEOUT", httpx2.Timeout(0.3))
    switch.standings = tuple(
        replace(each, weight=99 if each.name == "alfa" else 1) for each in switch.standings
    )
    await gateways.behave(provider="alfa", seconds=1, times=1)
    reference = ids.new_id()
    outcome = Outcome(Answer.OUTAGE)
    while outcome.provider != "alfa":
        outcome = await sms.hand_over(text(reference=reference))
    assert outcome == Outcome(Answer.DEFERRED, None, "alfa")
    again = await sms.hand_over(text(tried="alfa", reference=reference))
    assert again == Outcome(Answer.ACCEPTED, 200, "alfa", str(reference))
    assert [item["message_id"] for item in await gateways.taken() if item["provider"] == "alfa"] == [
        str(reference)
    ]


async def test_a_provider_without_weight_is_the_last_resort(
    sms: Sms, gateways: Gateways, switch: Switch
) -> None:
    switch.standings = tuple(
        replace(each, weight=100 if each.name == "alfa" else 0) for each in switch.standings
    )
    await sms.hand_over(text())
    await sms.hand_over(text(tried="beta"))
    await gateways.behave(provider="alfa", status=429, times=1)
    await sms.hand_over(text())
    assert await gateways.by() == ["alfa", "alfa", "beta"]


async def test_a_number_that_cannot_be_written_to_is_refused_and_nobody_else_is_asked(
    sms: Sms, gateways: Gateways, switch: Switch
) -> None:
    switch.standings = tuple(
        replace(each, weight=100 if each.name == "beta" else 0) for each in switch.standings
    )
    outcome = await sms.hand_over(replace(text(), number="+4x"))
    assert (outcome.answer, outcome.provider, outcome.reply_code) == (Answer.REFUSED, "beta", 400)
    assert await gateways.taken() == []


@pytest.fixture
async def make_sms_sender(
    sms_settings: Settings, switch: Switch, holder: Holder
) -> AsyncIterator[Callable[[], Sender]]:
    """Make a sender of text messages; its connections are closed at the end."""
    async with AsyncExitStack() as stack:

        def make() -> Sender:
            carrier = BySms(sms_settings, switch)
            sender = Sender(Channel.SMS, Lane.NOTICE, carrier, 4, holder, Priority())
            stack.push_async_callback(sender._finish)
            return sender

        yield make


@pytest.fixture
def with_phone(fake_identity: Any) -> Callable[..., UUID]:
    """Somebody new with a confirmed number, or another contact."""

    def make(phone: str | None = NUMBER) -> UUID:
        person_id = ids.new_id()
        contact = {"person_id": str(person_id), "email": "ana@example.org", "language": "ro", "phone": phone}
        fake_identity.answer(f"/internal/v1/people/{person_id}/contact", contact)
        return person_id

    return make


@pytest.fixture
def queue_sms(hub: Any) -> Callable[..., Awaitable[Delivery]]:
    """Queue a text message to somebody."""

    async def queue(person_id: UUID) -> Delivery:
        now = clock.now()
        message = messages.write(
            kinds.ACCOUNT_SECURITY,
            ids.new_id(),
            Cause(ids.new_id(), now),
            now,
            person_id=person_id,
            variables={"change": "PASSKEY_ADDED", "changed_on": "2026-11-23"},
        )
        message = replace(message, plan=(Step(Channel.SMS),), step=1)
        delivery = deliveries.queue(message, Channel.SMS, ids.new_id(), now)
        async with hub.database.sessions() as session, session.begin():
            await messages_storage.add(session, [message])
            await deliveries_storage.add(session, [delivery])
        return delivery

    return queue


async def test_a_delivery_goes_as_a_text_in_plain_letters_with_its_id_as_reference(
    queue_sms: Any, with_phone: Any, make_sms_sender: Any, turn: Any, stored: Any, gateways: Gateways
) -> None:
    delivery = await queue_sms(with_phone())
    await turn(make_sms_sender())
    assert (await stored(delivery.id))["state"] == "SENT"
    (item,) = await gateways.taken()
    assert (item["message_id"], item["recipients"], item["sms_parts"]) == (str(delivery.id), [NUMBER], 1)
    assert item["text"].isascii()


@pytest.mark.parametrize(
    ("keeps_marks", "said", "parts"),
    [(False, "Instiintare: " + "a" * 100, 1), (True, "Înștiințare: " + "a" * 100, 2)],
    ids=["without", "with"],
)
async def test_edge_case_84_a_text_goes_without_marks_unless_its_template_keeps_them(
    queue_sms: Any, with_phone: Any, make_sms_sender: Any, turn: Any, gateways: Gateways,
    monkeypatch: pytest.MonkeyPatch, keeps_marks: bool, said: str, parts: int,
) -> None:  # fmt: skip
    say = rendering.say

    def saying(*asked: Any) -> rendering.Words:
        return replace(say(*asked), sms="Înştiinţare: " + "a" * 100, sms_marks=keeps_marks)

    monkeypatch.setattr(rendering, "say", saying)
    await queue_sms(with_phone())
    await turn(make_sms_sender())
    (item,) = await gateways.taken()
    assert (item["text"], item["sms_parts"]) == (said, parts)


async def test_edge_case_84_who_wants_diacritics_in_text_messages_gets_them(
    hub: Any, queue_sms: Any, with_phone: Any, make_sms_sender: Any, turn: Any, gateways: Gateways,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    say = rendering.say
    monkeypatch.setattr(rendering, "say", lambda *asked: replace(say(*asked), sms="Înştiinţare"))
    person = with_phone()
    async with hub.database.sessions() as session, session.begin():
        chosen = Preferences(person, sms_diacritics=True, changed_at=clock.now(), version=1)
        await preferences.put(session, chosen)
    await queue_sms(person)
    await turn(make_sms_sender())
    (item,) = await gateways.taken()
    assert item["text"] == "Înștiințare"


@pytest.mark.parametrize(
    ("phone", "failure"),
    [(None, "no-address"), ("+40213120000", "address-unusable"), ("junk", "address-unusable")],
    ids=["none", "landline", "junk"],
)
async def test_who_has_no_mobile_number_gets_no_text(
    queue_sms: Any, with_phone: Any, make_sms_sender: Any, turn: Any, stored: Any, gateways: Gateways,
    phone: str | None, failure: str,
) -> None:  # fmt: skip
    delivery = await queue_sms(with_phone(phone))
    await turn(make_sms_sender())
    row = await stored(delivery.id)
    assert (row["state"], row["failure"]) == ("FAILED", failure)
    assert await gateways.taken() == []


async def test_while_both_are_dead_the_queue_waits_and_nothing_is_lost_or_doubled(
    queue_sms: Any, with_phone: Any, make_sms_sender: Any, turn: Any, stored: Any, gateways: Gateways,
    let_time_pass: Any,
) -> None:  # fmt: skip
    await gateways.behave(status=503)
    queued = [await queue_sms(with_phone()) for _ in range(5)]
    for _ in range(3):
        await turn(make_sms_sender())
        await let_time_pass()
    rows = [await stored(delivery.id) for delivery in queued]
    assert {(row["state"], row["attempts"], row["failure"]) for row in rows} == {("QUEUED", 0, None)}
    assert await gateways.taken() == []
    await gateways.as_usual()
    for _ in range(2):
        await turn(make_sms_sender())
        await let_time_pass()
    assert {(await stored(delivery.id))["state"] for delivery in queued} == {"SENT"}
    assert sorted(item["message_id"] for item in await gateways.taken()) == sorted(
        str(delivery.id) for delivery in queued
    )
