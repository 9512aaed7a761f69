"""What may be told of counts, so that nobody can be made out."""

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub_core.masking import mask


@pytest.mark.parametrize(
    ("cells", "total", "shown"),
    [
        ({}, 0, {}),
        ({"CJ": 0}, 0, {"CJ": 0}),
        ({"CJ": 4}, None, {"CJ": None}),
        ({"CJ": 5}, 5, {"CJ": 5}),
        ({"CJ": 2, "BH": 2}, None, {"CJ": None, "BH": None}),
        ({"CJ": 40, "BH": 3, "SJ": 12}, 55, {"CJ": 40, "BH": None, "SJ": None}),
        ({"CJ": 40, "BH": 3, "SJ": 3}, 46, {"CJ": 40, "BH": None, "SJ": None}),
        ({"CJ": 40, "BH": 1, "SJ": 1}, 42, {"CJ": None, "BH": None, "SJ": None}),
        ({"CJ": 40, "BH": 1, "SJ": 1, "TM": 9}, 51, {"CJ": 40, "BH": None, "SJ": None, "TM": None}),
        ({"CJ": 1, "BH": 1, "SJ": 1, "TM": 1, "IS": 1}, 5, {}),
        ({"CJ": 40, "BH": 0, "SJ": 6}, 46, {"CJ": 40, "BH": 0, "SJ": 6}),
    ],
)
def test_a_count_under_five_is_not_told_nor_what_would_give_it_away(
    cells: Mapping[str, int], total: int | None, shown: Mapping[str, int | None]
) -> None:
    assert mask(cells) == (total, shown)


@settings(deadline=None)
@given(st.lists(st.integers(0, 7), max_size=4))
def test_no_hidden_count_can_be_worked_out_from_what_is_told(counts: list[int]) -> None:
    cells = {str(place): count for place, count in enumerate(counts)}
    total, shown = mask(cells)
    hidden = [code for code, count in shown.items() if count is None]
    assert all(count == 0 or count >= 5 for count in shown.values() if count is not None)
    if total is None:
        assert 0 < sum(counts) < 5
        return
    assert total == sum(counts)
    left = total - sum(count for count in shown.values() if count)
    possible = [
        one
        for one in itertools.product(range(1, left + 1), repeat=len(hidden))
        if sum(one) == left and any(count < 5 for count in one)
    ]
    for place, _ in enumerate(hidden):
        assert len({one[place] for one in possible}) > 1


@pytest.mark.parametrize(
    ("withheld", "shown"),
    [
        ("CJ", {"CJ": None, "BH": None, "SJ": 12, "TM": 0}),
        ("TM", {"CJ": 40, "BH": 9, "SJ": 12, "TM": 0}),
    ],
)
def test_what_is_withheld_for_another_reason_does_not_follow_from_the_total(
    withheld: str, shown: Mapping[str, int | None]
) -> None:
    assert mask({"CJ": 40, "BH": 9, "SJ": 12, "TM": 0}, withheld=[withheld]) == (61, shown)
