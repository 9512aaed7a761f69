import phonenumbers
import pytest
from stdnum.ro import cnp as standard

from hub_core import county, text
from hub_core.county import COUNTIES, County


def test_there_are_42_sorted_by_code() -> None:
    assert len(COUNTIES) == 42
    assert [each.code for each in COUNTIES] == sorted(county.BY_CODE)


@pytest.mark.parametrize("attribute", ["code", "name", "siruta", "nuts3", "seat_siruta"])
def test_codes_are_unique(attribute: str) -> None:
    assert len({getattr(each, attribute) for each in COUNTIES}) == 42


def test_covasna_by_every_code() -> None:
    expected = County("CV", "Covasna", ("14",), "145", "RO123", ("0267",), "Sfântu Gheorghe", "63394")
    assert county.BY_CODE["CV"] == expected


def test_bucharest_has_its_sectors_and_two_prefixes() -> None:
    bucharest = county.BY_CODE["B"]
    assert bucharest.cnp_codes == ("40", "41", "42", "43", "44", "45", "46")
    assert bucharest.phone_prefixes == ("021", "031")


@pytest.mark.parametrize("each", COUNTIES, ids=lambda each: each.code)
def test_cnp_codes_and_prefixes_agree_with_the_packages(each: County) -> None:
    for code in each.cnp_codes:
        name = standard.get_county(f"0000000{code}0000").partition(" - ")[0]
        assert text.fold(each.name) == text.fold(name)
    for prefix in each.phone_prefixes:
        sample = prefix + "2345678"[: 10 - len(prefix)]
        assert phonenumbers.is_possible_number(phonenumbers.parse(sample, "RO"))


def siruta_check_digit(first: str) -> str:
    """Digits of the weighted digits, added; what is missing to 11, modulo 10 (as in sirutalib)."""
    products = (int(digit) * weight for digit, weight in zip(first.zfill(5), (7, 5, 3, 2, 1), strict=True))
    return str((11 - sum(product // 10 + product % 10 for product in products)) % 10)


@pytest.mark.parametrize("each", COUNTIES, ids=lambda each: each.code)
def test_siruta_check_digits_are_right(each: County) -> None:
    for code in (each.siruta, each.seat_siruta):
        assert code[-1] == siruta_check_digit(code[:-1])


def test_names_are_written_with_comma_below() -> None:
    for each in COUNTIES:
        assert text.normalise(each.name + each.seat) == each.name + each.seat
