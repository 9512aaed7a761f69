"""Whether a report can be taken: time, place, declaration, and how often."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from hub_core.clock import BUCHAREST
from hub_core.rules import Rules
from svc_traffic_history.domain import admissibility, event_times
from svc_traffic_history.domain.admissibility import DECLARATION, Locality
from svc_traffic_history.errors import driving_reports as errors
from svc_traffic_history.reference.localities import localities

SENT = datetime(2026, 11, 21, 8, tzinfo=BUCHAREST)
SFANTU = Locality("63394", "MUNICIPIUL SFÂNTU GHEORGHE", "CV")
HERE = (Decimal("45.8636"), Decimal("25.7875"))


def test_edge_55_an_event_30_days_ago_at_23_00_can_be_reported(legal: Rules) -> None:
    happened = datetime(2026, 10, 22, 23, tzinfo=BUCHAREST)
    admissibility.must_be_in_time(happened, legal, SENT)
    assert admissibility.last_day(happened, legal, SENT.date()) == date(2026, 11, 21)
    admissibility.must_be_in_time(happened, legal, SENT.replace(hour=23, minute=59, second=59))


def test_edge_55_an_event_31_days_ago_cannot(legal: Rules) -> None:
    with pytest.raises(errors.EventTooLongAgo) as refused:
        admissibility.must_be_in_time(datetime(2026, 10, 21, 23, 59, tzinfo=BUCHAREST), legal, SENT)
    assert refused.value.facts == {"days": 30}


def test_edge_55_the_day_is_local_and_not_utc(legal: Rules) -> None:
    """22:30 UTC on 20 October is half past one of the 21st in Bucharest, and summer time."""
    happened = datetime(2026, 10, 20, 22, 30, tzinfo=UTC)
    assert admissibility.last_day(happened, legal, SENT.date()) == date(2026, 11, 20)


def test_edge_55_an_event_in_the_future_cannot_be_reported(legal: Rules) -> None:
    admissibility.must_be_in_time(SENT, legal, SENT)
    with pytest.raises(errors.EventInFuture):
        admissibility.must_be_in_time(SENT + timedelta(seconds=1), legal, SENT)


def test_edge_55_an_hour_that_exists_twice_needs_its_offset() -> None:
    with pytest.raises(errors.EventHourTwice):
        event_times.read("2026-10-25T03:30")
    first, second = map(event_times.read, ("2026-10-25T03:30+03:00", "2026-10-25T03:30+02:00"))
    assert (first, second - first) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), timedelta(hours=1))


@pytest.mark.parametrize(
    "written", ["2027-03-28T03:30", "2026-02-30T10:00", "2026-11-21T24:30", "2026-11-21T10:00+99:00"]
)
def test_a_moment_that_does_not_exist_is_refused(written: str) -> None:
    with pytest.raises(errors.EventTimeUnknown):
        event_times.read(written)


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-10-25T02:59", datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        ("2026-10-25T04:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
        ("2027-03-28T04:00", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("2026-07-01T12:00", datetime(2026, 7, 1, 9, 0, tzinfo=UTC)),
        ("2026-07-01T12:00Z", datetime(2026, 7, 1, 12, 0, tzinfo=UTC)),
    ],
)
def test_a_local_hour_is_an_instant(written: str, instant: datetime) -> None:
    assert event_times.read(written) == instant


def test_the_upload_has_an_hour_and_the_fine_six_months(legal: Rules) -> None:
    assert admissibility.upload_by(SENT, legal) == SENT + timedelta(hours=1)
    happened = datetime(2026, 8, 31, 10, tzinfo=BUCHAREST)
    assert admissibility.barred_after(happened, legal) == date(2027, 2, 28)


def test_the_hour_of_the_upload_is_an_hour_when_the_clocks_go_back(legal: Rules) -> None:
    sent = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # 03:45, the first time
    assert admissibility.upload_by(sent, legal) == datetime(2026, 10, 25, 1, 45, tzinfo=UTC)


def test_there_are_nine_manoeuvres_in_three_languages(legal: Rules) -> None:
    every = admissibility.manoeuvres(legal, date(2026, 11, 21))
    assert [option.code for option in every] == list("abcdefghi")
    assert all(len(option.texts) == 3 for option in every)
    admissibility.must_be_aggressive("abcdefghi", legal, SENT)
    with pytest.raises(errors.ManoeuvreUnknown):
        admissibility.must_be_aggressive(("a", "j"), legal, SENT)


def test_before_the_law_nothing_was_aggressive(legal: Rules) -> None:
    with pytest.raises(errors.ManoeuvreUnknown):
        admissibility.must_be_aggressive(("a",), legal, datetime(2001, 5, 1, tzinfo=UTC))


def test_edge_56_the_fourth_report_of_the_day_is_over_the_limit(legal: Rules) -> None:
    admissibility.must_be_under_limit(2, legal, SENT)
    with pytest.raises(errors.DrivingReportLimit) as refused:
        admissibility.must_be_under_limit(3, legal, SENT)
    assert refused.value.facts == {"most": 3}


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 11, 21), 24), (date(2026, 10, 25), 25)])
def test_the_day_of_the_limit_is_the_legal_one(day: date, hours: int) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=BUCHAREST)
    begins, ends = (each.astimezone(UTC) for each in admissibility.day_of(noon))
    assert ends - begins == timedelta(hours=hours)
    assert begins.astimezone(BUCHAREST).date() == day


def test_without_the_declaration_nothing_is_taken() -> None:
    admissibility.must_be_declared(DECLARATION, agreed=True)
    with pytest.raises(errors.DeclarationNeeded):
        admissibility.must_be_declared(DECLARATION, agreed=False)
    with pytest.raises(errors.DeclarationOutdated):
        admissibility.must_be_declared("2025-01-01", agreed=True)


def test_who_was_not_there_by_chance_cannot_report() -> None:
    with pytest.raises(errors.NotByChance):
        admissibility.must_be_seen_by_chance(by_chance=False)


def test_words_or_a_point_locate_the_event() -> None:
    admissibility.must_be_found("CV", SFANTU, "", *HERE)
    admissibility.must_be_found("CV", None, "DN 12, km 24", None, None)
    with pytest.raises(errors.PlaceNeeded):
        admissibility.must_be_found("CV", SFANTU, "", None, None)


@pytest.mark.parametrize(
    ("county", "locality", "point", "pointer"),
    [
        ("HR", SFANTU, HERE, "/place/siruta"),
        ("XX", None, HERE, "/place/county"),
        ("CV", SFANTU, HERE[::-1], "/place/coordinates"),
        ("CV", None, (Decimal("47.4979"), Decimal("19.0402")), "/place/coordinates"),
    ],
    ids=["another county", "no county", "exchanged", "abroad"],
)
def test_a_place_that_contradicts_itself_is_refused(
    county: str, locality: Locality | None, point: tuple[Decimal, Decimal], pointer: str
) -> None:
    with pytest.raises(errors.PlaceNotHere) as refused:
        admissibility.must_be_found(county, locality, "DN 12", *point)
    assert [error.pointer for error in refused.value.errors] == [pointer]


def test_localities_are_known_by_siruta_with_their_county() -> None:
    known = localities()
    assert known["63394"] == SFANTU
    assert known["179132"].county == "B"
    assert "145" not in known  # the county is none
    assert len({each.county for each in known.values()}) == 42
