"""The rules of orders, without I/O."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hub_core import ids
from hub_testing import rules
from svc_notify.domain import conditions, orders
from svc_notify.domain.channels import Channel
from svc_notify.domain.deliveries import State
from svc_notify.domain.kinds import Lane, Purpose
from svc_notify.domain.orders import Counts, Order, Ordering, OrderState, Wish
from svc_notify.domain.plans import Waits
from svc_notify.errors.orders import OrderNotWaiting

from .sending_institution import CONTENT, GIVEN, a_template

NOW = datetime(2026, 11, 23, 23, 59, 30, tzinfo=UTC)
LEGAL = rules.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
BY = Ordering(ids.new_id(), "city-hall")
WAITS = Waits(timedelta(hours=1), timedelta(hours=12))


def an_order(by: Ordering = BY, **special: Any) -> Order:
    wish = Wish(**{"person_id": ids.new_id(), "variables": GIVEN} | special)
    return orders.place(wish, a_template(by.institution_id), by, ids.new_id(), LEGAL, NOW)


STANDINGS: dict[str, tuple[Mapping[Channel, State], OrderState]] = {
    "nothing-yet": ({}, OrderState.QUEUED),
    "being-sent": ({Channel.EMAIL: State.SENDING}, OrderState.QUEUED),
    "inbox-alone": ({Channel.IN_APP: State.DELIVERED}, OrderState.SENT),
    "inbox-and-failed": ({Channel.IN_APP: State.DELIVERED, Channel.EMAIL: State.FAILED}, OrderState.FAILED),
    "bounced-then-sms": ({Channel.EMAIL: State.BOUNCED, Channel.SMS: State.SENT}, OrderState.SENT),
    "sent-then-sms-failed": ({Channel.EMAIL: State.SENT, Channel.SMS: State.FAILED}, OrderState.SENT),
    "delivered": ({Channel.EMAIL: State.DELIVERED, Channel.SMS: State.BOUNCED}, OrderState.DELIVERED),
}


@pytest.mark.parametrize("standing", STANDINGS)
def test_the_best_channel_tells_where_an_order_stands(standing: str) -> None:
    by_channel, shown = STANDINGS[standing]
    assert orders.stands(OrderState.QUEUED, by_channel) is shown


@pytest.mark.parametrize("state", [state for state in OrderState if state is not OrderState.QUEUED])
def test_before_it_is_queued_the_order_itself_tells(state: OrderState) -> None:
    assert orders.stands(state, {Channel.EMAIL: State.SENT}) is state


def test_a_batch_waits_behind_everything_else_and_a_notice_does_not() -> None:
    wish = Wish(person_id=ids.new_id(), variables=GIVEN)
    template = a_template(BY.institution_id)
    (batched,) = orders.place_all([wish], template, BY, ids.new_id(), [ids.new_id()], LEGAL, NOW, None)
    assert (batched.lane, an_order().lane) == (Lane.BULK, Lane.NOTICE)


def test_an_order_without_an_end_ends_by_rule_after_its_time() -> None:
    later = NOW + timedelta(days=10)
    assert an_order(send_at=later).expires_at == later + timedelta(days=30)
    assert an_order(send_at=NOW - timedelta(days=1)).due_at == NOW


def test_only_what_waits_is_cancelled() -> None:
    gone = orders.release(an_order(), (), (), NOW)
    with pytest.raises(OrderNotWaiting):
        orders.cancel(gone, NOW)
    cancelled = orders.cancel(an_order(), NOW)
    assert (cancelled.state, cancelled.due_at, cancelled.ended_at) == (OrderState.CANCELLED, None, NOW)


def test_what_is_due_goes_and_what_is_too_late_expires() -> None:
    order = an_order(expires_at=NOW + timedelta(minutes=5))
    assert orders.release(order, (), (), NOW).state is OrderState.QUEUED
    assert orders.release(order, (), (), NOW + timedelta(minutes=5)).state is OrderState.EXPIRED
    assert orders.release(order, (), {order.person_id}, NOW).state is OrderState.FAILED


def test_who_tests_an_application_reaches_invented_people_only() -> None:
    order = an_order(Ordering(BY.institution_id, "city-hall", is_sandbox=True))
    assert orders.release(order, (), (), NOW).state is OrderState.FAILED
    assert orders.release(order, {order.person_id}, (), NOW).state is OrderState.QUEUED


def test_the_message_of_an_order_holds_none_of_its_values() -> None:
    order = an_order(reference="R-1")
    message = orders.write(order, ids.new_id(), WAITS, NOW)
    assert message.variables == {}
    assert message.sender == order.sender
    assert {step.channel for step in message.plan} == CONTENT.channels
    assert message.purpose is Purpose.TRANSACTIONAL


def test_beyond_the_limit_it_is_told_when_to_come_back() -> None:
    minute, day = orders.minute_of(NOW), orders.day_of(NOW)
    over, limit = orders.excess(Counts(minute, 30_002, day, 5), is_sandbox=False, legal=LEGAL, now=NOW)
    assert (over, limit.headers["retry-after"]) == (2, "31")
    assert limit.headers["ratelimit-policy"] == '"minute";q=30000;w=60'
    over, limit = orders.excess(Counts(minute, 1, day, 1_000_003), is_sandbox=False, legal=LEGAL, now=NOW)
    assert (over, limit.headers["ratelimit"]) == (3, '"day";r=0;t=31')
    assert (
        orders.excess(Counts(minute, 30_000, day, 1_000_000), is_sandbox=False, legal=LEGAL, now=NOW)[0] == 0
    )
    assert orders.excess(Counts(minute, 1, day, 10_001), is_sandbox=True, legal=LEGAL, now=NOW)[0] == 1


def test_no_answer_is_asked_again_twice_as_long_after_until_it_expires() -> None:
    order = an_order(condition="https://x.example.ro/")
    waits = []
    for _ in range(3):
        order = conditions.settle(order, None, LEGAL, NOW)
        waits.append(order.due_at and (order.due_at - NOW).total_seconds())
    assert waits == [30, 60, 120]
    assert conditions.settle(order, None, LEGAL, order.expires_at).state is OrderState.EXPIRED
    assert conditions.settle(order, answer=False, legal=LEGAL, now=NOW).state is OrderState.DECLINED
    goes = conditions.settle(order, answer=True, legal=LEGAL, now=NOW)
    assert (goes.condition, goes.due_at, goes.state) == (None, NOW, OrderState.WAITING)
