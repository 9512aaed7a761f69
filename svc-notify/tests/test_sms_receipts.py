"""What providers of text messages report: proved, twice, late, out of order, before it was noted."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest

from hub_cli.mailbox import sms as local
from hub_core import clock, ids
from svc_notify.domain import deliveries, kinds, messages
from svc_notify.domain.deliveries import Answer, Delivery, Outcome
from svc_notify.domain.messages import Cause, Channel, Step
from svc_notify.main import create_app
from svc_notify.manifest import MANIFEST
from svc_notify.operations import sending
from svc_notify.settings import FormProvider, JsonProvider, Settings
from svc_notify.storage import deliveries as deliveries_storage
from svc_notify.storage import messages as messages_storage

ORIGIN = "https://hub.example"
ALFA = JsonProvider(
    protocol="json", name="alfa", url="http://127.0.0.1:1", key="door", reports_password="words"
)
BETA = FormProvider(protocol="form", name="beta", url="http://127.0.0.1:1", account="AC1", token="token")
JSON, FORM = "/notify/v1/sms-receipts/alfa", "/notify/v1/sms-receipts/beta"
SENT = Outcome(Answer.ACCEPTED, 200, "alfa", "ref")


@pytest.fixture(scope="module")
async def listening(
    schema: Any, empty_streams: Any, service_settings: Any, running: Any
) -> AsyncIterator[Any]:
    """A service with both providers, which are not there: only what they report is."""
    await empty_streams()
    await schema.truncate("rule_tables")
    settings = service_settings(
        MANIFEST, Settings, notify_sms_providers=(ALFA, BETA), public_origin=ORIGIN, notify_smtp_port=1
    )
    app = create_app(settings)
    async with running(app) as client:
        yield SimpleNamespace(client=client, database=app.state.hub.database)


@pytest.fixture
def a_text(listening: Any) -> Callable[..., Awaitable[Delivery]]:
    """Store a text message's delivery: queued for later, being sent, or sent."""

    async def store(state: str = "SENT") -> Delivery:
        now = clock.now()
        message = messages.write(
            kinds.ACCOUNT_VALIDATED,
            ids.new_id(),
            Cause(ids.new_id(), now),
            now,
            person_id=ids.new_id(),
            variables={"told_on": "2026-11-23"},
        )
        message = replace(message, plan=(Step(Channel.SMS),), step=1)
        queued = deliveries.queue(message, Channel.SMS, ids.new_id(), now)
        claimed = deliveries.claim(queued, now)
        deferred = Outcome(Answer.DEFERRED, None, "alfa")
        known = {
            "SENDING": claimed,
            "QUEUED": deliveries.settle(claimed, deferred, now, chance=1.0),
            "SENT": deliveries.settle(claimed, replace(SENT, provider_ref=str(queued.id)), now, chance=0),
        }[state]
        async with listening.database.sessions() as session, session.begin():
            await messages_storage.add(session, [message])
            await deliveries_storage.add(session, [known])
        return known

    return store


def report(delivery_id: UUID | str, *states: str) -> dict[str, Any]:
    named = {"DELIVERED": "DELIVERED_TO_HANDSET", "UNDELIVERABLE": "UNDELIVERABLE_NOT_DELIVERED"}
    return {
        "results": [
            {"messageId": str(delivery_id), "status": {"groupName": state, "name": named.get(state, state)}}
            for state in states
        ]
    }


def basic(credentials: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"}


async def by_json(listening: Any, delivery_id: UUID | str, *states: str) -> int:
    answer = await listening.client.post(JSON, json=report(delivery_id, *states), headers=basic("alfa:words"))
    return int(answer.status_code)


async def by_form(listening: Any, delivery_id: UUID | str, state: str) -> int:
    target = f"{FORM}?delivery={delivery_id}"
    form = {"MessageSid": "SM1", "MessageStatus": state, "To": "+40721000000"}
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": local.sign("token", ORIGIN + target, form),
    }
    answer = await listening.client.post(target, content=urlencode(form), headers=headers)
    return int(answer.status_code)


@pytest.mark.parametrize(
    "headers",
    [{}, basic("alfa:other"), basic("beta:words"), {"authorization": "Bearer words"}],
    ids=["none", "wrong-password", "other-name", "bearer"],
)
async def test_who_is_not_proved_to_be_the_provider_is_refused(
    listening: Any, a_text: Any, stored: Any, headers: dict[str, str]
) -> None:
    delivery = await a_text()
    answer = await listening.client.post(JSON, json=report(delivery.id, "DELIVERED"), headers=headers)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (401, "sms-receipt-refused")
    assert (await stored(delivery.id))["state"] == "SENT"


async def test_a_provider_that_nobody_knows_is_refused_like_one_that_is_not_proved(listening: Any) -> None:
    answer = await listening.client.post(
        "/notify/v1/sms-receipts/gamma", json=report(ids.new_id(), "DELIVERED"), headers=basic("gamma:words")
    )
    assert answer.status_code == 401


async def test_a_signature_over_another_message_is_refused(listening: Any, a_text: Any, stored: Any) -> None:
    delivery = await a_text()
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    signature = local.sign("token", f"{ORIGIN}{FORM}?delivery={ids.new_id()}", form)
    answer = await listening.client.post(
        f"{FORM}?delivery={delivery.id}",
        content=urlencode(form),
        headers={"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature},
    )
    assert answer.status_code == 401
    assert (await stored(delivery.id))["state"] == "SENT"


async def test_what_is_no_report_is_told_so(listening: Any) -> None:
    answer = await listening.client.post(JSON, json={"other": 1}, headers=basic("alfa:words"))
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (422, "sms-receipt-unreadable")


@pytest.mark.parametrize("reference", ["0199f2a4-7c1e-7b3a-9d52-000000000007", "not-ours", ""])
async def test_a_reference_that_nobody_knows_is_taken_without_effect(listening: Any, reference: str) -> None:
    assert await by_json(listening, reference, "DELIVERED") == 204
    assert await by_form(listening, reference, "delivered") == 204


async def test_a_report_of_either_protocol_ends_a_delivery(
    listening: Any, a_text: Any, stored: Any, told: Any
) -> None:
    one, other = await a_text(), await a_text()
    assert await by_json(listening, one.id, "PENDING", "DELIVERED") == 204
    assert await by_form(listening, other.id, "undelivered") == 204
    row = await stored(one.id)
    assert (row["state"], row["failure"]) == ("DELIVERED", None)
    row = await stored(other.id)
    assert (row["state"], row["failure"]) == ("BOUNCED", "returned")
    events = await told()
    assert ("hub.notify.delivery.delivered.v1", str(one.id)) in events
    assert ("hub.notify.delivery.bounced.v1", str(other.id)) in events


async def test_a_report_that_comes_again_or_out_of_order_changes_nothing(
    listening: Any, a_text: Any, stored: Any, told: Any
) -> None:
    delivery = await a_text()
    for state in ("delivered", "sent", "delivered", "undelivered", "queued"):
        assert await by_form(listening, delivery.id, state) == 204
    assert (await stored(delivery.id))["state"] == "DELIVERED"
    assert [key for _, key in await told()].count(str(delivery.id)) == 1


@pytest.mark.parametrize("state", ["QUEUED", "SENDING"])
async def test_a_report_before_the_attempt_was_settled_is_not_lost_and_nothing_is_sent_again(
    listening: Any, a_text: Any, stored: Any, state: str
) -> None:
    delivery = await a_text(state)
    assert await by_json(listening, delivery.id, "DELIVERED") == 204
    row = await stored(delivery.id)
    assert (row["state"], row["due_at"]) == ("DELIVERED", None)
    if state == "SENDING":
        late = deliveries.settle(delivery, SENT, clock.now(), chance=0)
        async with listening.database.sessions() as session:
            await sending.settle(session, [late], clock.now())
        assert (await stored(delivery.id))["state"] == "DELIVERED"


async def test_a_report_in_time_is_counted_once_for_its_provider(
    listening: Any, a_text: Any, looking: Any
) -> None:
    async def counted() -> int:
        return int(
            await looking.fetchval(
                "SELECT coalesce(sum(in_time), 0) FROM notify.sms_measurements WHERE provider = 'alfa'"
            )
        )

    delivery, before = await a_text(), await counted()
    for _ in range(2):
        await by_json(listening, delivery.id, "DELIVERED")
    assert await counted() == before + 1


async def test_no_log_line_of_a_report_has_its_number(
    listening: Any, a_text: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    delivery = await a_text()
    await by_form(listening, delivery.id, "delivered")
    said = capsys.readouterr()
    assert "40721000000" not in said.out + said.err
