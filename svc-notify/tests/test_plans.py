"""Which channels bring a message to whom, without I/O (8.1; edge cases 85 and 86)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.clock import BUCHAREST
from svc_notify.domain import messages, plans, quiet_hours
from svc_notify.domain.channels import EVERY, Channel, Step
from svc_notify.domain.kinds import Lane, Purpose
from svc_notify.domain.messages import Message
from svc_notify.domain.plans import Reach, Waits
from svc_notify.domain.quiet_hours import QuietHours

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
WAITS = Waits(timedelta(hours=1), timedelta(hours=12))
NIGHT = QuietHours(21 * 60, 8 * 60)
AT_ONCE = timedelta()
CHANNELS = st.frozensets(st.sampled_from(Channel))
PURPOSES = st.sampled_from(Purpose)


def a_message(plan: plans.Plan, lives: timedelta = timedelta(days=30)) -> Message:
    return Message(
        id=UUID(int=1),
        cause_id=UUID(int=2),
        person_id=UUID(int=3),
        template="booking.reminder",
        template_version=1,
        lane=Lane.NOTICE,
        plan=plan,
        queued_at=NOON,
        expires_at=NOON + lives,
    )


def ways(plan: plans.Plan) -> list[Channel]:
    return [step.channel for step in plan]


def test_a_notice_is_in_the_inbox_and_by_e_mail_at_once() -> None:
    """Edge case 86: the text message is for who cannot be reached otherwise."""
    begun, channels = messages.go_on(a_message(plans.standard(EVERY, Purpose.TRANSACTIONAL, WAITS)), NOON)
    assert channels == (Channel.IN_APP, Channel.PUSH, Channel.EMAIL)
    assert begun.next_at is None
    assert ways(begun.plan[begun.step :]) == [Channel.SMS]


def test_a_reminder_goes_further_only_while_it_is_unread() -> None:
    begun, channels = messages.go_on(a_message(plans.standard(EVERY, Purpose.REMINDER, WAITS)), NOON)
    assert channels == (Channel.IN_APP, Channel.PUSH)
    assert begun.next_at == NOON + WAITS.before_email
    later, channels = messages.go_on(begun, NOON + WAITS.before_email)
    assert channels == (Channel.EMAIL,)
    assert later.next_at == NOON + WAITS.before_email + WAITS.before_sms
    read = messages.read(later, Channel.IN_APP, NOON + timedelta(hours=2))
    assert (read.next_at, messages.go_on(read, NOON + timedelta(days=1))[1]) == (None, ())


def test_the_first_proof_of_reading_counts() -> None:
    read = messages.read(a_message(()), Channel.IN_APP, NOON)
    assert messages.read(read, Channel.PUSH, NOON + timedelta(hours=1)) is read


def test_what_would_be_due_after_it_expires_is_left_out() -> None:
    reminder = plans.standard(EVERY, Purpose.REMINDER, WAITS)
    begun, _ = messages.go_on(a_message(reminder, lives=WAITS.before_email), NOON)
    assert begun.next_at is None
    unread, _ = messages.go_on(a_message(reminder, lives=timedelta(hours=2)), NOON)
    assert messages.go_on(unread, NOON + timedelta(hours=2))[1] == ()


def test_where_the_e_mail_cannot_go_the_text_message_takes_its_place() -> None:
    """Edge case 86: a known bounce costs no time."""
    reach = Reach(unusable=frozenset({Channel.EMAIL, Channel.PUSH}))
    notice = plans.fit(plans.standard(EVERY, Purpose.TRANSACTIONAL, WAITS), Purpose.TRANSACTIONAL, reach)
    assert notice == (Step(Channel.IN_APP), Step(Channel.SMS))
    reminder = plans.fit(plans.standard(EVERY, Purpose.REMINDER, WAITS), Purpose.REMINDER, reach)
    assert reminder == (Step(Channel.IN_APP), Step(Channel.SMS, WAITS.before_email))


def test_without_a_browser_that_listens_nothing_goes_sooner() -> None:
    reach = Reach(unusable=frozenset({Channel.PUSH}))
    fitted = plans.fit(plans.standard(EVERY, Purpose.REMINDER, WAITS), Purpose.REMINDER, reach)
    assert fitted == (
        Step(Channel.IN_APP),
        Step(Channel.EMAIL, WAITS.before_email),
        Step(Channel.SMS, WAITS.before_sms),
    )


def test_somebody_without_an_account_has_an_e_mail_address_only() -> None:
    reach = Reach(has_account=False)
    fitted = plans.fit(plans.standard(EVERY, Purpose.TRANSACTIONAL, WAITS), Purpose.TRANSACTIONAL, reach)
    assert ways(fitted) == [Channel.EMAIL]


@pytest.mark.parametrize(
    ("plan", "begun", "failed", "then"),
    [
        ("IN_APP PUSH EMAIL SMS", 3, Channel.EMAIL, True),
        ("IN_APP PUSH EMAIL SMS", 3, Channel.PUSH, False),
        ("IN_APP PUSH EMAIL SMS", 4, Channel.EMAIL, False),
        ("IN_APP PUSH EMAIL SMS", 2, Channel.PUSH, False),
        ("PUSH EMAIL", 1, Channel.PUSH, True),
        ("EMAIL", 1, Channel.EMAIL, False),
    ],
)
def test_a_failure_is_answered_by_the_next_step_once(
    plan: str, begun: int, failed: Channel, then: bool
) -> None:
    steps = tuple(Step(Channel(channel), None) for channel in plan.split())
    assert plans.goes_on(steps, begun, failed) is then


@given(CHANNELS, CHANNELS, CHANNELS, PURPOSES)
def test_a_notice_cannot_be_switched_off(
    given_ones: frozenset[Channel], chosen: frozenset[Channel], unusable: frozenset[Channel], purpose: Purpose
) -> None:
    reach = Reach(chosen, unusable - {Channel.IN_APP})
    fitted = plans.fit(plans.standard(given_ones, purpose, WAITS), purpose, reach)
    if purpose is Purpose.TRANSACTIONAL:
        assert fitted[0] == Step(Channel.IN_APP)
    assert len(set(ways(fitted))) == len(fitted)
    assert set(ways(fitted)) <= given_ones | {Channel.IN_APP}
    assert not set(ways(fitted)) & (unusable - {Channel.IN_APP})


@given(CHANNELS, PURPOSES, st.frozensets(PURPOSES), st.booleans())
def test_what_must_be_asked_for_goes_to_nobody_who_has_not(
    chosen: frozenset[Channel], purpose: Purpose, opted_in: frozenset[Purpose], unsubscribed: bool
) -> None:
    wanted = plans.is_wanted(purpose, opted_in, unsubscribed=unsubscribed)
    if purpose is Purpose.TRANSACTIONAL:
        assert wanted
    elif unsubscribed:
        assert not wanted
    elif purpose is not Purpose.REMINDER:
        assert wanted is (purpose in opted_in)


@given(st.lists(st.tuples(st.integers(0, 48), st.booleans()), max_size=8), CHANNELS, PURPOSES)
def test_no_channel_twice_and_nothing_after_it_was_read(
    clock: list[tuple[int, bool]], channels: frozenset[Channel], purpose: Purpose
) -> None:
    message, begun = messages.go_on(a_message(plans.standard(channels, purpose, WAITS)), NOON)
    seen, now = list(begun), NOON
    for hours, reads in clock:
        now += timedelta(hours=hours)
        if reads:
            message = messages.read(message, Channel.IN_APP, now)
        was_read = message.is_read
        message, begun = messages.go_on(message, now)
        assert not (was_read and begun)
        seen += begun
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-11-21T20:59", "2026-11-21T20:59"),
        ("2026-11-21T21:00", "2026-11-22T08:00"),
        ("2026-11-22T03:00", "2026-11-22T08:00"),
        ("2026-11-22T07:59", "2026-11-22T08:00"),
        ("2026-11-22T08:00", "2026-11-22T08:00"),
        ("2026-03-28T22:00", "2026-03-29T08:00"),
        ("2026-10-24T22:00", "2026-10-25T08:00"),
    ],
)
def test_what_only_recalls_waits_for_the_morning(now: str, ends: str) -> None:
    """Edge case 85; the clocks change in the night of 29 March and of 25 October 2026."""
    local = datetime.fromisoformat(now).replace(tzinfo=BUCHAREST)
    wanted = datetime.fromisoformat(ends).replace(tzinfo=BUCHAREST)
    at = local.astimezone(UTC)
    for channel in (Channel.SMS, Channel.PUSH):
        assert quiet_hours.earliest(Purpose.REMINDER, channel, at, NIGHT) == wanted.astimezone(UTC)
        assert quiet_hours.earliest(Purpose.TRANSACTIONAL, channel, at, NIGHT) == at
    assert quiet_hours.earliest(Purpose.REMINDER, Channel.EMAIL, at, NIGHT) == at


def test_a_night_in_which_the_clocks_change_is_an_hour_shorter_or_longer() -> None:
    evening = [datetime(2026, month, day, 22, 0, tzinfo=BUCHAREST) for month, day in ((3, 28), (10, 24))]
    waits = [NIGHT.over(each.astimezone(UTC)) - each for each in evening]
    assert waits == [timedelta(hours=9), timedelta(hours=11)]


@given(
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.integers(0, 366 * 24 * 60 * 60).map(lambda second: NEW_YEAR + timedelta(seconds=second)),
)
def test_after_the_quiet_hours_it_is_not_quiet(begin: int, end: int, now: datetime) -> None:
    hours = QuietHours(begin, end)
    over = hours.over(now)
    local = over.astimezone(BUCHAREST)
    assert over >= now
    assert over - now <= timedelta(hours=26)
    assert not hours.cover(local.hour * 60 + local.minute)


@given(st.integers(600, 1260), st.integers(480, 599))
def test_quiet_hours_of_one_s_own_that_include_others_cover_each_of_their_minutes(
    begin: int, end: int
) -> None:
    own = QuietHours(begin, end)
    assert own.include(NIGHT)
    assert all(own.cover(minute) for minute in range(1440) if NIGHT.cover(minute))
