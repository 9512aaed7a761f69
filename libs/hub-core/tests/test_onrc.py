import pytest
from pydantic import TypeAdapter, ValidationError

from hub_core import onrc

NUMBER = TypeAdapter(onrc.Number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("J12/345/2020", "J12/345/2020"),
        ("j12 / 345 / 2020", "J12/345/2020"),
        ("J/12/345/2020", "J12/345/2020"),
        ("F5/1/1999", "F05/1/1999"),
        ("J2024012345007", "J2024012345007"),
        (" c52-750-2012 ", "C52/750/2012"),
    ],
)
def test_both_forms_are_read_as_people_write_them(text: str, number: str) -> None:
    assert onrc.parse(text) == NUMBER.validate_python(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "J",
        "X12/345/2020",
        "J47/345/2020",  # no such county
        "J12/345/1989",
        "J12/345/2025",  # the old form is given out no more
        "J2024012345008",
        "J2023012345006",  # county 00 before 2024
        "J202401234500",
        "J12/345/202\u0660",
    ],
)
def test_what_is_no_number_of_the_register_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="trade register"):
        onrc.parse(text)
    with pytest.raises(ValidationError):
        NUMBER.validate_python(text)


def test_the_european_form_names_state_and_register() -> None:
    assert onrc.euid("J2024012345007") == "ROONRC.J2024012345007"
