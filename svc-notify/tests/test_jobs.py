"""The senders against real PostgreSQL and a real SMTP server: each message once, whatever happens."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import structlog
from structlog.testing import LogCapture

from hub_core import clock, ids
from svc_notify import jobs
from svc_notify.domain import deliveries
from svc_notify.domain.deliveries import Answer, Delivery, Outcome
from svc_notify.domain.kinds import Lane
from svc_notify.domain.messages import Cause, Channel
from svc_notify.holding import Holder
from svc_notify.jobs import Sender
from svc_notify.operations import institutions, notices, sending

Turn = Callable[[Sender], Awaitable[None]]
Queue = Callable[..., Awaitable[Delivery]]
Stored = Callable[[UUID], Awaitable[Any]]
Told = Callable[[], Awaitable[list[tuple[str, str]]]]
Shift = Callable[[], Awaitable[None]]

SENT = "hub.notify.delivery.sent.v1"
FAILED = "hub.notify.delivery.failed.v1"


async def test_a_notice_is_sent_and_told(
    office: Any, sender: Sender, turn: Turn, queue_notice: Queue, stored: Stored, told: Told
) -> None:
    delivery = await queue_notice()
    await turn(sender)
    row = await stored(delivery.id)
    assert (row["state"], row["reply_code"], row["language"], row["attempts"]) == ("SENT", 250, "ro", 1)
    assert row["due_at"] is None
    assert office.recipients == ["ana.popescu@example.org"]
    assert office.message_ids == [f"<{delivery.id}@hub.example>"]
    assert await told() == [(SENT, str(delivery.id))]


@pytest.mark.parametrize(
    ("language", "institution"),
    [("ro", "Instituția: Poliția"), ("hu", "Intézmény: Rendőrség"), ("en", "Institution: Poliția")],
)
async def test_it_is_written_in_the_person_s_language_with_the_institution_s_name(
    office: Any,
    sender: Sender,
    turn: Turn,
    queue_notice: Queue,
    hub: Any,
    fake_identity: Any,
    language: str,
    institution: str,
) -> None:
    person_id, institution_id = ids.new_id(), ids.new_id()
    fake_identity.answer(
        f"/internal/v1/people/{person_id}/contact",
        {"person_id": str(person_id), "email": "x@example.org", "language": language},
    )
    async with hub.database.sessions() as session:
        names = {"ro": "Poliția", "hu": "Rendőrség"}
        await institutions.keep_institution(session, institution_id, names, 1)
    await queue_notice(person_id=person_id, institution_id=institution_id)
    await turn(sender)
    assert office.letters[0]["Content-Language"] == language
    assert institution in office.letters[0].get_body(("plain",)).get_content()


async def test_a_code_goes_by_its_own_lane(
    office: Any, sender: Sender, make_sender: Callable[..., Sender], turn: Turn, hub: Any, fake_identity: Any
) -> None:
    confirmation_id, now = ids.new_id(), clock.now()
    fake_identity.answer(
        f"/internal/v1/email-confirmations/{confirmation_id}",
        {
            "confirmation_id": str(confirmation_id),
            "email": "new@example.org",
            "language": "en",
            "code": "482913",
            "expires_at": (now + timedelta(minutes=15)).isoformat(),
        },
    )
    async with hub.database.sessions() as session:
        await notices.queue_confirmation_code(session, confirmation_id, Cause(ids.new_id(), now), now)
    await turn(sender)
    assert office.letters == []
    await turn(make_sender(Lane.CODE))
    assert office.recipients == ["new@example.org"]
    assert "482913" in office.letters[0].get_body(("plain",)).get_content()


async def test_a_code_that_comes_too_late_expires(
    make_sender: Callable[..., Sender],
    turn: Turn,
    hub: Any,
    stored: Stored,
    told: Told,
    office: Any,
    looking: asyncpg.Connection,
) -> None:
    now = clock.now()
    async with hub.database.sessions() as session:
        (delivery,) = await notices.queue_confirmation_code(
            session, ids.new_id(), Cause(ids.new_id(), now), now
        )
    await looking.execute("UPDATE notify.messages SET expires_at = $1", now)
    await turn(make_sender(Lane.CODE))
    row = await stored(delivery.id)
    assert (row["state"], row["failure"], row["attempts"]) == ("EXPIRED", "expired", 0)
    assert await told() == [(FAILED, str(delivery.id))]
    assert office.connections == 0


async def test_a_closed_account_gets_nothing(
    sender: Sender, turn: Turn, queue_notice: Queue, stored: Stored, told: Told, office: Any
) -> None:
    delivery = await queue_notice(person_id=ids.new_id())
    await turn(sender)
    row = await stored(delivery.id)
    assert (row["state"], row["failure"]) == ("FAILED", "recipient-gone")
    assert await told() == [(FAILED, str(delivery.id))]
    assert office.connections == 0


@pytest.mark.parametrize("address", ["ana@example.org\r\nBcc: ion@example.org", "ana"])
async def test_an_address_that_would_bring_headers_fails(
    sender: Sender,
    turn: Turn,
    queue_notice: Queue,
    stored: Stored,
    office: Any,
    fake_identity: Any,
    address: str,
) -> None:
    person_id = ids.new_id()
    fake_identity.answer(f"/internal/v1/people/{person_id}/contact", {"email": address, "language": "ro"})
    delivery = await queue_notice(person_id=person_id)
    await turn(sender)
    row = await stored(delivery.id)
    assert (row["state"], row["failure"]) == ("FAILED", "address-unusable")
    assert office.connections == 0


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
async def test_a_refused_message_fails_and_is_told(
    office: Any,
    sender: Sender,
    turn: Turn,
    queue_notice: Queue,
    stored: Stored,
    told: Told,
    command: str,
) -> None:
    office.reply(command, "550 5.1.1 nobody here")
    delivery = await queue_notice()
    await turn(sender)
    row = await stored(delivery.id)
    assert (row["state"], row["failure"], row["reply_code"]) == ("FAILED", "refused", 550)
    assert await told() == [(FAILED, str(delivery.id))]


async def test_a_deferred_message_is_sent_a_little_later(
    office: Any,
    sender: Sender,
    turn: Turn,
    queue_notice: Queue,
    stored: Stored,
    told: Told,
    let_time_pass: Shift,
) -> None:
    office.reply("RCPT", "450 4.2.1 try again")
    delivery = await queue_notice()
    await turn(sender)
    row = await stored(delivery.id)
    assert (row["state"], row["reply_code"], row["attempts"]) == ("QUEUED", 450, 1)
    assert deliveries.RETRIES[0] <= row["due_at"] - row["queued_at"] <= timedelta(seconds=4)
    await turn(sender)
    assert office.letters == []
    await let_time_pass()
    await turn(sender)
    assert (await stored(delivery.id))["state"] == "SENT"
    assert len(office.letters) == 1
    assert await told() == [(SENT, str(delivery.id))]


async def test_a_cut_in_the_middle_of_the_message_is_repeated(
    office: Any, sender: Sender, turn: Turn, queue_notice: Queue, stored: Stored, let_time_pass: Shift
) -> None:
    office.cuts_in_data = 1
    delivery = await queue_notice()
    await turn(sender)
    assert (await stored(delivery.id))["state"] == "QUEUED"
    await let_time_pass()
    await turn(sender)
    assert ((await stored(delivery.id))["state"], len(office.letters)) == ("SENT", 1)


async def test_what_was_taken_over_without_a_reply_is_repeated_under_the_same_message_id(
    office: Any, sender: Sender, turn: Turn, queue_notice: Queue, let_time_pass: Shift
) -> None:
    office.hold()
    await queue_notice()
    attempt = asyncio.create_task(turn(sender))
    await office.until(1)
    await office.close()  # the server is gone between its acceptance and its 250
    office.release()
    await attempt
    await office.open()
    await let_time_pass()
    await turn(sender)
    assert len(office.letters) == 2
    assert len(set(office.message_ids)) == 1
    assert office.letters[0].as_bytes() == office.letters[1].as_bytes()


@asynccontextmanager
async def at_work(sender: Sender, hub: Any) -> Any:
    """A sender that runs by itself; at the end what it has begun is finished."""
    running = asyncio.create_task(sender.run(hub))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the senders log."""
    capture = LogCapture()
    monkeypatch.setattr(jobs, "_log", structlog.wrap_logger(structlog.ReturnLogger(), processors=[capture]))
    return capture.entries


async def test_a_restarted_server_is_used_at_once_and_each_message_is_sent_once(
    office: Any,
    sender: Sender,
    turn: Turn,
    hub: Any,
    queue_notice: Queue,
    looking: asyncpg.Connection,
    logs: list[Any],
) -> None:
    queued = [await queue_notice() for _ in range(10)]
    await office.close()
    await turn(sender)
    assert [line["event"] for line in logs].count("outage") == 1
    async with at_work(sender, hub):
        await office.open()
        await office.until(10)
    assert sorted(office.message_ids) == [f"<{delivery.id}@hub.example>" for delivery in queued]
    rows = await looking.fetch("SELECT state, attempts FROM notify.deliveries WHERE channel = 'EMAIL'")
    assert {(row["state"], row["attempts"]) for row in rows} == {("SENT", 1)}
    assert "example.org" not in str(logs)


async def test_during_an_outage_one_message_at_a_time_is_tried_and_pauses_grow(
    office: Any, sender: Sender, turn: Turn, queue_notice: Queue, stored: Stored
) -> None:
    queued = [await queue_notice() for _ in range(3)]
    await office.close()
    await turn(sender)
    assert sender._outages == 1  # three failed at once, and it is one outage
    ends = sender._rests_until
    await turn(sender)
    assert sender._rests_until == ends  # a sender that rests takes nothing
    over = sender._rests_until = clock.now()
    await turn(sender)
    assert sender._outages == 2
    assert sender._rests_until >= over + deliveries.pause(2)
    assert [(await stored(delivery.id))["delivery_version"] for delivery in queued].count(5) == 1


async def test_identity_away_is_waited_for(
    office: Any,
    make_sender: Callable[..., Sender],
    turn: Turn,
    queue_notice: Queue,
    stored: Stored,
    fake_identity: Any,
) -> None:
    delivery = await queue_notice()
    away = make_sender(identity_url="http://127.0.0.1:1")
    await turn(away)
    row = await stored(delivery.id)
    assert (row["state"], row["attempts"], away._outages) == ("QUEUED", 0, 1)
    await turn(make_sender())
    assert (await stored(delivery.id))["state"] == "SENT"


@pytest.mark.parametrize(("status", "attempts"), [(503, 0), (401, 0), (500, 1)])
async def test_a_failing_answer_of_identity_is_one_person_s_only_when_it_says_so(
    sender: Sender,
    turn: Turn,
    queue_notice: Queue,
    stored: Stored,
    fake_identity: Any,
    status: int,
    attempts: int,
) -> None:
    person_id = ids.new_id()
    fake_identity.answer(f"/internal/v1/people/{person_id}/contact", {"title": "no"}, status)
    delivery = await queue_notice(person_id=person_id)
    await turn(sender)
    row = await stored(delivery.id)
    assert (row["state"], row["attempts"]) == ("QUEUED", attempts)


async def test_two_senders_at_once_never_send_one_delivery_twice(
    office: Any, make_sender: Callable[..., Sender], hub: Any, queue_notice: Queue, told: Told
) -> None:
    queued = [await queue_notice() for _ in range(40)]
    one, other = make_sender(), make_sender()
    async with at_work(one, hub), at_work(other, hub):
        await office.until(40)
    assert sorted(office.message_ids) == [f"<{delivery.id}@hub.example>" for delivery in queued]
    assert sorted(await told()) == [(SENT, str(delivery.id)) for delivery in queued]
    assert office.connections <= 8


async def a_claim(hub: Any) -> Delivery:
    async with hub.database.sessions() as session:
        (claimed,) = await sending.claim(session, Channel.EMAIL, Lane.NOTICE, 1, clock.now())
    return claimed.delivery


async def test_what_a_killed_sender_had_claimed_is_taken_over_after_its_lease(
    office: Any,
    sender: Sender,
    turn: Turn,
    hub: Any,
    queue_notice: Queue,
    stored: Stored,
    let_time_pass: Shift,
) -> None:
    delivery = await queue_notice()
    await a_claim(hub)
    await turn(sender)
    assert ((await stored(delivery.id))["state"], office.letters) == ("SENDING", [])
    await let_time_pass()
    await turn(sender)
    row = await stored(delivery.id)
    assert (row["state"], row["attempts"], len(office.letters)) == ("SENT", 2, 1)


async def test_who_lost_a_delivery_changes_nothing(
    sender: Sender,
    turn: Turn,
    hub: Any,
    queue_notice: Queue,
    stored: Stored,
    told: Told,
    let_time_pass: Shift,
) -> None:
    delivery = await queue_notice()
    lost = await a_claim(hub)
    await let_time_pass()
    await turn(sender)
    late = deliveries.settle(lost, Outcome(Answer.DEFERRED), clock.now(), chance=0)
    async with hub.database.sessions() as session:
        assert not await sending.settle(session, [late], clock.now())
    assert (await stored(delivery.id))["state"] == "SENT"
    assert await told() == [(SENT, str(delivery.id))]


async def test_nobody_can_claim_what_is_being_handed_over(
    office: Any, sender: Sender, turn: Turn, hub: Any, queue_notice: Queue, stored: Stored
) -> None:
    office.hold()
    delivery = await queue_notice()
    attempt = asyncio.create_task(turn(sender))
    await office.until(1)
    async with hub.database.sessions() as session:
        assert (
            await sending.claim(session, Channel.EMAIL, Lane.NOTICE, 1, clock.now() + timedelta(hours=1))
            == []
        )
    office.release()
    await attempt
    assert (await stored(delivery.id))["state"] == "SENT"


async def test_a_slow_server_is_awaited_under_an_extended_lease(
    office: Any,
    sender: Sender,
    turn: Turn,
    hub: Any,
    queue_notice: Queue,
    stored: Stored,
    looking: asyncpg.Connection,
) -> None:
    office.hold()
    delivery = await queue_notice()
    attempt = asyncio.create_task(turn(sender))
    await office.until(1)
    soon = clock.now() + timedelta(seconds=2)
    await looking.execute(
        "UPDATE notify.deliveries SET due_at = $1 WHERE id = $2", soon, delivery.id
    )  # waits
    sender._held[delivery.id] = replace(sender._held[delivery.id], due_at=soon)
    await sender._extend_leases(hub)
    assert (await stored(delivery.id))["due_at"] > soon + timedelta(seconds=10)
    office.release()
    await attempt
    assert ((await stored(delivery.id))["state"], len(office.letters)) == ("SENT", 1)


async def test_a_sender_that_was_stopped_past_its_lease_hands_nothing_over(
    office: Any, sender: Sender, hub: Any, queue_notice: Queue, stored: Stored
) -> None:
    delivery = await queue_notice()
    late = replace(await a_claim(hub), due_at=clock.now())
    sender._held[late.id] = late
    await sender._attempt(hub, sending.Claimed(late, {}))
    row = await stored(delivery.id)
    assert (office.letters, row["state"], row["attempts"]) == ([], "QUEUED", 0)


async def test_what_a_stopped_process_holds_goes_to_nobody_while_it_is_connected(
    office: Any,
    sender: Sender,
    turn: Turn,
    hub: Any,
    settings: Any,
    queue_notice: Queue,
    let_time_pass: Shift,
) -> None:
    stopped = Holder(settings.database_dsn.get_secret_value())
    await queue_notice()
    async with hub.database.sessions() as session:
        assert await sending.claim(
            session, Channel.EMAIL, Lane.NOTICE, 1, clock.now(), await stopped.number()
        )
    await let_time_pass()
    await turn(sender)
    assert office.letters == []
    await stopped.close()  # as the kernel does when it is killed
    async with asyncio.timeout(10):
        while not office.letters:
            await turn(sender)
    assert len(office.letters) == 1


async def test_a_process_that_lost_its_connection_holds_again_what_it_held(
    settings: Any, looking: asyncpg.Connection
) -> None:
    holder = Holder(settings.database_dsn.get_secret_value())
    number = await holder.number()
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'notify holder'"
    await looking.execute(ended)
    async with asyncio.timeout(10):
        while not holder._driver.is_closed():
            await asyncio.sleep(0)
    assert await holder.number() == number
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid::bigint = $1"
    assert await looking.fetchval(held, number) == 1
    await holder.close()


async def test_what_cannot_be_written_is_put_off_and_does_not_stay_in_hand(
    sender: Sender,
    turn: Turn,
    queue_notice: Queue,
    stored: Stored,
    looking: asyncpg.Connection,
    logs: list[Any],
) -> None:
    delivery = await queue_notice()
    await looking.execute("UPDATE notify.messages SET variables = '{}' WHERE id = $1", delivery.message.id)
    await turn(sender)
    row = await stored(delivery.id)
    assert (row["state"], row["attempts"]) == ("QUEUED", 1)
    assert [line["event"] for line in logs] == ["attempt broken off", "attempt"]


async def test_what_ends_together_is_stored_together_and_each_one_s_failure_is_its_own(
    sender: Sender, turn: Turn, hub: Any, queue_notice: Queue, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued = [await queue_notice() for _ in range(3)]
    bad, together, settle = queued[1].id, [], sending.settle

    async def settle_but_one(session: Any, settled: Any, now: Any) -> Any:
        together.append(len(settled))
        if any(delivery.id == bad for delivery in settled):
            raise ValueError("not this one")
        return await settle(session, settled, now)

    monkeypatch.setattr(sending, "settle", settle_but_one)
    async with hub.database.sessions() as session:
        claimed = await sending.claim(session, Channel.EMAIL, Lane.NOTICE, 3, clock.now())
    ended = [
        deliveries.settle(one.delivery, Outcome(Answer.ACCEPTED), clock.now(), chance=0) for one in claimed
    ]
    results = await asyncio.gather(
        *(sender._settling.settle(hub, one) for one in ended), return_exceptions=True
    )
    assert [one if one is True else type(one) for one in results] == [
        ValueError if one.id == bad else True for one in ended
    ]
    assert together == [3, 1, 1, 1]


async def test_a_code_goes_before_what_waits() -> None:
    priority = jobs.Priority()
    with priority.on_its_way(Lane.CODE):
        await priority.turn(Lane.CODE)
        notice = asyncio.create_task(priority.turn(Lane.NOTICE))
        await asyncio.sleep(0)
        assert not notice.done()
    await asyncio.wait_for(notice, 1)


async def test_codes_that_do_not_leave_hold_up_nobody() -> None:
    priority = jobs.Priority()
    with priority.on_its_way(Lane.CODE):
        await asyncio.wait_for(priority.turn(Lane.BULK), 5)


async def test_a_sent_message_is_noted_as_soon_as_the_database_is_back(
    office: Any,
    sender: Sender,
    turn: Turn,
    queue_notice: Queue,
    stored: Stored,
    looking: asyncpg.Connection,
    logs: list[Any],
) -> None:
    office.hold()
    delivery = await queue_notice()
    attempt = asyncio.create_task(turn(sender))
    await office.until(1)
    await looking.execute("ALTER ROLE notify_app NOLOGIN")
    try:
        await looking.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'notify_app'"
        )
        office.release()
        async with asyncio.timeout(10):
            while not any(line["event"] == "database away" for line in logs):
                await asyncio.wait([attempt], timeout=0.02)
        assert (await stored(delivery.id))["state"] == "SENDING"
    finally:
        await looking.execute("ALTER ROLE notify_app LOGIN")
    await attempt
    assert ((await stored(delivery.id))["state"], len(office.letters)) == ("SENT", 1)


async def test_a_stop_lets_what_is_being_handed_over_end(
    office: Any, sender: Sender, hub: Any, queue_notice: Queue, stored: Stored
) -> None:
    office.hold()
    delivery = await queue_notice()
    async with at_work(sender, hub):
        await office.until(1)
        office.release()
    assert (await stored(delivery.id))["state"] == "SENT"


async def test_nothing_of_a_recipient_is_stored_or_told(
    sender: Sender, turn: Turn, queue_notice: Queue, looking: asyncpg.Connection
) -> None:
    await queue_notice()
    await turn(sender)
    delivery = await looking.fetchval("SELECT d::text FROM notify.deliveries d")
    event = await looking.fetchval("SELECT convert_from(body, 'UTF8') FROM notify.outbox")
    assert "@" not in delivery + event
    assert "popescu" not in delivery + event
