from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.language import Language
from hub_core.rules import Counting, NoRule, Option, Rule, Rules, Unit

CODE = "traffic.fine-point"
DAY = timedelta(days=1)


def a_rule(value: object, first: date, last: date | None = None, /, **changes: object) -> Rule:
    row = {
        "code": CODE,
        "value": Decimal(str(value)),
        "unit": Unit.LEI,
        "valid_from": first,
        "valid_to": last,
        "legal_basis": "OUG 195/2002 art. 98",
    }
    return Rule(**(row | changes))  # type: ignore[arg-type]


BOUNDARIES = st.lists(st.dates(date(1990, 1, 1), date(2100, 1, 1)), min_size=1, max_size=12, unique=True).map(
    sorted
)


def without_holes(starts: list[date]) -> list[Rule]:
    closed = [a_rule(n, first, then - DAY) for n, (first, then) in enumerate(pairwise(starts))]
    return [*closed, a_rule(len(closed), starts[-1])]


@given(BOUNDARIES, st.dates(date(1980, 1, 1), date(2110, 1, 1)), st.randoms())
def test_on_each_day_since_the_first_exactly_one_row_holds(starts, day, random) -> None:
    rows = without_holes(starts)
    random.shuffle(rows)
    rules = Rules(rows)
    holding = [row for row in rows if row.holds_on(day)]
    if day < starts[0]:
        assert holding == []
        with pytest.raises(NoRule):
            rules.on(CODE, day)
    else:
        assert holding == [rules.on(CODE, day)]
        assert rules.on(CODE, day).value == sum(first <= day for first in starts) - 1
    assert rules.holes(CODE) == ()


@given(BOUNDARIES)
def test_the_first_and_the_last_day_of_a_row_are_its_own(starts) -> None:
    rules = Rules(without_holes(starts))
    for n, first in enumerate(starts):
        assert rules.on(CODE, first).value == n
        if n:
            assert rules.on(CODE, first - DAY).value == n - 1
            assert rules.after(CODE, first - DAY) == rules.on(CODE, first)
    assert rules.after(CODE, starts[-1]) is None


@given(BOUNDARIES.filter(lambda starts: len(starts) > 1), st.data())
def test_two_rows_that_share_a_day_are_refused(starts, data) -> None:
    rows = without_holes(starts)
    n = data.draw(st.integers(0, len(rows) - 2))
    longer = data.draw(st.none() | st.dates(starts[n + 1], date(2110, 1, 1)))
    rows[n] = a_rule(n, starts[n], longer)
    with pytest.raises(ValueError, match="two rows hold on"):
        Rules(rows)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(2, 4000), st.data())
def test_in_a_hole_no_row_holds(first, days, data) -> None:
    last = first + timedelta(days=data.draw(st.integers(0, days - 2)))
    then = first + timedelta(days=days)
    rules = Rules([a_rule(1, first, last), a_rule(2, then)])
    inside = data.draw(st.dates(last + DAY, then - DAY))
    with pytest.raises(NoRule, match=f"no rule {CODE} holds on {inside}"):
        rules.on(CODE, inside)
    assert rules.holes(CODE) == ((last + DAY, then - DAY),)


def test_the_leap_day_is_a_day_like_another() -> None:
    rules = Rules([a_rule(1, date(2027, 1, 1), date(2028, 2, 29)), a_rule(2, date(2028, 3, 1))])
    assert rules.on(CODE, date(2028, 2, 29)).value == 1
    assert rules.on(CODE, date(2028, 3, 1)).value == 2
    assert rules.holes(CODE) == ()
    missing = Rules([a_rule(1, date(2027, 1, 1), date(2028, 2, 28)), a_rule(2, date(2028, 3, 1))])
    assert missing.holes(CODE) == ((date(2028, 2, 29), date(2028, 2, 29)),)
    with pytest.raises(NoRule):
        missing.on(CODE, date(2028, 2, 29))


def test_a_code_nobody_knows_has_no_row() -> None:
    rules = Rules([a_rule(202.5, date(2025, 1, 1))])
    with pytest.raises(NoRule) as caught:
        rules.on("petition.answer", date(2026, 1, 1))
    assert (caught.value.code, caught.value.day) == ("petition.answer", date(2026, 1, 1))
    assert rules.table("petition.answer") == ()


def test_rows_come_in_order_whatever_they_were_given_in() -> None:
    later = a_rule(216.25, date(2026, 7, 1))
    earlier = a_rule(202.5, date(2025, 1, 1), date(2026, 6, 30))
    answer = a_rule(30, date(2002, 2, 1), code="petition.answer", unit=Unit.CALENDAR_DAYS)
    rules = Rules([later, answer, earlier])
    assert list(rules) == [answer, earlier, later]
    assert len(rules) == 3
    assert rules.codes == {CODE, "petition.answer"}


def test_money_is_exact() -> None:
    assert 4 * a_rule("202.50", date(2025, 1, 1)).value / 2 == Decimal(405)


def test_a_whole_number_is_given_as_one() -> None:
    assert a_rule("30.0", date(2025, 1, 1)).whole == 30
    with pytest.raises(ValueError, match="not a whole number"):
        _ = a_rule("202.50", date(2025, 1, 1)).whole


ROMANIAN: Mapping[Language, str] = {Language.RO: "angajare"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code": "Petition.Answer"}, "not a code"),
        ({"code": "petition..answer"}, "not a code"),
        ({"code": ""}, "not a code"),
        ({"valid_to": date(2024, 12, 31)}, "the last day is before the first"),
        ({"value": Decimal("NaN")}, "not a number"),
        ({"value": Decimal(-1)}, "not a number"),
        ({"counting": Counting.CIVIL}, "only a term is counted"),
        ({"unit": Unit.CODES}, "options stand in a list"),
        ({"options": (Option("work", ROMANIAN),)}, "options stand in a list"),
        ({"unit": Unit.CODES, "options": (Option("work", ROMANIAN),) * 2}, "stands twice"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(changes, message) -> None:
    with pytest.raises(ValueError, match=message):
        a_rule(1, date(2025, 1, 1), **changes)


def test_a_row_may_hold_for_one_day() -> None:
    day = date(2028, 2, 29)
    rules = Rules([a_rule(1, day, day)])
    assert rules.on(CODE, day).value == 1
    for other in (day - DAY, day + DAY):
        with pytest.raises(NoRule):
            rules.on(CODE, other)
