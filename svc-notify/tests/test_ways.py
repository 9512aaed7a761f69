"""Any order of what can happen to a message and its deliveries, without I/O (8.1; edge cases 85 and 86)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from svc_notify.domain import deliveries, messages, plans
from svc_notify.domain.channels import EVERY, Channel
from svc_notify.domain.deliveries import Answer, Delivery, Failure, Outcome, State
from svc_notify.domain.kinds import Lane, Purpose
from svc_notify.domain.messages import Message
from svc_notify.domain.plans import Reach, Waits
from svc_notify.domain.quiet_hours import QuietHours

NOON = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
NIGHT = QuietHours(21 * 60, 8 * 60)
WAITS = Waits(timedelta(hours=1), timedelta(hours=12))
LIVES = timedelta(days=3)
OPEN = {State.QUEUED, State.SENDING}
CHANNELS = st.frozensets(st.sampled_from([Channel.EMAIL, Channel.SMS, Channel.PUSH]))
ANSWERS = st.sampled_from(Answer)


class Ways(RuleBasedStateMachine):
    """A message on its way: steps, attempts, failures, reports, kills and the proof of reading."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.ids = count(10)
        self.ways: dict[Channel, Delivery] = {}
        self.handed_over: list[tuple[Channel, datetime]] = []

    @initialize(
        purpose=st.sampled_from(Purpose), chosen=CHANNELS, unusable=CHANNELS, has_account=st.booleans()
    )
    def begin(
        self, purpose: Purpose, chosen: frozenset[Channel], unusable: frozenset[Channel], has_account: bool
    ) -> None:
        reach = Reach(chosen | {Channel.IN_APP}, unusable, has_account)
        self.has_account = has_account
        self.message = Message(
            id=UUID(int=1),
            cause_id=UUID(int=2),
            person_id=UUID(int=3) if has_account else None,
            template="booking.reminder",
            template_version=1,
            lane=Lane.NOTICE,
            purpose=purpose,
            plan=plans.fit(plans.standard(EVERY, purpose, WAITS), purpose, reach),
            queued_at=NOON,
            expires_at=NOON + LIVES,
        )
        self.go_on()

    def go_on(self) -> None:
        was_read = self.message.is_read
        self.message, channels = messages.go_on(self.message, self.now)
        assert not (was_read and channels)
        for channel in channels:
            assert channel not in self.ways
            begun = deliveries.begin(self.message, channel, UUID(int=next(self.ids)), self.now, NIGHT)
            self.ways[channel] = begun
        for channel in channels:
            self.fail_over(self.ways[channel])

    def fail_over(self, ended: Delivery) -> None:
        message = self.message
        if deliveries.leaves_room(ended, self.now) and plans.goes_on(
            message.plan, message.step, ended.channel
        ):
            self.go_on()

    def become(self, delivery: Delivery | None) -> None:
        if delivery is not None:
            assert delivery.version == self.ways[delivery.channel].version + 1
            self.ways[delivery.channel] = delivery
            self.fail_over(delivery)

    def claim(self, channel: Channel) -> None:
        held = replace(self.ways[channel], message=self.message)
        if held.due_at is not None and held.due_at <= self.now:
            self.become(deliveries.claim(held, self.now, hours=NIGHT))
            if self.ways[channel].state is State.SENDING:
                assert not self.message.is_read
                assert self.now < self.message.expires_at
                self.handed_over.append((channel, self.now))

    @rule(minutes=st.sampled_from([0, 1, 10, 61, 6 * 60, 13 * 60]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.message.next_at is not None and self.message.next_at <= self.now)
    @rule()
    def advance(self) -> None:
        self.go_on()

    def under_way(self) -> list[Channel]:
        return sorted(channel for channel, way in self.ways.items() if way.state is State.SENDING)

    def due(self) -> list[Channel]:
        return sorted(channel for channel, way in self.ways.items() if way.due_at and way.due_at <= self.now)

    @precondition(lambda self: self.due())
    @rule(data=st.data())
    def send(self, data: Any) -> None:
        """A sender takes what is due; it may be killed before anything comes of that."""
        self.claim(data.draw(st.sampled_from(self.due())))

    @precondition(lambda self: self.under_way())
    @rule(data=st.data(), answer=ANSWERS)
    def settle(self, data: Any, answer: Answer) -> None:
        self.become(
            deliveries.settle(
                self.ways[data.draw(st.sampled_from(self.under_way()))], Outcome(answer), self.now, chance=0
            )
        )

    @precondition(lambda self: self.under_way())
    @rule(data=st.data())
    def try_again(self, data: Any) -> None:
        """An attempt is put off, maybe after the person has read the message, and its time comes again."""
        channel = data.draw(st.sampled_from(self.under_way()))
        if data.draw(st.booleans()):
            self.read()
        self.become(deliveries.settle(self.ways[channel], Outcome(Answer.DEFERRED), self.now, chance=0))
        if self.ways[channel].due_at is not None:
            self.now += deliveries.RETRIES[-1]
            self.claim(channel)

    @rule(data=st.data(), failure=st.sampled_from([Failure.ADDRESS_GONE, Failure.RETURNED]))
    def bounce(self, data: Any, failure: Failure) -> None:
        held = self.ways[data.draw(st.sampled_from(sorted(self.ways)))]
        self.become(deliveries.bounce(held, failure, self.now))
        assert deliveries.bounce(self.ways[held.channel], failure, self.now) is None

    @rule(data=st.data())
    def arrive(self, data: Any) -> None:
        held = self.ways[data.draw(st.sampled_from(sorted(self.ways)))]
        self.become(deliveries.deliver(held, self.now))
        assert deliveries.deliver(self.ways[held.channel], self.now) is None

    @rule()
    def read(self) -> None:
        """The person proves it, as often as they like; what waits is called back."""
        first = self.message.read_at
        self.message = messages.read(self.message, Channel.IN_APP, self.now)
        assert self.message.read_at == (first or self.now)
        for channel, held in self.ways.items():
            if held.state is State.QUEUED:
                self.ways[channel] = deliveries.cancel(held, self.now)

    @invariant()
    def nothing_is_handed_over_after_it_was_read(self) -> None:
        read_at = self.message.read_at
        assert read_at is None or all(at <= read_at for _, at in self.handed_over)

    @invariant()
    def a_notice_is_in_the_inbox_or_without_an_account_by_e_mail(self) -> None:
        if self.message.purpose is Purpose.TRANSACTIONAL:
            if self.has_account:
                assert self.ways[Channel.IN_APP].state is State.DELIVERED
            else:
                assert Channel.EMAIL in self.ways

    @invariant()
    def what_only_recalls_was_not_sent_at_night(self) -> None:
        if self.message.purpose in plans.QUIET:
            loud = [at for channel, at in self.handed_over if channel in {Channel.SMS, Channel.PUSH}]
            assert all(NIGHT.over(at) == at for at in loud)

    def teardown(self) -> None:
        """Whatever has happened, with time it ends."""
        self.now = max(self.now, self.message.expires_at) + timedelta(days=1)
        if self.message.next_at is not None:
            self.go_on()
        for channel in tuple(self.ways):
            self.claim(channel)
        assert self.message.next_at is None
        assert not [way for way in self.ways.values() if way.state in OPEN]


TestWays = Ways.TestCase
