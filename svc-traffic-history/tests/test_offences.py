"""What the law gives for an offence, on the day it was committed."""

from datetime import date

import httpx2
import pytest

from hub_core.rules import Rules
from svc_traffic_history.domain import offences
from svc_traffic_history.domain.grounds import Ground
from svc_traffic_history.domain.offences import POINTS, FineClass
from svc_traffic_history.errors.offences import OffenceUnknown

OFFENCES = "/traffic-history/v1/offences"


@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2026, 6, 30), date(2026, 11, 22)])
def test_an_offence_gives_points_or_suspends_and_never_both(legal: Rules, day: date) -> None:
    for offence in offences.of_day(legal, day):
        assert (offence.penalty_points > 0) is (offence.ground is None), offence.code
        assert offence.penalty_points in (0, *POINTS)
        assert 0 < offence.least < offence.most


@pytest.mark.parametrize(
    ("code", "points", "fine_class", "bounds", "ground"),
    [
        ("speed-10", 2, FineClass.FIRST, (2, 3), None),
        ("seat-belt-helmet", 2, FineClass.FIRST, (2, 3), None),
        ("speed-21", 3, FineClass.SECOND, (4, 5), None),
        ("speed-31", 4, FineClass.THIRD, (6, 8), None),
        ("stop-sign", 4, FineClass.THIRD, (6, 8), None),
        ("phone-in-hand", 4, FineClass.THIRD, (6, 8), None),
        ("speed-41", 6, FineClass.THIRD, (6, 8), None),
        ("refused-check", 6, FineClass.THIRD, (6, 8), None),
        ("aggressive-driving", 0, FineClass.SECOND, (4, 5), Ground.CLASS_2),
        ("aggressive-driving-accident", 0, FineClass.THIRD, (6, 8), Ground.CLASS_3),
        ("speed-51", 0, FineClass.FOURTH, (9, 20), Ground.SPEED_50),
        ("speed-71", 0, FineClass.FOURTH, (9, 20), Ground.SPEED_70),
    ],
)
def test_the_figures_of_an_offence(
    legal: Rules,
    code: str,
    points: int,
    fine_class: FineClass,
    bounds: tuple[int, int],
    ground: Ground | None,
) -> None:
    offence = offences.find(legal, code, date(2026, 11, 22))
    assert (offence.penalty_points, offence.fine_class) == (points, fine_class)
    assert ((offence.least, offence.most), offence.ground) == (bounds, ground)


def test_what_is_not_in_the_list_is_no_offence(legal: Rules) -> None:
    with pytest.raises(OffenceUnknown):
        offences.find(legal, "whistling", date(2026, 11, 22))


async def test_anybody_reads_the_list_of_a_day(client: httpx2.AsyncClient) -> None:
    answer = await client.get(OFFENCES, params={"on": "2026-06-30"})
    assert answer.status_code == 200, answer.text
    listed = {each["code"]: each for each in answer.json()["items"]}
    speed = listed["speed-21"]
    assert speed["least_fine"] == {"amount": "810.00", "currency": "RON"}
    assert speed["most_fine"] == {"amount": "1012.50", "currency": "RON"}
    assert speed["points_article"]["ro"] == "art. 108 alin. (1) lit. b) pct. 2"
    assert (listed["speed-71"]["suspension"], listed["speed-71"]["suspension_days"]) == ("SPEED_70", 120)


async def test_fines_follow_the_day_of_the_offence(client: httpx2.AsyncClient) -> None:
    after = (await client.get(OFFENCES, params={"on": "2026-07-01"})).json()["items"]
    assert next(each for each in after if each["code"] == "speed-21")["least_fine"]["amount"] == "865.00"


async def test_a_day_whose_law_is_not_held_is_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.get(OFFENCES, params={"on": "2019-01-01"})
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/problems/offences-day-not-covered")
