"""What the tests of terms are made of: the catalog's own list of holidays, and terms in short."""

from datetime import date
from decimal import Decimal
from typing import Final

from hub_core.rules import Counting, Option, Rule, Rules, Unit
from hub_terms.calendar import HOLIDAYS, Calendar
from hub_terms.terms import Term

CODES: Final = [
    *("01-01", "01-02", "01-06", "01-07", "01-24", "easter-2", "easter", "easter+1", "05-01", "06-01"),
    *("easter+49", "easter+50", "08-15", "11-30", "12-01", "12-25", "12-26"),
]
LABOUR_CODE: Final = "Codul muncii art. 139"


def a_list(*codes: str, valid_from: date = date(2024, 1, 1), valid_to: date | None = None) -> Rule:
    """A list of holidays, as it holds on some days."""
    options = tuple(Option(code, {}) for code in codes)
    return Rule(HOLIDAYS, Decimal(0), Unit.CODES, valid_from, valid_to, LABOUR_CODE, options=options)


CALENDAR: Final = Calendar(Rules([a_list(*CODES)]))


def days(
    amount: int,
    *,
    counting: Counting = Counting.CIVIL,
    unit: Unit = Unit.CALENDAR_DAYS,
    rule_id: str = "petition.answer",
) -> Term:
    """A term."""
    return Term(amount, unit, counting, rule_id, "OG nr. 27/2002 art. 8 alin. (1)")


def working_days(amount: int) -> Term:
    """A term in working days."""
    return days(amount, unit=Unit.WORKING_DAYS)
