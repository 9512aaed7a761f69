from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError
from stdnum.ro import cnp as standard

from hub_core import cnp

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("number", "born"),
    [
        ("1850312140018", date(1985, 3, 12)),
        ("2960229140015", date(1996, 2, 29)),
        ("5000229400019", date(2000, 2, 29)),
        ("1900101400081", date(1990, 1, 1)),  # remainder 10
        ("5200215520030", date(2020, 2, 15)),  # remainder 0
        ("6240520700016", date(2024, 5, 20)),  # county code 70
        ("5250101700159", date(2025, 1, 1)),
        ("5121121400172", date(2012, 11, 21)),
        ("5081121120096", date(2008, 11, 21)),
        ("5081122120099", date(2008, 11, 22)),
        ("7900630400170", None),  # resident foreigner: the century is not told
        ("3070520140014", None),  # the 1800s
    ],
)
def test_the_known_vectors_are_right(number: str, born: date | None) -> None:
    assert cnp.validate(number, TODAY).birth_date == born


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1850312140017", "check-digit"),
        ("5010229120018", "birth-date"),
        ("1851331140017", "birth-date"),
        ("1850312530019", "county"),
        ("185031214001", "length"),
        ("18503121400180", "length"),
        ("1850312140001", "serial"),  # python-stdnum takes it
        ("0850312140018", "first-digit"),
        ("1850312-14001", "digits"),
        ("185031214001x", "digits"),
        ("١٨٥٠٣١٢١٤٠٠١٨", "digits"),
        ("", "digits"),
    ],
)
def test_what_is_wrong_is_said_by_code_and_without_the_number(number: str, code: str) -> None:
    with pytest.raises(cnp.InvalidCnp) as refusal:
        cnp.validate(number, TODAY)
    assert refusal.value.code == code
    assert not number or number not in str(refusal.value)


def test_blanks_are_stripped_wherever_they_stand() -> None:
    assert cnp.parse(" 1850312 140018\u00a0").number == "1850312140018"


def test_nobody_is_born_tomorrow() -> None:
    born_today = cnp.validate("5261121709008", TODAY)
    assert born_today.birth_date == TODAY
    with pytest.raises(cnp.InvalidCnp, match="future"):
        cnp.validate("5261121709008", date(2026, 11, 20))


def test_a_foreigner_born_on_a_leap_day_of_2000_is_accepted() -> None:
    number = "700022940900" + standard.calc_check_digit("700022940900")
    assert cnp.parse(number).birth_date is None
    assert not standard.is_valid(number)  # the reason for reading the date ourselves


@pytest.mark.parametrize(
    ("number", "plausible"),
    [
        ("3070520140014", False),  # born in 1807
        ("1850312140018", True),
        ("7900630400170", True),  # nothing known against it
        ("1050312149005", False),  # born in 1905: 121 this year
    ],
)
def test_an_implausible_age_is_flagged_and_not_refused(number: str, plausible: bool) -> None:
    assert cnp.validate(number, TODAY).is_plausible(TODAY) is plausible


def test_it_never_shows_the_number() -> None:
    value = cnp.parse("1850312140018")
    assert value.masked == "*********0018"
    for shown in (repr(value), str(value), f"{value}", f"{value!r:>40}", repr([value])):
        assert "1850312140018" not in shown


class _Person(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    cnp: cnp.CnpField


def test_in_a_model_it_is_read_from_text_and_written_masked() -> None:
    person = _Person.model_validate({"cnp": "1850312 140018"})
    assert person.cnp.number == "1850312140018"
    assert person.model_dump_json() == '{"cnp":"*********0018"}'
    assert _Person(cnp=person.cnp) == person
    assert _Person.model_json_schema()["properties"]["cnp"]["type"] == "string"


@pytest.mark.parametrize("value", ["1850312140017", 1850312140018, None, ["1850312140018"], True])
def test_a_model_refuses_what_is_no_cnp_without_repeating_it(value: object) -> None:
    with pytest.raises(ValidationError) as refusal:
        _Person.model_validate({"cnp": value})
    assert "18503121" not in str(refusal.value)


@given(st.text(alphabet="0123456789", min_size=12, max_size=12))
def test_only_one_check_digit_fits(first: str) -> None:
    accepted = []
    for check in "0123456789":
        try:
            accepted.append(cnp.parse(first + check).number[-1])
        except cnp.InvalidCnp:
            continue
    assert accepted in ([], [standard.calc_check_digit(first)])


def test_numbers_are_found_in_a_text_that_should_hold_none() -> None:
    text = "id=1850312149006; 1850312149007, 11850312149006 and 6240520709004"
    assert [found.number for found in cnp.find(text)] == ["1850312149006", "6240520709004"]


def test_twelve_digits_are_completed_for_who_invents_a_person() -> None:
    assert cnp.complete("285031214900") == cnp.parse("2850312149008")


@pytest.mark.parametrize("digits", ["28503121490", "2850312149008", "28503121490x", "285131214900"])
def test_what_cannot_be_a_number_is_not_completed(digits: str) -> None:
    with pytest.raises(cnp.InvalidCnp):
        cnp.complete(digits)
