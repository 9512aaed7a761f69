"""Telephone numbers: read as people in Romania write them, kept as E.164 (`+40745123456`)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType
from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

REGION: Final = "RO"
_WRITTEN: Final = re.compile(r"\+?[0-9 ().\-/]{3,30}")
_LANDLINE_DIGITS: Final = ("2", "3")  # 02x and 03x; the package calls some of 03x "universal access"


class Line(StrEnum):
    """What answers at a number."""

    MOBILE = "MOBILE"
    FIXED = "FIXED"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, repr=False)
class Phone:
    """A valid number: `e164`, its kind of line, and the region it belongs to (`RO`, or another)."""

    e164: str
    line: Line
    region: str

    @property
    def takes_sms(self) -> bool:
        """Only mobile numbers get text messages."""
        return self.line is Line.MOBILE

    @property
    def masked(self) -> str:
        """The form for screens and logs: `+40******456`."""
        return masked(self.e164)

    def __str__(self) -> str:
        return self.e164

    def __repr__(self) -> str:
        return f"Phone({self.masked})"


def masked(e164: str) -> str:
    """The form of a stored number for screens and logs: `+40******456`."""
    return e164[:3] + "*" * (len(e164) - 6) + e164[-3:]


def parse(text: str) -> Phone:
    """Read a number (`0745 123 456`, `+40 745…`, `+36 30…`); without `+` it is a Romanian one.

    Raises `ValueError` for what is not a valid number; short numbers (`112`) and extensions are not.
    """
    written = text.strip()
    if not _WRITTEN.fullmatch(written):
        raise ValueError("not a telephone number")
    try:
        number = phonenumbers.parse(written, REGION)
    except phonenumbers.NumberParseException:
        raise ValueError("not a telephone number") from None
    region = phonenumbers.region_code_for_number(number)
    if region is None or not phonenumbers.is_valid_number(number):
        raise ValueError("not a valid telephone number")
    return Phone(phonenumbers.format_number(number, PhoneNumberFormat.E164), _line(number, region), region)


def _line(number: PhoneNumber, region: str) -> Line:
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.MOBILE:
        return Line.MOBILE
    if kind == PhoneNumberType.FIXED_LINE:
        return Line.FIXED
    if region == REGION and str(number.national_number).startswith(_LANDLINE_DIGITS):
        return Line.FIXED
    return Line.OTHER


def _read(value: object) -> Phone:
    if isinstance(value, Phone):
        return value
    if isinstance(value, str):
        return parse(value)
    raise ValueError("not a telephone number")


PhoneField = Annotated[
    Phone,
    PlainValidator(_read, json_schema_input_type=str),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 3,
            "maxLength": 31,
            "pattern": r"^\+?[0-9 ().\-/]{3,30}$",
            "examples": ["+40745123456"],
        }
    ),
]
"""A telephone number in a pydantic model; written out as E.164."""
