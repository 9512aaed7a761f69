"""Where an appointment may go, when a hold is over, which places a family gets."""

from dataclasses import replace
from datetime import timedelta

import pytest

from svc_passport_booking.domain import appointments as domain
from svc_passport_booking.domain import codes
from svc_passport_booking.domain.slots import spread
from svc_passport_booking.domain.states import ACTIVE, TRANSITIONS, State
from svc_passport_booking.errors.appointments import AppointmentState
from svc_passport_booking.errors.slots import SlotTaken

from .build import NOON, a_slot, an_appointment

SECOND = timedelta(seconds=1)
HALF_AN_HOUR = timedelta(minutes=30)
HELD = an_appointment(state=State.HELD, held_until=NOON + HALF_AN_HOUR)


@pytest.mark.parametrize("state", State)
def test_an_appointment_goes_where_the_law_of_its_state_lets_it_and_nowhere_else(state: State) -> None:
    at_first = an_appointment(state=state, held_until=NOON + HALF_AN_HOUR)
    for to in State:
        if to in TRANSITIONS[state] - {State.EXPIRED}:
            moved = domain.move(at_first, to, NOON, "WHY")
            assert (moved.state, moved.version) == (to, 2)
            assert (moved.ended_at, moved.end_reason) == ((None, None) if to in ACTIVE else (NOON, "WHY"))
        else:
            with pytest.raises(AppointmentState) as refused:
                domain.move(at_first, to, NOON)
            assert refused.value.facts["state"] == state


def test_a_hold_is_confirmed_a_second_before_its_end_and_not_at_its_end() -> None:
    confirmed = domain.move(HELD, State.CONFIRMED, NOON + HALF_AN_HOUR - SECOND)
    assert (confirmed.state, confirmed.held_until) == (State.CONFIRMED, None)
    with pytest.raises(AppointmentState) as refused:
        domain.move(HELD, State.CONFIRMED, NOON + HALF_AN_HOUR)
    assert refused.value.facts == {"state": State.EXPIRED, "possible": "-"}


def test_a_hold_is_over_at_its_end_whoever_has_noted_it() -> None:
    assert domain.as_of(HELD, NOON + HALF_AN_HOUR - SECOND) is HELD
    over = domain.as_of(HELD, NOON + 2 * HALF_AN_HOUR)
    assert (over.state, over.ended_at, over.version) == (State.EXPIRED, NOON + HALF_AN_HOUR, 2)
    assert over == domain.move(HELD, State.EXPIRED, NOON + 3 * HALF_AN_HOUR)


def test_nothing_expires_but_a_hold_that_is_over() -> None:
    with pytest.raises(AppointmentState):
        domain.move(HELD, State.EXPIRED, NOON)
    with pytest.raises(AppointmentState):
        domain.move(replace(HELD, state=State.CONFIRMED), State.EXPIRED, NOON + HALF_AN_HOUR)


def test_who_comes_after_all_has_an_appointment_that_has_not_ended() -> None:
    missed = domain.move(an_appointment(), State.NO_SHOW, NOON)
    assert missed.ended_at == NOON
    assert domain.move(missed, State.CHECKED_IN, NOON).ended_at is None


def test_a_family_is_spread_over_slots_from_the_chosen_one_on() -> None:
    row = [a_slot(id=1, taken=1), a_slot(id=2, taken=2), a_slot(id=3)]
    assert spread(row, 2, NOON) == {1: 2}
    assert spread(row, 4, NOON) == {1: 2, 2: 1, 3: 1}
    with pytest.raises(SlotTaken):
        spread(row, 7, NOON)


def test_no_slot_between_is_passed_over() -> None:
    with pytest.raises(SlotTaken):
        spread([a_slot(id=1), a_slot(id=2, taken=3), a_slot(id=3)], 4, NOON)


@pytest.mark.parametrize(
    "special",
    [
        {"closed": True},
        {"opens_at": NOON + SECOND},
        {"starts_at": NOON},
        {"taken": 3},
        {"planned": 1, "taken": 2},
    ],
)
def test_a_slot_that_cannot_be_booked_has_no_free_place(special: dict[str, object]) -> None:
    assert a_slot(**special).free(NOON) == 0


def test_a_slot_opens_at_its_instant() -> None:
    assert a_slot(opens_at=NOON).free(NOON) == 3


def test_codes_have_no_character_that_is_mistaken_for_another() -> None:
    every = codes.code_of(bytes(range(256)))
    assert len(set(every)) == 32
    assert set(every).isdisjoint("0O1I")
    assert codes.read(" k7qf-2m9x ") == "K7QF2M9X"
