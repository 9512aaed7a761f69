"""CNP (*cod numeric personal*), the personal number: 13 digits `S AA LL ZZ JJ NNN C`.

It is a national identification number (Law 190/2018): a `Cnp` shows itself masked everywhere, and
only `.number` gives the digits, to be stored encrypted and never logged.

>>> cnp = validate("1850312 149006", today=date(2026, 11, 21))
>>> cnp
Cnp(*********9006)
>>> cnp.birth_date
datetime.date(1985, 3, 12)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from stdnum.exceptions import InvalidComponent
from stdnum.ro import cnp as standard

_LENGTH: Final = 13
_CENTURY: Final = {"1": 1900, "2": 1900, "3": 1800, "4": 1800, "5": 2000, "6": 2000}
_OLDEST_AGE: Final = 120
_THIRTEEN_DIGITS: Final = re.compile(r"(?<![0-9])[0-9]{13}(?![0-9])")


class InvalidCnp(ValueError):
    """The text is no CNP. `code` says why, stable for programs; the number is not repeated.

    Codes: `digits`, `length`, `first-digit`, `birth-date`, `county`, `serial`, `check-digit`, `future`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"not a valid CNP: {code}")
        self.code = code


@dataclass(frozen=True, slots=True, repr=False)
class Cnp:
    """A CNP that is right in itself: digits, date, county code, serial and check digit.

    Nothing is said of birthplace or domicile: numbers given since 8 May 2024 carry county code 70.
    """

    number: str

    def __post_init__(self) -> None:
        """Refuse what is no CNP (`InvalidCnp`)."""
        if not (self.number.isascii() and self.number.isdigit()):
            raise InvalidCnp("digits")
        if len(self.number) != _LENGTH:
            raise InvalidCnp("length")
        if self.number[0] == "0":
            raise InvalidCnp("first-digit")
        if _date(self.number) is None:
            raise InvalidCnp("birth-date")
        try:
            standard.get_county(self.number)
        except InvalidComponent:
            raise InvalidCnp("county") from None
        if self.number[9:12] == "000":
            raise InvalidCnp("serial")
        if self.number[12] != standard.calc_check_digit(self.number[:12]):
            raise InvalidCnp("check-digit")

    @property
    def birth_date(self) -> date | None:
        """The date of birth where the number tells it (S = 1, 2, 5, 6).

        For S = 7, 8, 9 the century is unknown and the source of the identity has to say it; for
        S = 3, 4 it would be in the 1800s.
        """
        return _date(self.number) if self.number[0] in "1256" else None

    @property
    def masked(self) -> str:
        """The form for screens and logs: `*********0018`."""
        return "*" * 9 + self.number[-4:]

    def is_plausible(self, today: date) -> bool:
        """Whether its holder can be alive; false means: ask, do not refuse."""
        if self.number[0] in "34":
            return False
        born = self.birth_date
        return born is None or today.year - born.year <= _OLDEST_AGE

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Cnp({self.masked})"


def parse(text: str) -> Cnp:
    """Read a CNP as people write it: blanks are stripped, nothing else is forgiven (`InvalidCnp`)."""
    return Cnp("".join(text.split()))


def complete(digits: str) -> Cnp:
    """The number of these twelve digits with its check digit; `InvalidCnp` for what cannot be one.

    For invented people, whose serial (digits 10 to 12) is 900 to 999.
    """
    if len(digits) != _LENGTH - 1 or not (digits.isascii() and digits.isdigit()):
        raise InvalidCnp("digits")
    return Cnp(digits + standard.calc_check_digit(digits))


def validate(text: str, today: date) -> Cnp:
    """Read a CNP and refuse a date of birth after `today`, the legal date in Bucharest."""
    cnp = parse(text)
    if cnp.birth_date is not None and cnp.birth_date > today:
        raise InvalidCnp("future")
    return cnp


def find(text: str) -> Iterator[Cnp]:
    """Every CNP in a text that should hold none: thirteen digits in a row that are right in themselves."""
    for digits in _THIRTEEN_DIGITS.findall(text):
        try:
            yield Cnp(digits)
        except InvalidCnp:
            continue


def _date(number: str) -> date | None:
    """The date in the digits; of unknown century, the one in which the day exists (29.02.00 is of 2000)."""
    centuries = (_CENTURY[number[0]],) if number[0] in _CENTURY else (1900, 2000)
    for century in centuries:
        try:
            return date(century + int(number[1:3]), int(number[3:5]), int(number[5:7]))
        except ValueError:
            continue
    return None


def _read(value: object) -> Cnp:
    if isinstance(value, Cnp):
        return value
    if isinstance(value, str):
        return parse(value)
    raise InvalidCnp("digits")


CnpField = Annotated[
    Cnp,
    PlainValidator(_read, json_schema_input_type=str),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 13,
            "maxLength": 40,
            "pattern": "^( *[0-9]){13} *$",
            "examples": ["1850312149006"],
        }
    ),
]
"""A CNP in a pydantic model. It is written out masked: give `.number` where the digits are needed.

The model needs `hide_input_in_errors=True`; the operation, which has the clock, still has to refuse
a date in the future.
"""
