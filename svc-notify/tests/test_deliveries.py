"""The rules of a delivery, without I/O (8.1, 11.7; edge cases 85 and 86)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from svc_notify.domain import deliveries, kinds, messages
from svc_notify.domain.deliveries import Answer, Delivery, Failure, Outcome, State
from svc_notify.domain.messages import Cause, Channel

NIGHT = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
"""Two in the morning in Bucharest."""
SECOND = timedelta(seconds=1)
ENDED = {State.SENT, State.FAILED, State.EXPIRED}


def a_code(now: datetime = NIGHT, caused_at: datetime = NIGHT) -> Delivery:
    cause = Cause(UUID(int=2), caused_at)
    message = messages.write(kinds.ACCOUNT_CONFIRM, UUID(int=5), cause, now, confirmation_id=UUID(int=3))
    return deliveries.queue(message, Channel.EMAIL, UUID(int=1), now)


def a_notice(now: datetime = NIGHT) -> Delivery:
    message = messages.write(
        kinds.SUBMISSION_REGISTERED,
        UUID(int=5),
        Cause(UUID(int=2), now),
        now,
        person_id=UUID(int=4),
        variables=dict.fromkeys(kinds.SUBMISSION_REGISTERED.variables, ""),
    )
    return deliveries.queue(message, Channel.EMAIL, UUID(int=1), now)


def settle(delivery: Delivery, answer: Answer, now: datetime = NIGHT, chance: float = 0.0) -> Delivery:
    return deliveries.settle(delivery, Outcome(answer), now, chance=chance)


def test_what_a_person_caused_at_night_is_due_at_night() -> None:
    assert a_notice().due_at == NIGHT


@pytest.mark.parametrize("variables", [{}, {"number": "1"}, {"cnp": ""}])
def test_a_message_takes_exactly_the_variables_of_its_kind(variables: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="takes"):
        messages.write(
            kinds.SUBMISSION_REGISTERED,
            UUID(int=1),
            Cause(UUID(int=2), NIGHT),
            NIGHT,
            person_id=UUID(int=4),
            variables=variables,
        )


@pytest.mark.parametrize("recipient", [{}, {"person_id": UUID(int=3), "confirmation_id": UUID(int=4)}])
def test_a_message_has_one_recipient(recipient: dict[str, UUID]) -> None:
    with pytest.raises(ValueError, match="a person or"):
        messages.write(kinds.ACCOUNT_CONFIRM, UUID(int=1), Cause(UUID(int=2), NIGHT), NIGHT, **recipient)


def test_a_claim_holds_for_the_lease_and_no_longer() -> None:
    claimed = deliveries.claim(a_notice(), NIGHT)
    with pytest.raises(ValueError, match="not due"):
        deliveries.claim(claimed, NIGHT + deliveries.LEASE - SECOND)
    taken_over = deliveries.claim(claimed, NIGHT + deliveries.LEASE)
    assert (taken_over.state, taken_over.attempts) == (State.SENDING, 2)
    assert taken_over.version > claimed.version


def test_a_code_past_its_time_is_not_sent() -> None:
    expired = deliveries.claim(a_code(now=NIGHT, caused_at=NIGHT - timedelta(minutes=15)), NIGHT)
    assert (expired.state, expired.failure, expired.due_at) == (State.EXPIRED, Failure.EXPIRED, None)


def test_accepted_is_sent() -> None:
    sent = deliveries.settle(
        deliveries.claim(a_notice(), NIGHT), Outcome(Answer.ACCEPTED, 250), NIGHT + SECOND, chance=0.5
    )
    assert (sent.state, sent.reply_code, sent.ended_at) == (State.SENT, 250, NIGHT + SECOND)
    assert sent.failure is None


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Answer.REFUSED, Failure.REFUSED),
        (Answer.RECIPIENT_GONE, Failure.RECIPIENT_GONE),
        (Answer.ADDRESS_UNUSABLE, Failure.ADDRESS_UNUSABLE),
    ],
)
def test_what_cannot_get_better_fails_at_once(answer: Answer, failure: Failure) -> None:
    failed = settle(deliveries.claim(a_notice(), NIGHT), answer)
    assert (failed.state, failed.failure) == (State.FAILED, failure)


def test_an_outage_gives_the_delivery_back_and_does_not_count() -> None:
    delivery = settle(deliveries.claim(a_notice(), NIGHT), Answer.OUTAGE, NIGHT + SECOND)
    assert (delivery.state, delivery.attempts, delivery.due_at) == (State.QUEUED, 0, NIGHT + SECOND)


def test_deferrals_follow_the_table_and_then_fail() -> None:
    delivery, now, waits = a_notice(), NIGHT, []
    while delivery.state is State.QUEUED:
        delivery = settle(deliveries.claim(delivery, now), Answer.DEFERRED, now)
        if delivery.due_at:
            waits.append(delivery.due_at - now)
            now = delivery.due_at
    assert tuple(waits) == deliveries.RETRIES
    assert (delivery.state, delivery.failure) == (State.FAILED, Failure.UNDELIVERABLE)


@given(st.floats(0, 1, exclude_max=True))
def test_chance_lengthens_a_wait_by_a_fifth_at_most(chance: float) -> None:
    delivery = settle(deliveries.claim(a_notice(), NIGHT), Answer.DEFERRED, chance=chance)
    assert delivery.due_at is not None
    assert deliveries.RETRIES[0] <= delivery.due_at - NIGHT <= deliveries.RETRIES[0] * 1.2


def test_a_delivery_that_kills_its_senders_ends() -> None:
    delivery, now = a_notice(), NIGHT
    for _ in range(len(deliveries.RETRIES) + 1):
        delivery = deliveries.claim(delivery, now)
        now += deliveries.LEASE
    assert deliveries.claim(delivery, now).failure is Failure.UNDELIVERABLE


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        (250, Answer.ACCEPTED),
        (421, Answer.OUTAGE),
        (450, Answer.DEFERRED),
        (452, Answer.DEFERRED),
        (550, Answer.REFUSED),
        (554, Answer.REFUSED),
        (-1, Answer.DEFERRED),
        (354, Answer.DEFERRED),
    ],
)
def test_replies_are_read_by_their_first_digit(code: int, answer: Answer) -> None:
    assert deliveries.read_reply(code) is answer


def test_pauses_are_short_first_and_five_seconds_at_most() -> None:
    pauses = [deliveries.pause(outages) for outages in range(1, 100)]
    assert pauses[0] == timedelta(milliseconds=250)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(seconds=5)


@pytest.mark.parametrize("kind", ["REQUEST", "COMPLAINT", "NOTIFICATION", "PROPOSAL"])
def test_the_term_of_a_petition_rests_on_og_27(kind: str) -> None:
    assert kinds.legal_basis(kind) == kinds.OG_27_2002


def test_a_suggestion_has_no_term_by_law() -> None:
    assert kinds.legal_basis("SUGGESTION") == ""


class Life(RuleBasedStateMachine):
    """Any order of claims, attempts, kills and waits keeps the record sound."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NIGHT
        self.delivery = a_code()
        self.seen = [self.delivery]

    def become(self, delivery: Delivery) -> None:
        assert delivery.version == self.delivery.version + 1
        self.delivery = delivery
        self.seen.append(delivery)

    @rule(seconds=st.integers(0, 400))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.delivery.due_at is not None and self.delivery.due_at <= self.now)
    @rule()
    def claim(self) -> None:
        self.become(deliveries.claim(self.delivery, self.now))

    @precondition(lambda self: self.delivery.state is State.SENDING)
    @rule(answer=st.sampled_from(Answer), chance=st.floats(0, 1, exclude_max=True))
    def settle(self, answer: Answer, chance: float) -> None:
        self.become(settle(self.delivery, answer, self.now, chance))

    @precondition(lambda self: self.delivery.state in ENDED)
    @rule(answer=st.sampled_from(Answer))
    def an_end_is_an_end(self, answer: Answer) -> None:
        with pytest.raises(ValueError, match="not being sent"):
            settle(self.delivery, answer, self.now)
        with pytest.raises(ValueError, match="not due"):
            deliveries.claim(self.delivery, self.now)

    @invariant()
    def the_record_is_sound(self) -> None:
        delivery = self.delivery
        assert (delivery.due_at is None) == (delivery.state in ENDED) == (delivery.ended_at is not None)
        assert (delivery.failure is not None) == (delivery.state in {State.FAILED, State.EXPIRED})
        assert 0 <= delivery.attempts <= len(deliveries.RETRIES) + 1
        assert sum(step.state in ENDED for step in self.seen) <= 1
        assert sum(step.state is State.SENT for step in self.seen) <= 1


TestLife = Life.TestCase
