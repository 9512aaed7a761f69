"""Localities by their SIRUTA codes.

The register's file comes with the package `sirutalib`; the data are those of the National Institute of
Statistics.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.metadata import files
from io import StringIO
from typing import Final

from hub_core.county import COUNTIES
from hub_core.text import normalise

from ..domain.admissibility import Locality

_PACKAGE: Final = "sirutalib"
_FILE: Final = "siruta.csv"
_COUNTY_LEVEL: Final = "1"
_BY_SIRUTA: Final = {county.siruta: county.code for county in COUNTIES}


@cache
def localities() -> Mapping[str, Locality]:
    """Every municipality, town, commune, sector and village by its code; its name as the register has it."""
    file = next(each for each in files(_PACKAGE) or () if each.name == _FILE)
    rows = csv.reader(StringIO(file.read_binary().decode()), delimiter=";")
    names = next(rows)
    siruta, name, number, level = (names.index(each) for each in ("SIRUTA", "DENLOC", "JUD", "NIV"))
    units = list(rows)
    counties = {row[number]: _BY_SIRUTA[row[siruta]] for row in units if row[level] == _COUNTY_LEVEL}
    return {
        row[siruta]: Locality(row[siruta], normalise(row[name]), counties[row[number]])
        for row in units
        if row[level] != _COUNTY_LEVEL
    }
