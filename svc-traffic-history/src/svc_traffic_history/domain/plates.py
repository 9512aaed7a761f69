"""Registration plates: what kind one is, and how it is written.

>>> read("cv-12-abc")
Plate(text='CV 12 ABC', kind=<Kind.STANDARD: 'STANDARD'>, country='RO')
>>> read("AB-123-CD", "FR").text
'AB123CD'

The forms are those that people see on the road; none was read in a text of law.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hub_core.county import COUNTIES

from ..errors.driving_reports import PlateUnknown

ROMANIA: Final = "RO"
_SEPARATORS: Final = re.compile(r"[\s.·•-]+")


class Kind(StrEnum):
    """What a plate says of its vehicle."""

    STANDARD = "STANDARD"
    PROVISIONAL = "PROVISIONAL"
    """The red plate of a new vehicle, or the one with an end date: its number begins with 0."""
    TEST = "TEST"
    """Of dealers and makers, with the word PROBE, which is left out here."""
    DIPLOMATIC = "DIPLOMATIC"
    """Embassies, consulates and their staff: CD, CO, TC."""
    ARMY = "ARMY"
    INTERIOR = "INTERIOR"
    """The ministry's own vehicles: MAI."""
    FOREIGN = "FOREIGN"


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate as it is written, and the state that gave it (ISO 3166-1, two letters).

    A foreign one is written without separators: each country has its own.
    """

    text: str
    kind: Kind
    country: str = ROMANIA


_LETTERS: Final = "[A-HJ-NPR-Z][A-PR-Z]{2}"
"""Three letters: no Q, which looks like O, and in the first place neither I nor O, which look like digits."""
_COUNTY: Final = "|".join(county.code for county in COUNTIES if county.code != "B")
_ANY: Final = f"B|{_COUNTY}"
_FORMS: Final = (
    (Kind.STANDARD, re.compile(rf"({_COUNTY})(0[1-9]|[1-9][0-9])({_LETTERS})")),
    (Kind.STANDARD, re.compile(rf"(B)(0[1-9]|[1-9][0-9]{{1,2}})({_LETTERS})")),
    (Kind.PROVISIONAL, re.compile(rf"({_ANY})(0[1-9][0-9]{{1,4}})")),
    (Kind.TEST, re.compile(rf"({_ANY})([1-9][0-9]{{2,5}})(?:PROBE)?")),
    (Kind.DIPLOMATIC, re.compile(r"(CD|CO|TC)([1-9][0-9]{2})([1-9][0-9]{2})")),
    (Kind.ARMY, re.compile(r"(A)([0-9]{3,7})")),
    (Kind.INTERIOR, re.compile(r"(MAI)([0-9]{3,6})")),
)
_FOREIGN: Final = re.compile(r"[^\W_]{2,12}")


def read(written: str, country: str = ROMANIA) -> Plate:
    """The plate that somebody wrote, in capitals or not, with blanks, hyphens or none.

    Raises `PlateUnknown` for a Romanian one that has none of the forms, or a foreign one that is no plate.
    """
    bare = _SEPARATORS.sub("", written).upper()
    if country != ROMANIA:
        if not _FOREIGN.fullmatch(bare):
            raise PlateUnknown
        return Plate(bare, Kind.FOREIGN, country)
    for kind, form in _FORMS:
        if found := form.fullmatch(bare):
            return Plate(" ".join(found.groups()), kind)
    raise PlateUnknown
