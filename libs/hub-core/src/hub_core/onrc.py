"""Numbers of the trade register (*Oficiul Național al Registrului Comerțului*), and their European form.

Old form, until 26 July 2024: `J12/345/2020` (kind, county, serial, year). New form: 14 characters,
`J2024012345007` (kind, year, serial, county 00, check digit). Both are in use. Kinds: J companies,
F persons and families in business, C cooperatives.
"""

from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints
from stdnum.exceptions import ValidationError
from stdnum.ro import onrc as standard

_EUID_PREFIX: Final = "ROONRC."


def parse(text: str) -> str:
    """The number as the register writes it (`J12/345/2020`, `J2024012345007`); `ValueError` for any other."""
    if not text.isascii():
        raise ValueError("not a valid trade register number")
    try:
        return standard.validate(text)
    except ValidationError:
        raise ValueError("not a valid trade register number") from None


def euid(number: str) -> str:
    """The European unique identifier of a company (Directive (EU) 2017/1132, art. 16)."""
    return f"{_EUID_PREFIX}{parse(number)}"


Number = Annotated[str, StringConstraints(max_length=40), AfterValidator(parse)]
"""A trade register number in a pydantic model."""
