"""What becomes of an offer, and until when one is open."""

from datetime import date, timedelta
from typing import Any

import pytest

from hub_core import ids
from hub_core.language import Language
from svc_passport_booking.domain import waiting
from svc_passport_booking.domain.states import State as AppointmentState
from svc_passport_booking.domain.waiting import EndReason, Entry, Kind, Minutes, State
from svc_passport_booking.errors.waiting import WaitingState

from .build import NOON, a_slot

MINUTES = Minutes(offer=timedelta(minutes=15), draw_offer=timedelta(hours=12), unanswered=2)
UNTIL = NOON + MINUTES.offer


def an_entry(**special: Any) -> Entry:
    facts: dict[str, Any] = {
        "id": ids.new_id(),
        "kind": Kind.PLACE,
        "code": "K7QF2M9X",
        "type": "PE",
        "topic": "PASSPORTS",
        "county": "CJ",
        "office_id": None,
        "size": 1,
        "days_from": date(2026, 11, 23),
        "days_to": date(2026, 12, 23),
        "state": State.WAITING,
        "language": Language.RO,
        "joined_at": NOON,
    }
    return Entry(**(facts | special))


def an_offered(**special: Any) -> Entry:
    offer: dict[str, Any] = {"offered_id": ids.new_id(), "offered_slot_id": 1, "offered_until": UNTIL}
    return an_entry(state=State.OFFERED, **(offer | special))


def test_an_offer_that_is_held_stays_open_to_its_very_end() -> None:
    entry = an_offered()
    before = UNTIL - timedelta(microseconds=1)
    assert waiting.settled(entry, AppointmentState.HELD, MINUTES, before) == entry
    assert waiting.settled(entry, AppointmentState.HELD, MINUTES, UNTIL).state is State.WAITING


@pytest.mark.parametrize("answer", [AppointmentState.CONFIRMED, AppointmentState.SERVED])
def test_who_takes_the_place_waits_no_longer(answer: AppointmentState) -> None:
    ended = waiting.settled(an_offered(), answer, MINUTES, NOON)
    assert (ended.state, ended.end_reason, ended.ended_at) == (State.ENDED, EndReason.BOOKED, NOON)


def test_who_declines_keeps_their_turn_however_often() -> None:
    entry = an_offered(unanswered=1)
    for _ in range(3):
        declined = waiting.settled(entry, AppointmentState.CANCELLED_BY_CITIZEN, MINUTES, NOON)
        assert (declined.state, declined.unanswered) == (State.WAITING, 1)


def test_who_does_not_answer_twice_leaves_the_list() -> None:
    once = waiting.settled(an_offered(), AppointmentState.EXPIRED, MINUTES, UNTIL)
    assert (once.state, once.unanswered) == (State.WAITING, 1)
    again = waiting.offered(once, 2, ids.new_id(), UNTIL + MINUTES.offer)
    twice = waiting.settled(again, AppointmentState.EXPIRED, MINUTES, UNTIL + MINUTES.offer)
    assert (twice.state, twice.end_reason) == (State.ENDED, EndReason.UNANSWERED)


def test_whom_an_office_moves_comes_first_from_then_on() -> None:
    moved = waiting.settled(an_offered(), AppointmentState.CANCELLED_BY_OFFICE, MINUTES, NOON)
    assert (moved.state, moved.has_priority) == (State.WAITING, True)


def test_an_alert_that_lapses_costs_nothing() -> None:
    alert = an_offered(kind=Kind.ALERT, appointment_id=ids.new_id(), offered_id=None)
    assert waiting.settled(alert, None, MINUTES, NOON) == alert
    lapsed = waiting.settled(alert, None, MINUTES, UNTIL)
    assert (lapsed.state, lapsed.unanswered) == (State.WAITING, 0)


def test_a_place_whose_hour_comes_before_the_offer_would_end_is_not_offered() -> None:
    entry = an_entry()
    in_time = a_slot(starts_at=UNTIL + timedelta(seconds=1))
    assert waiting.offered_until(entry, in_time, MINUTES, NOON) == UNTIL
    assert waiting.offered_until(entry, a_slot(starts_at=UNTIL), MINUTES, NOON) is None


def test_nobody_takes_a_place_that_is_not_offered_any_more() -> None:
    assert waiting.must_be_offered(an_offered(), UNTIL - timedelta(microseconds=1)) == UNTIL
    for entry in (an_offered(), an_entry(), waiting.end(an_entry(), EndReason.LEFT, NOON)):
        with pytest.raises(WaitingState):
            waiting.must_be_offered(entry, UNTIL)
