"""What the national register (ROCRIS) says: who matches, and what stands of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Entry:
    """A judgment in evidence, in the register's words; which ones still are, the register decides."""

    court: str
    judgment: str
    judged_on: date
    offence: str
    penalty: str
    final_on: date | None
    execution: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class PersonMatch:
    """Somebody the register knows; `cnp` is None in old entries. `father` and `mother` are first names."""

    cnp: str | None
    family_name: str
    given_name: str
    former_names: tuple[str, ...]
    birth_date: date
    birth_place: str
    born_abroad: bool
    father: str
    mother: str
    update_pending: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class CompanyMatch:
    """A legal person the register knows; `number` is that of the trade register."""

    cui: str
    name: str
    number: str | None
    dissolved_on: date | None
    update_pending: bool
    entries: tuple[Entry, ...]


Match: TypeAlias = PersonMatch | CompanyMatch
Matches: TypeAlias = Sequence[PersonMatch] | Sequence[CompanyMatch]
