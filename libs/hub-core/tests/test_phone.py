import pytest
from pydantic import TypeAdapter, ValidationError

from hub_core import phone
from hub_core.phone import Line

PHONE = TypeAdapter(phone.PhoneField)


@pytest.mark.parametrize(
    ("text", "e164", "line"),
    [
        ("0745 123 456", "+40745123456", Line.MOBILE),
        (" +40 745-123-456", "+40745123456", Line.MOBILE),
        ("0040745123456", "+40745123456", Line.MOBILE),
        ("021 312 3456", "+40213123456", Line.FIXED),
        ("(0267) 312.345", "+40267312345", Line.FIXED),
        ("0372 123 456", "+40372123456", Line.FIXED),
        ("0800 800 624", "+40800800624", Line.OTHER),
    ],
)
def test_a_romanian_number_is_kept_as_e164(text: str, e164: str, line: Line) -> None:
    assert phone.parse(text) == phone.Phone(e164, line, "RO")


def test_a_foreign_number_keeps_its_region() -> None:
    number = phone.parse("+36 30 123 4567")
    assert (number.region, number.takes_sms) == ("HU", True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "112",
        "0745",
        "0745123456 ext 5",
        "0745123456abc",
        "0907123456",
        "٠٧٤٥١٢٣٤٥٦",
        "+",
        "0" * 5000,
        "07451\n23456",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="telephone number"):
        phone.parse(text)


def test_only_mobile_numbers_take_messages() -> None:
    assert phone.parse("0745123456").takes_sms
    assert not phone.parse("0213123456").takes_sms


def test_its_repr_is_masked_and_its_text_is_not() -> None:
    number = phone.parse("0745123456")
    assert repr(number) == "Phone(+40******456)"
    assert str(number) == "+40745123456"


def test_a_model_reads_text_and_writes_e164() -> None:
    number = PHONE.validate_python("0745 123 456")
    assert PHONE.validate_python(number) is number
    assert PHONE.dump_json(number) == b'"+40745123456"'
    for wrong in (745123456, None, "0745"):
        with pytest.raises(ValidationError):
            PHONE.validate_python(wrong)
