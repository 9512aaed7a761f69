"""For how long a licence is issued, by category (OUG 195/2002, OUG 1/2024)."""

from datetime import date

import pytest

from hub_core.rules import Rules
from svc_traffic_history.domain import licences

DAY = date(2026, 11, 23)
TEN = ("AM", "A1", "A2", "A", "B1", "B", "BE", "Tr1")
FIVE = ("C1", "C1E", "C", "CE", "D1", "D1E", "D", "DE", "Tr", "Tb", "Tv")


@pytest.mark.parametrize(
    ("category", "years"), [*((each, 10) for each in TEN), *((each, 5) for each in FIVE)], ids=str
)
def test_ten_years_for_the_first_group_with_farm_tractors_to_40_km_h_and_five_for_the_others(
    legal: Rules, category: str, years: int
) -> None:
    assert licences.validities([category], DAY, legal) == {category: years}


def test_a_category_that_the_law_does_not_name_has_none(legal: Rules) -> None:
    assert licences.validities(["B", "Z"], DAY, legal) == {"B": 10}
