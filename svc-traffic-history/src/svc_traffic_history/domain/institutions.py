"""County police inspectorates, as the catalog tells of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

COUNTY_POLICE: Final = "COUNTY_POLICE"
"""The kind of who decides about reports of its county; in Bucharest it is the general directorate."""


@dataclass(frozen=True, slots=True)
class Institution:
    """An institution of the catalog; `names` by language."""

    id: UUID
    code: str
    kind: str
    county: str | None
    names: Mapping[str, str]
    valid_from: date
    valid_to: date | None
    version: int
