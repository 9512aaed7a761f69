"""CUI/CIF (*cod unic de înregistrare*), the fiscal number of an organisation: 2 to 10 digits."""

from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints
from stdnum.exceptions import ValidationError
from stdnum.ro import cui as standard

from .text import Documented

_PREFIX: Final = "RO"


def parse(text: str) -> str:
    """The bare number. Blanks go, and so does `RO`: it tells of VAT and is no part of the number."""
    number = "".join(text.split()).upper().removeprefix(_PREFIX)
    if not (number.isascii() and number.isdigit()):
        raise ValueError("a CUI has only digits, with RO before them or not")
    try:
        return standard.validate(number)
    except ValidationError:
        raise ValueError("not a valid CUI") from None


def complete(digits: str) -> str:
    """The number of these digits with its check digit, for organisations that are invented."""
    return parse(digits + str(standard.calc_check_digit(digits)))


Cui = Annotated[
    str, StringConstraints(max_length=40), AfterValidator(parse), Documented(r"^ *(RO|ro)? *[0-9]{2,10} *$")
]
"""A CUI in a pydantic model: the bare number."""
