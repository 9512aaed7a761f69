"""The rules of webhooks, without I/O: filters, states, waits, signatures."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from svc_notify.domain import webhook_messages as messages
from svc_notify.domain import webhooks
from svc_notify.domain.feed import FeedEvent
from svc_notify.domain.webhook_messages import Challenge
from svc_notify.domain.webhooks import (
    Delivery,
    DeliveryState,
    Endpoint,
    Failure,
    Outcome,
    Secrets,
    State,
    Stop,
    Terms,
    Wanted,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TERMS = Terms(
    endpoints=10,
    at_once=4,
    timeout=timedelta(seconds=15),
    first_wait=timedelta(seconds=5),
    longest_wait=timedelta(hours=12),
    term=timedelta(hours=72),
    failing=timedelta(days=5),
    overlap=timedelta(hours=24),
    kept=timedelta(days=30),
)
REFUSED = Outcome(500, Failure.STATUS)
TAKEN = Outcome(204)


def an_endpoint(**given: object) -> Endpoint:
    wanted = Wanted(
        "https://hooks.example.com/",
        "",
        given.pop("event_types", ()),  # type: ignore[arg-type]
        given.pop("subjects", ()),  # type: ignore[arg-type]
    )
    made = Endpoint(
        id=UUID(int=1),
        client_id="partner",
        institution_id=None,
        is_sandbox=False,
        wanted=wanted,
        state=State.ACTIVE,
        created_at=NOW,
        state_since=NOW,
    )
    return replace(made, **given)  # type: ignore[arg-type]


def an_event(event_type: str = "hub.petitions.file.opened.v1", subject: str | None = "7") -> FeedEvent:
    return FeedEvent(
        id=UUID(int=7),
        type=event_type,
        subject=subject,
        time=NOW,
        institution_id=None,
        person_id=None,
        scope=None,
        is_public=True,
        sandbox_client_id=None,
        body=b"{}",
        position=12,
    )


def a_delivery(**given: object) -> Delivery:
    queued = webhooks.queue(UUID(int=1), an_event(), NOW, TERMS)
    return replace(queued, state=DeliveryState.SENDING, attempts=1, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("types", "subjects", "wanted"),
    [
        ((), (), True),
        (("hub.petitions.file.opened.v1",), (), True),
        (("hub.petitions.*",), (), True),
        (("hub.petitions.file.*",), ("6", "7"), True),
        (("hub.catalog.*", "hub.petitions.*"), (), True),
        (("hub.catalog.*",), (), False),
        (("hub.petitions.file",), (), False),
        ((), ("6",), False),
        (("hub.catalog.*",), ("7",), False),
    ],
)
def test_filters_by_type_and_subject_must_both_mean_an_event(types, subjects, wanted):
    assert webhooks.wants(an_endpoint(event_types=types, subjects=subjects), an_event()) is wanted


def test_an_event_without_a_subject_is_meant_by_no_filter_of_subjects():
    assert not webhooks.wants(an_endpoint(subjects=("7",)), an_event(subject=None))


@pytest.mark.parametrize("state", [State.UNVERIFIED, State.PAUSED, State.DISABLED])
def test_only_an_active_endpoint_takes_events(state):
    assert not webhooks.wants(an_endpoint(state=state), an_event())


def test_at_another_address_an_endpoint_is_verified_again_and_with_other_filters_it_is_not():
    endpoint = an_endpoint(failures=3)
    filtered = webhooks.change(endpoint, replace(endpoint.wanted, subjects=("7",)), NOW)
    assert (filtered.state, filtered.version) == (State.ACTIVE, 2)
    moved = webhooks.change(endpoint, replace(endpoint.wanted, address="https://other.example.com/"), NOW)
    assert (moved.state, moved.failures) == (State.UNVERIFIED, 0)
    assert webhooks.verify(moved, NOW).state is State.ACTIVE


def test_pausing_and_resuming():
    paused = webhooks.pause(an_endpoint(), NOW)
    assert paused is not None
    assert (paused.state, paused.stop) == (State.PAUSED, Stop.OWNER)
    assert webhooks.pause(paused, NOW) is None
    resumed = webhooks.resume(paused, NOW)
    assert resumed is not None
    assert (resumed.state, resumed.stop) == (State.ACTIVE, None)
    assert webhooks.resume(resumed, NOW) is None
    assert webhooks.resume(an_endpoint(state=State.DISABLED), NOW) is None


def test_tries_go_on_for_72_hours_with_growing_waits_and_the_last_is_at_their_end():
    delivery, now, waits = a_delivery(), NOW, []
    while True:
        delivery = webhooks.settle(delivery, REFUSED, now, TERMS, chance=0)
        if delivery.state is DeliveryState.DEAD:
            break
        assert delivery.due_at is not None
        waits.append(delivery.due_at - now)
        now = delivery.due_at
        delivery = replace(delivery, state=DeliveryState.SENDING, attempts=delivery.attempts + 1)
    assert now == NOW + TERMS.term
    assert delivery.ended_at == now
    assert waits[:6] == [timedelta(seconds=5 * 4**number) for number in range(6)]
    assert waits[:-1] == sorted(waits[:-1])
    assert max(waits) == TERMS.longest_wait
    assert len(waits) == 13


@pytest.mark.parametrize("attempts", [1, 5, 9, 400])
def test_chance_makes_a_wait_up_to_a_fifth_longer(attempts):
    shortest = webhooks.wait(attempts, REFUSED, TERMS, chance=0)
    longest = webhooks.wait(attempts, REFUSED, TERMS, chance=0.999)
    assert shortest < longest < shortest * 1.2


def test_what_is_taken_has_ended():
    delivered = webhooks.settle(a_delivery(), TAKEN, NOW, TERMS, chance=0)
    assert (delivered.state, delivered.due_at, delivered.ended_at) == (DeliveryState.DELIVERED, None, NOW)


def test_410_disables_at_once_and_the_event_is_tried_again_should_it_come_back():
    gone = webhooks.judge(410, None, timedelta(), NOW)
    disabled = webhooks.after(an_endpoint(), gone, NOW, TERMS)
    assert (disabled.state, disabled.stop) == (State.DISABLED, Stop.GONE)
    assert webhooks.settle(a_delivery(), gone, NOW, TERMS, chance=0).state is DeliveryState.QUEUED


def test_500_for_a_day_rests_the_endpoint_and_for_five_days_pauses_it():
    endpoint, now = an_endpoint(), NOW
    while now < NOW + timedelta(days=1):
        endpoint = webhooks.after(endpoint, REFUSED, now, TERMS)
        assert endpoint.rests_until is not None
        assert now < endpoint.rests_until <= now + timedelta(minutes=5)
        now = endpoint.rests_until
    assert (endpoint.state, endpoint.failing_since) == (State.ACTIVE, NOW)
    assert webhooks.after(endpoint, TAKEN, now, TERMS) == an_endpoint()
    paused = webhooks.after(endpoint, REFUSED, NOW + TERMS.failing, TERMS)
    assert (paused.state, paused.stop) == (State.PAUSED, Stop.FAILING)


def test_what_ends_late_changes_nothing_of_an_endpoint_that_was_stopped_meanwhile():
    stopped = an_endpoint(state=State.PAUSED, stop=Stop.OWNER)
    assert webhooks.after(stopped, webhooks.judge(410, None, timedelta(), NOW), NOW, TERMS) == stopped


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("120", timedelta(seconds=120)),
        ("Mon, 23 Nov 2026 09:05:00 GMT", timedelta(minutes=5)),
        ("Mon, 23 Nov 2026 08:00:00 GMT", timedelta()),
        ("soon", None),
        ("-5", None),
        ("²", None),
        (None, None),
    ],
    ids=["seconds", "date", "past", "word", "negative", "superscript", "none"],
)
def test_retry_after_is_read_in_both_of_its_forms(said, asked):
    assert webhooks.judge(503, said, timedelta(), NOW).again_after == asked


def test_retry_after_makes_waits_longer_within_bounds_and_never_shorter():
    def asked(said: str) -> timedelta:
        return webhooks.wait(1, webhooks.judge(429, said, timedelta(), NOW), TERMS, chance=0)

    assert asked("1") == timedelta(seconds=5)
    assert asked("600") == timedelta(minutes=10)
    assert asked("9" * 40) == TERMS.longest_wait
    rested = webhooks.after(an_endpoint(), webhooks.judge(429, "600", timedelta(), NOW), NOW, TERMS)
    assert rested.rests_until == NOW + timedelta(minutes=10)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 304])
def test_a_redirect_is_a_failure(status):
    assert webhooks.judge(status, None, timedelta(), NOW).failure is Failure.REDIRECT


def test_both_secrets_sign_while_they_overlap():
    before = an_endpoint(secrets=Secrets(b"old"))
    renewed = webhooks.renew_secret(before, b"new", NOW, TERMS, overlap=True)
    assert webhooks.signing(renewed, NOW) == [b"new", b"old"]
    assert webhooks.signing(renewed, NOW + timedelta(hours=24) - timedelta(seconds=1)) == [b"new", b"old"]
    assert webhooks.signing(renewed, NOW + timedelta(hours=24)) == [b"new"]
    again = webhooks.renew_secret(renewed, b"newest", NOW, TERMS, overlap=True)
    assert webhooks.signing(again, NOW) == [b"newest", b"new"]


def test_a_secret_that_leaked_signs_nothing_more():
    renewed = webhooks.renew_secret(an_endpoint(secrets=Secrets(b"old")), b"new", NOW, TERMS, overlap=False)
    assert webhooks.signing(renewed, NOW) == [b"new"]


def test_the_signature_is_that_of_the_standards_own_example():
    """Standard Webhooks, the vector that its libraries are tested with."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    body = b'{"test": 2432232314}'
    assert (
        messages.sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body)
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )
    assert messages.show_secret(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_each_secret_signs_and_the_newest_stands_first():
    sent = messages.headers([b"new", b"old"], "an-id", NOW, b"{}")
    assert sent["webhook-id"] == "an-id"
    assert sent["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert sent["webhook-signature"].split(" ") == [
        messages.sign(secret, "an-id", NOW, b"{}") for secret in (b"new", b"old")
    ]


ASKED = Challenge(UUID(int=5), UUID(int=1), "zx-9", NOW)


def answered(secret: bytes, text: str = "zx-9") -> bytes:
    return json.dumps({"answer": messages.sign(secret, str(ASKED.id), NOW, text.encode())}).encode()


def test_only_who_has_the_secret_meets_a_challenge():
    assert ASKED.is_met_by(b"secret", 200, answered(b"secret"))
    assert not ASKED.is_met_by(b"secret", 200, answered(b"another"))
    assert not ASKED.is_met_by(b"secret", 200, answered(b"secret", "zx-8"))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (204, answered(b"secret")),
        (302, answered(b"secret")),
        (200, b""),
        (200, b"ok"),
        (200, b"[]"),
        (200, b"\xff"),
        (200, b'{"answer": 1}'),
        (200, '{"answer": "é"}'.encode()),
        (200, b'{"answer": "zx-9"}'),
        (200, b'{"challenge": "zx-9"}'),
        (200, ASKED.body),
        (200, json.dumps({"answer": ASKED.headers([b"secret"])["webhook-signature"]}).encode()),
    ],
    ids=("status", "redirect", *(f"body-{number}" for number in range(10))),
)
def test_who_answers_anything_or_repeats_what_came_does_not_meet_a_challenge(status, body):
    assert not ASKED.is_met_by(b"secret", status, body)
