from datetime import UTC, date, datetime

import pytest

from hub_core import clock


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 21, 21, 59, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 21, 22, 0, tzinfo=UTC), date(2026, 11, 22)),  # winter: UTC+2
        (datetime(2026, 7, 1, 21, 0, tzinfo=UTC), date(2026, 7, 2)),  # summer: UTC+3
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),  # 03:30, the first of two
    ],
)
def test_the_legal_day_is_that_of_bucharest(instant: datetime, day: date) -> None:
    assert clock.local_date(instant) == day


def test_now_is_in_utc() -> None:
    assert clock.now().tzinfo is UTC
