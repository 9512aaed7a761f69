"""The names of counties and towns, from `data/`, and of all other places, from the register (SIRUTA).

The register's file comes with the package `sirutalib`; the data are those of the National Institute of
Statistics.
"""

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from importlib.resources import files
from io import StringIO
from typing import Any, Final

from pydantic import TypeAdapter

from hub_core.county import COUNTIES
from hub_core.text import normalise

from ..domain.places import Gazetteer, Names, Settlement, Unit

_NAMES: Final = TypeAdapter(dict[str, Names])
_HUNGARIAN: Final = TypeAdapter(dict[str, dict[str, str]])
_PACKAGE: Final = "sirutalib"
_FILE: Final = "siruta.csv"
_UNIT_LEVEL: Final = "2"
_SECTOR: Final = "6"
_BY_SIRUTA: Final = {county.siruta: county for county in COUNTIES}
_RANK: Final = re.compile(r"^(MUNICIPIUL|ORAȘUL|ORAȘ) ")
_SECTOR_NAME: Final = re.compile(r".*SECTORUL (\d)")
_WORD: Final = re.compile(r"[^\W\d_]+")
_SMALL: Final = frozenset(
    ["al", "cea", "cel", "cu", "de", "din", "la", "lui", "pe", "peste", "sub", "și", "în"],
)
_CAPITAL: Final = "Municipiului București"
_OF_CAPITAL: Final = "B"


@cache
def gazetteer() -> Gazetteer:
    """The places by which a text says where something happened."""
    return Gazetteer(
        _NAMES.validate_python(_read("places.toml")),
        settlements(),
        _HUNGARIAN.validate_python(_read("hungarian_places.toml")),
    )


def settlements() -> Iterator[Settlement]:
    """Every unit that has a town hall, and every place in one."""
    file = next(each for each in metadata.files(_PACKAGE) or () if each.name == _FILE)
    rows = list(csv.DictReader(StringIO(file.read_binary().decode()), delimiter=";"))
    units: dict[str, Unit] = {}
    for row in rows:
        if row["NIV"] == _UNIT_LEVEL:
            county = _BY_SIRUTA[row["SIRSUP"]]
            name = _name(row["DENLOC"])
            label = _CAPITAL if county.code == _OF_CAPITAL else f"{name}, județul {county.name}"
            units[row["SIRUTA"]] = Unit(row["SIRUTA"], name, county.code, label)
    for unit in units.values():
        yield Settlement(unit.name, unit)
    for row in rows:
        if row["SIRSUP"] in units and row["TIP"] == _SECTOR:
            yield from _sector(row)
        elif row["SIRSUP"] in units and (name := _name(row["DENLOC"])) != units[row["SIRSUP"]].name:
            yield Settlement(name, units[row["SIRSUP"]])


def _sector(row: Mapping[str, str]) -> Iterator[Settlement]:
    number = _SECTOR_NAME.sub(r"\1", normalise(row["DENLOC"]))
    for name in (f"Sector {number}", f"Sectorul {number}", f"Sectorului {number}"):
        label = f"Sectorului {number}, București"
        yield Settlement(name, Unit(row["SIRUTA"], name, _OF_CAPITAL, label, part_of=row["SIRSUP"]))


def _name(written: str) -> str:
    """The name as people write it: `MUNICIPIUL BAIA MARE` → `Baia Mare`."""
    words = _WORD.sub(lambda match: match[0].capitalize(), _RANK.sub("", normalise(written)))
    first, *others = words.split(" ")
    return " ".join([first, *(each.lower() if each.lower() in _SMALL else each for each in others)])


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__.rpartition(".")[0]) / "data" / name).read_text())
