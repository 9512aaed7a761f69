"""The register of administrative units (SIRUTA), in the form in which the statistics office gives it out.

The file comes with the package `sirutalib` (BSD-3-Clause); the data are those of the National
Institute of Statistics. A newer edition is a newer version of the package, or a file of the same form.
"""

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import files
from io import StringIO
from typing import Final

from hub_core.county import COUNTIES
from hub_core.text import normalise

from ..domain.places import Place, PlaceKind

_PACKAGE: Final = "sirutalib"
_FILE: Final = "siruta.csv"
_COUNTY_LEVEL: Final = "1"
_UNIT_LEVEL: Final = "2"
_BY_SIRUTA: Final = {county.siruta: county for county in COUNTIES}
_UNITS: Final = {
    "1": PlaceKind.MUNICIPALITY,
    "2": PlaceKind.TOWN,
    "3": PlaceKind.COMMUNE,
    "4": PlaceKind.MUNICIPALITY,
    "9": PlaceKind.MUNICIPALITY,
}
"""The kinds of units by TIP; 9 is Bucharest."""
_PARTS: Final = {"6": PlaceKind.SECTOR} | dict.fromkeys(("9", "10", "17", "18"), PlaceKind.LOCALITY)
"""The kinds of what lies inside a unit by TIP; all others are villages."""
_SEATS: Final = frozenset({"9", "17", "22"})
_URBAN: Final = "1"
_RANK: Final = re.compile(r"^(MUNICIPIUL|ORAȘUL|ORAȘ|JUDEȚUL) ")
_INITIALS: Final = re.compile(r"(?<=\.)(?=\w{2})")
_WORD: Final = re.compile(r"[^\W\d_]+")
_SMALL: Final = frozenset(
    ["al", "cea", "cel", "cu", "de", "din", "la", "lui", "pe", "peste", "sub", "și", "în"]
)


def content() -> bytes:
    """The file."""
    found = next(file for file in files(_PACKAGE) or () if file.name == _FILE)
    return found.read_binary()


def edition(data: bytes) -> bytes:
    """What tells one edition from another: its SHA-256."""
    return hashlib.sha256(data).digest()


def places(data: bytes) -> Iterator[Place]:
    """Every place of the file, each after the unit it belongs to."""
    counties: dict[str, str] = {}
    rows = csv.DictReader(StringIO(data.decode()), delimiter=";")
    for row in sorted(rows, key=lambda row: row["NIV"]):
        place = _place(row, counties)
        counties[place.siruta] = place.county
        yield place


def name(written: str) -> str:
    """The name as people write it: `MUNICIPIUL BAIA MARE` → `Baia Mare`, `I.C.BRĂTIANU` → `I.C. Brătianu`."""
    words = _INITIALS.sub(" ", _RANK.sub("", normalise(written)))
    capitalised = _WORD.sub(lambda match: match[0].capitalize(), words)
    first, *others = capitalised.split(" ")
    return " ".join([first, *(each.lower() if each.lower() in _SMALL else each for each in others)])


def _place(row: Mapping[str, str], counties: Mapping[str, str]) -> Place:
    siruta, level, kind = row["SIRUTA"], row["NIV"], row["TIP"]
    if level == _COUNTY_LEVEL:
        county = _BY_SIRUTA[siruta]
        return Place(siruta, county.name, PlaceKind.COUNTY, county.code, parent=None, urban=False)
    unit = level == _UNIT_LEVEL
    return Place(
        siruta=siruta,
        name=name(row["DENLOC"]),
        kind=_UNITS[kind] if unit else _PARTS.get(kind, PlaceKind.VILLAGE),
        county=counties[row["SIRSUP"]],
        parent=row["SIRSUP"],
        urban=row["MED"] == _URBAN,
        seat=not unit and kind in _SEATS,
    )
