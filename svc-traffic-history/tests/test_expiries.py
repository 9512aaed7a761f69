"""When points have expired, their driver is told: once for each day, however often it is looked."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub_core.rules import Rules
from svc_traffic_history.domain import expiries, points
from svc_traffic_history.domain.entries import Entry, Kind, Outcome
from svc_traffic_history.domain.points import PointState

from .build import contested, decided, found, suspended, taken_back

FIRST = date(2025, 1, 1)
DAY = timedelta(days=1)
UNTIL = FIRST + 1000 * DAY
DAYS = st.integers(0, 250).map(lambda days: FIRST + timedelta(days=days))
POINTS = st.sampled_from([2, 4, 6])
Recorded = tuple[Entry, date]
"""An entry, and the day on which it was recorded."""


@st.composite
def facts(draw: Any) -> list[Entry]:
    """Offences, complaints and decisions, and a suspension; a court has many of them."""
    entries = [found(draw(DAYS), draw(POINTS)) for _ in range(draw(st.integers(1, 6)))]
    for offence in list(entries):
        if draw(st.booleans()):
            registered = contested(offence, offence.on + timedelta(days=draw(st.integers(0, 60))))
            entries.append(registered)
            if draw(st.integers(0, 3)):
                later = registered.on + timedelta(days=draw(st.integers(0, 300)))
                entries.append(decided(offence, later, draw(st.sampled_from(list(Outcome)))))
    if draw(st.booleans()):
        entries.append(suspended(draw(DAYS)))
    return entries


@st.composite
def histories(draw: Any) -> list[Recorded]:
    """The same, recorded late or a day ahead, and partly taken back."""
    recorded = [(entry, entry.on + timedelta(days=draw(st.integers(-1, 200)))) for entry in draw(facts())]
    for entry, day in list(recorded):
        if draw(st.integers(0, 5)) == 0:
            later = day + timedelta(days=draw(st.integers(0, 200)))
            recorded.append((taken_back(entry, later), later))
    return recorded


def known(recorded: Iterable[Recorded], day: date) -> list[Recorded]:
    """What was recorded before the clock looks, at the beginning of the day."""
    return [(entry, on) for entry, on in recorded if on < day]


def look(recorded: list[Recorded], told: Iterable[date], day: date, legal: Rules) -> expiries.Expiries:
    recorded_on = {entry.id: on for entry, on in recorded}
    return expiries.find([entry for entry, _ in recorded], recorded_on, set(told), day, legal)


def told_by_the_clock(recorded: list[Recorded], legal: Rules) -> list[tuple[date, date]]:
    """Each day that is told, with the one on which it is: looks only where the last look said so."""
    told: list[tuple[date, date]] = []
    look_on: date | None = None
    day = FIRST
    while day < UNTIL:
        so_far = known(recorded, day)
        if any(on == day - DAY for _, on in so_far):  # as whoever records does, on the day before
            noted = look(so_far, [each for each, _ in told], day - DAY, legal)
            look_on = min(noted.to_tell, default=noted.look_on)
        if look_on is not None and look_on <= day:
            now = look(so_far, [each for each, _ in told], day, legal)
            told += [(each, day) for each in now.to_tell]
            look_on = now.look_on
        day += DAY
    return told


def expired_on(recorded: list[Recorded], day: date, legal: Rules) -> bool:
    """Whether the balance of what is known falls by expiry from the day before to this one."""
    entries = [entry for entry, _ in recorded]
    before = {group.entry_id for group in points.balance(entries, day - DAY, legal).groups if group.counts}
    now = points.balance(entries, day, legal).groups
    return any(group.state is PointState.EXPIRED and group.entry_id in before for group in now)


@given(entries=facts())
@settings(max_examples=40, deadline=None)
def test_exactly_the_days_on_which_the_balance_falls_by_expiry_are_told_on_those_days(
    legal: Rules, entries: list[Entry]
) -> None:
    """Also where a court stops the expiry: everything is recorded on its day here."""
    recorded = [(entry, entry.on) for entry in entries]
    days = [FIRST + timedelta(days=days) for days in range((UNTIL - FIRST).days)]
    fell = [day for day in days if expired_on(known(recorded, day), day, legal)]
    assert told_by_the_clock(recorded, legal) == [(day, day) for day in fell]


@given(recorded=histories())
@settings(max_examples=60, deadline=None)
def test_whatever_is_recorded_late_or_taken_back_each_day_is_told_once_and_was_true_then(
    legal: Rules, recorded: list[Recorded]
) -> None:
    told = told_by_the_clock(recorded, legal)
    assert len({day for day, _ in told}) == len(told)
    for day, at in told:
        assert day <= at
        assert day in look(known(recorded, at), [], at, legal).to_tell
    last = look(known(recorded, UNTIL), [day for day, _ in told], UNTIL - DAY, legal)
    assert last.to_tell == []


def test_points_that_had_expired_before_they_were_recorded_are_no_news(legal: Rules) -> None:
    offence = found(date(2025, 1, 10), 4)
    assert look([(offence, date(2025, 9, 1))], [], date(2025, 9, 2), legal) == expiries.Expiries([], None)
    assert look([(offence, date(2025, 7, 1))], [], date(2025, 9, 2), legal).to_tell == [date(2025, 7, 11)]


def test_edge_47_the_day_after_the_last_day_is_the_one_that_is_told(legal: Rules) -> None:
    """Found on 30 August, the points count through 28 February."""
    offence = found(date(2026, 8, 30), 4)
    recorded = [(offence, offence.on)]
    assert look(recorded, [], date(2027, 2, 28), legal) == expiries.Expiries([], date(2027, 3, 1))
    assert look(recorded, [], date(2027, 3, 1), legal).to_tell == [date(2027, 3, 1)]
    assert look(recorded, [date(2027, 3, 1)], date(2027, 3, 1), legal) == expiries.Expiries([], None)


def test_while_a_court_has_a_complaint_there_is_no_day_to_look_on_and_the_decision_gives_one(
    legal: Rules,
) -> None:
    offences = [found(date(2026, 1, 10 + place), 6) for place in range(3)]
    complaint = contested(offences[2], date(2026, 2, 1))
    pending = [(entry, entry.on) for entry in (*offences, complaint)]
    assert look(pending, [], date(2026, 9, 1), legal) == expiries.Expiries([], None)
    final = decided(offences[2], date(2026, 9, 1))
    after = look([*pending, (final, final.on)], [], date(2026, 9, 1), legal)
    assert after.to_tell == []
    assert after.look_on == date(2026, 7, 11) + (final.on - complaint.on)


def test_a_decision_that_becomes_final_later_is_looked_at_on_its_day(legal: Rules) -> None:
    offences = [found(date(2026, 1, 10 + place), 6) for place in range(3)]
    complaint, final = contested(offences[2], date(2026, 2, 1)), decided(offences[2], date(2026, 9, 1))
    recorded = [(entry, date(2026, 2, 1)) for entry in (*offences, complaint, final)]
    assert final.kind is Kind.COURT_DECIDED
    assert look(recorded, [], date(2026, 8, 1), legal).look_on == final.on
