import pytest
from pydantic import TypeAdapter, ValidationError

from hub_core import cui

CUI = TypeAdapter(cui.Cui)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("18547290", "18547290"),
        ("RO18547290", "18547290"),
        ("ro 185 472 90 ", "18547290"),
        ("4266782", "4266782"),
        ("1590082", "1590082"),
        ("14399840", "14399840"),
    ],
)
def test_the_known_vectors_are_right(text: str, number: str) -> None:
    assert cui.parse(text) == number
    assert CUI.validate_python(text) == number


@pytest.mark.parametrize(
    "text", ["18547291", "", "RO", "RORO18547290", "1", "01854729", "12345678901", "1854-7290", "١٨٥٤٧٢٩٠"]
)
def test_what_is_no_cui_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="CUI"):
        cui.parse(text)
    with pytest.raises(ValidationError):
        CUI.validate_python(text)


def test_a_number_is_not_a_text() -> None:
    with pytest.raises(ValidationError):
        CUI.validate_python(18547290)


def test_the_check_digit_is_added_for_who_invents_an_organisation() -> None:
    assert cui.complete("999000001") == "9990000016"
