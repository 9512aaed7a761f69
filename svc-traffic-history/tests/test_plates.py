"""What kind of plate somebody wrote, and how it is written."""

import pytest

from svc_traffic_history.domain import plates
from svc_traffic_history.domain.plates import Kind
from svc_traffic_history.errors.driving_reports import PlateUnknown


@pytest.mark.parametrize(
    ("written", "text", "kind"),
    [
        ("CV 12 ABC", "CV 12 ABC", Kind.STANDARD),
        ("cv-12-abc", "CV 12 ABC", Kind.STANDARD),
        ("Sj09pwr", "SJ 09 PWR", Kind.STANDARD),
        ("B 01 WWW", "B 01 WWW", Kind.STANDARD),
        ("B123ABC", "B 123 ABC", Kind.STANDARD),
        ("BC 99 ZOI", "BC 99 ZOI", Kind.STANDARD),
        ("CV 012345", "CV 012345", Kind.PROVISIONAL),
        ("B 012", "B 012", Kind.PROVISIONAL),
        ("B 101 PROBE", "B 101", Kind.TEST),
        ("IF 4521", "IF 4521", Kind.TEST),
        ("CD 123 101", "CD 123 101", Kind.DIPLOMATIC),
        ("TC101250", "TC 101 250", Kind.DIPLOMATIC),
        ("CO 105.110", "CO 105 110", Kind.DIPLOMATIC),
        ("A 12345", "A 12345", Kind.ARMY),
        ("MAI 31255", "MAI 31255", Kind.INTERIOR),
    ],
)
def test_a_romanian_plate_has_one_written_form(written: str, text: str, kind: Kind) -> None:
    assert plates.read(written) == plates.Plate(text, kind)
    assert plates.read(text) == plates.Plate(text, kind)


@pytest.mark.parametrize(
    "written",
    [
        "SJ-179-PWQ",  # three digits outside Bucharest, and a Q
        "SJ-179-PWR",
        "CV 12 PWQ",
        "CV 12 IAB",
        "CV 12 OAB",
        "CV 00 ABC",
        "CV 1 ABC",
        "B 012 ABC",
        "B 1234 ABC",
        "XX 12 ABC",
        "CV 12 AB",
        "CV 000123",
        "CD 099 101",
        "CV ١٢ ABC",
        "",
        "---",
    ],
)
def test_what_has_no_romanian_form_is_refused(written: str) -> None:
    with pytest.raises(PlateUnknown):
        plates.read(written)


@pytest.mark.parametrize(
    ("written", "country", "text"),
    [("AB-123-CD", "FR", "AB123CD"), ("m ab 1234", "DE", "MAB1234"), ("ńł 1234", "PL", "ŃŁ1234")],
)
def test_edge_58_a_foreign_plate_is_another_kind(written: str, country: str, text: str) -> None:
    assert plates.read(written, country) == plates.Plate(text, Kind.FOREIGN, country)


@pytest.mark.parametrize("written", ["A", "!!!", "ABC 123 456 789 012", "A_1"])
def test_what_is_no_plate_anywhere_is_refused(written: str) -> None:
    with pytest.raises(PlateUnknown):
        plates.read(written, "HU")
