"""Fines in lei: fine points times the value of one on the day of the offence, and half of them in time.

Amounts are Decimal with two places, rounded half up. Terms of payment and of contesting are counted in
free days from the handing over or communication of the proces-verbal.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from hub_core.rules import Rules
from hub_terms import deadlines
from hub_terms.calendar import HOLIDAYS, Calendar
from hub_terms.deadlines import Deadline, Fact
from hub_terms.terms import Term

FINE_POINT_RULE: Final = "traffic.fine-point"
HALF_RULE: Final = "traffic.half-payment"
HALF_SHARE_RULE: Final = "traffic.half-payment-share"
HALF_BASE_RULE: Final = "traffic.half-payment-base"
CONTEST_RULE: Final = "traffic.contest"
RULES: Final = (FINE_POINT_RULE, HALF_RULE, HALF_SHARE_RULE, HALF_BASE_RULE, CONTEST_RULE, HOLIDAYS)
"""The rules that the functions here read."""

COMMUNICATED: Final = "COMMUNICATED"
"""The fact from which both terms run."""
_MINIMUM: Final = "MINIMUM"
_BAN: Final = Decimal("0.01")
_PERCENT: Final = 100


def amount(legal: Rules, fine_points: int, committed_on: date) -> Decimal:
    """So many fine points in lei, by their value on the day of the offence; `NoRule`."""
    return _rounded(fine_points * legal.on(FINE_POINT_RULE, committed_on).value)


def points_of(legal: Rules, fine: Decimal, committed_on: date) -> int | None:
    """How many fine points a fine in lei is; none where it is no multiple of one. `NoRule`."""
    number = fine / legal.on(FINE_POINT_RULE, committed_on).value
    whole = int(number.to_integral_value())
    return whole if amount(legal, whole, committed_on) == fine else None


def half(legal: Rules, applied: Decimal, least: Decimal, committed_on: date) -> Decimal:
    """What settles a fine within the term: half of the least fine of the offence, as road fines have it.

    The rule says whether the base is the least fine or the one applied (Law 203/2018, OUG 7/2026).
    """
    (base,) = legal.on(HALF_BASE_RULE, committed_on).options
    share = legal.on(HALF_SHARE_RULE, committed_on).value
    return _rounded((least if base.code == _MINIMUM else applied) * share / _PERCENT)


def half_payment(legal: Rules, communicated_on: date) -> Deadline:
    """The term for paying half; its `citizen_end` is the last day, until 24:00."""
    return _counted(legal, HALF_RULE, communicated_on)


def contest(legal: Rules, communicated_on: date) -> Deadline:
    """The term for the complaint in court; it and the payment are two choices of their own."""
    return _counted(legal, CONTEST_RULE, communicated_on)


@dataclass(frozen=True, slots=True)
class Due:
    """What settles a fine on a day, and whether that is the half."""

    amount: Decimal
    is_half: bool


def due(
    legal: Rules, applied: Decimal, half_amount: Decimal, communicated_on: date | None, paid_on: date
) -> Due:
    """What settles a fine that is paid on a day; before the communication half is enough, too."""
    if communicated_on is None or paid_on <= half_payment(legal, communicated_on).citizen_end:
        return Due(half_amount, is_half=True)
    return Due(applied, is_half=False)


@lru_cache(maxsize=4096)
def _counted(legal: Rules, rule: str, communicated_on: date) -> Deadline:
    """Counted once for each day: the records of many people ask for the same days."""
    term = Term.of(legal.on(rule, communicated_on))
    return deadlines.count(Fact(COMMUNICATED, communicated_on), term, Calendar(legal))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_BAN, ROUND_HALF_UP)
