"""Fines: the figures of the law, by the day of the offence (OUG 195/2002, Law 203/2018)."""

from datetime import date
from decimal import Decimal

import pytest

from hub_core.rules import Rules
from svc_traffic_history.domain import fines, offences, proces_verbale
from svc_traffic_history.domain.entries import Entry, Outcome
from svc_traffic_history.domain.proces_verbale import Contest, Line, Payment

from .build import a_report, communicated, contested, decided, found, paid


@pytest.mark.parametrize(
    ("day", "point"),
    [
        (date(2024, 6, 1), "165.00"),
        (date(2025, 1, 1), "202.50"),
        (date(2026, 6, 30), "202.50"),
        (date(2026, 7, 1), "216.25"),
    ],
)
def test_a_fine_point_is_five_percent_of_the_gross_minimum_wage_of_the_day(
    legal: Rules, day: date, point: str
) -> None:
    assert fines.amount(legal, 1, day) == Decimal(point)
    if day.year > 2024:  # the wage of 2024 is not in the tables
        share = legal.on("traffic.fine-point-share", day).value
        assert legal.on("traffic.minimum-wage", day).value * share / 100 == Decimal(point)


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("speed-10", ("405.00", "607.50"), ("432.50", "648.75")),
        ("speed-21", ("810.00", "1012.50"), ("865.00", "1081.25")),
        ("speed-31", ("1215.00", "1620.00"), ("1297.50", "1730.00")),
        ("speed-51", ("1822.50", "4050.00"), ("1946.25", "4325.00")),
    ],
)
def test_edge_52_the_fine_is_that_of_the_day_of_the_offence(
    legal: Rules, code: str, old: tuple[str, str], new: tuple[str, str]
) -> None:
    for day, bounds in ((date(2026, 6, 30), old), (date(2026, 7, 1), new)):
        offence = offences.find(legal, code, day)
        assert fines.amount(legal, offence.least, day) == Decimal(bounds[0])
        assert fines.amount(legal, offence.most, day) == Decimal(bounds[1])


def test_the_fines_of_legal_persons_are_those_of_class_v(legal: Rules) -> None:
    for day, bounds in (
        (date(2026, 6, 30), ("4252.50", "20250.00")),
        (date(2026, 7, 1), ("4541.25", "21625.00")),
    ):
        points = [legal.on(f"traffic.class-5-{which}", day).whole for which in ("least", "most")]
        assert [fines.amount(legal, each, day) for each in points] == [Decimal(each) for each in bounds]


def test_edge_52_half_is_half_of_the_least_fine_and_not_of_the_one_applied(legal: Rules) -> None:
    day = date(2026, 6, 30)
    least, applied = fines.amount(legal, 4, day), fines.amount(legal, 5, day)
    assert fines.half(legal, applied, least, day) == Decimal("405.00")


def test_half_of_an_odd_number_of_bani_is_rounded_up(legal: Rules) -> None:
    day = date(2026, 7, 1)
    assert fines.half(legal, Decimal("648.75"), Decimal("216.25"), day) == Decimal("108.13")


@pytest.mark.parametrize(
    ("communicated_on", "last"),
    [
        (date(2025, 9, 10), date(2025, 9, 26)),
        (date(2026, 12, 11), date(2026, 12, 28)),  # 27 December is a Sunday
        (date(2027, 4, 15), date(2027, 5, 4)),  # Orthodox Easter
    ],
)
def test_both_terms_are_counted_in_free_days(legal: Rules, communicated_on: date, last: date) -> None:
    assert fines.half_payment(legal, communicated_on).citizen_end == last
    assert fines.contest(legal, communicated_on).citizen_end == last


def a_line(legal: Rules, *entries: Entry, on: date) -> Line:
    (line,) = proces_verbale.lines([a_report(entries[0])], entries, on, legal)
    return line


def a_fine() -> Entry:
    return found(date(2025, 9, 10), 3, fine=Decimal("1012.50"), half=Decimal("405.00"))


@pytest.mark.parametrize(
    ("day", "payment", "outstanding"),
    [
        (date(2025, 9, 26), Payment.PAID_HALF, "0.00"),
        (date(2025, 9, 27), Payment.PAID_IN_PART, "607.50"),
    ],
)
def test_edge_53_half_is_enough_until_the_last_day_and_not_on_the_next(
    legal: Rules, day: date, payment: Payment, outstanding: str
) -> None:
    fine = a_fine()
    line = a_line(legal, fine, communicated(fine, date(2025, 9, 10)), paid(fine, day, "405.00"), on=day)
    assert (line.payment, line.outstanding) == (payment, Decimal(outstanding))


def test_edge_53_a_term_that_ends_on_26_december_lasts_until_the_next_working_day(legal: Rules) -> None:
    communicated_on = date(2026, 12, 10)  # free days: the 26th, a Saturday and a holiday
    term = fines.half_payment(legal, communicated_on)
    assert (term.citizen.counted, term.citizen_end) == (date(2026, 12, 26), date(2026, 12, 28))
    fine = found(date(2026, 12, 10), 3, fine=Decimal("1081.25"), half=Decimal("432.50"))
    saturday = date(2026, 12, 26)
    line = a_line(
        legal, fine, communicated(fine, communicated_on), paid(fine, saturday, "432.50"), on=saturday
    )
    assert line.payment is Payment.PAID_HALF


def test_half_is_due_until_the_last_day_and_the_whole_after_it(legal: Rules) -> None:
    fine = a_fine()
    told = communicated(fine, date(2025, 9, 10))
    assert a_line(legal, fine, told, on=date(2025, 9, 26)).outstanding == Decimal("405.00")
    assert a_line(legal, fine, told, on=date(2025, 9, 27)).outstanding == Decimal("1012.50")
    assert a_line(legal, fine, on=date(2025, 12, 1)).outstanding == Decimal("405.00")  # no term runs yet


def test_the_whole_fine_may_be_paid_late_and_in_parts(legal: Rules) -> None:
    fine = a_fine()
    facts = (fine, communicated(fine, date(2025, 9, 10)), paid(fine, date(2025, 10, 1), "500.00"))
    assert a_line(legal, *facts, on=date(2025, 10, 2)).outstanding == Decimal("512.50")
    facts = (*facts, paid(fine, date(2025, 10, 3), "512.50"))
    assert a_line(legal, *facts, on=date(2025, 10, 4)).payment is Payment.PAID


def test_contesting_and_paying_are_two_choices(legal: Rules) -> None:
    fine = a_fine()
    facts = (
        fine,
        communicated(fine, date(2025, 9, 10)),
        contested(fine, date(2025, 9, 20)),
        paid(fine, date(2025, 9, 20), "405.00"),
    )
    line = a_line(legal, *facts, on=date(2025, 9, 21))
    assert (line.contest, line.payment) == (Contest.CONTESTED, Payment.PAID_HALF)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_an_admitted_complaint_leaves_nothing_to_pay(legal: Rules, outcome: Outcome) -> None:
    fine = a_fine()
    facts = (fine, contested(fine, date(2025, 9, 20)), decided(fine, date(2026, 3, 1), outcome))
    line = a_line(legal, *facts, on=date(2026, 3, 2))
    assert (line.payment is Payment.NOT_DUE) is (outcome is Outcome.ADMITTED)
    assert line.contest.value == outcome.value
