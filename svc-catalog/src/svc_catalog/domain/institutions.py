"""Institutions: who deals with what, where, and what it was called before."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from hub_core.county import BY_CODE
from hub_core.language import Language
from hub_core.problem import FieldError

from ..errors.institutions import InstitutionHasParts, InstitutionStructureWrong
from . import text
from .text import Index, Keywords, Question, Texts

_NAMESPACE: Final = UUID("6d5f1f0e-3c2a-5b84-9d0e-8a4b6f7c1e21")


TELLING: Final = 2
"""Which edition of what is told of an institution this is: one more when a fact is told that was not.

What was told by an earlier edition is told again, as a new version: whoever keeps a copy has all of it.
"""

BEFORE_FIRST_DAY: Final = "The last day is before the first."
UNDER_ITSELF: Final = "An institution cannot be under itself, nor under one that is under it."
ITS_OWN_SUCCESSOR: Final = "An institution cannot take over its own work."
UNKNOWN: Final = "No institution has this code."
TEXTS: Final = (UNKNOWN, BEFORE_FIRST_DAY, UNDER_ITSELF, ITS_OWN_SUCCESSOR)


class InstitutionKind(StrEnum):
    """What sort of body an institution is; from COUNTY_POLICE to PREFECT, one for each county."""

    MINISTRY = "MINISTRY"
    DEPARTMENT = "DEPARTMENT"
    DIRECTORATE = "DIRECTORATE"
    INSPECTORATE = "INSPECTORATE"
    AGENCY = "AGENCY"
    ARCHIVES = "ARCHIVES"
    SCHOOL = "SCHOOL"
    COUNTY_POLICE = "COUNTY_POLICE"
    COUNTY_PASSPORTS = "COUNTY_PASSPORTS"
    COUNTY_LICENCES = "COUNTY_LICENCES"
    COUNTY_EMERGENCY = "COUNTY_EMERGENCY"
    COUNTY_GENDARMERIE = "COUNTY_GENDARMERIE"
    PREFECT = "PREFECT"
    OUTSIDE = "OUTSIDE"
    """An authority outside the ministry, or one of its sort for each place: petitions are sent to it."""


class ContactKind(StrEnum):
    """How an institution is reached."""

    PHONE = "PHONE"
    EMAIL = "EMAIL"
    WEBSITE = "WEBSITE"
    ADDRESS = "ADDRESS"


@dataclass(frozen=True, slots=True)
class Attribution:
    """Something the institution deals with. `topic` is an open code, such as `PASSPORTS`."""

    topic: str
    text: Texts
    verified: bool = False
    keywords: Keywords = field(default_factory=Keywords)


@dataclass(frozen=True, slots=True)
class Alias:
    """A former name or abbreviation that people still look for; the dates where they are known."""

    name: str
    verified: bool = False
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach an institution: a phone in E.164, an e-mail or web address, a postal address."""

    kind: ContactKind
    value: str
    purpose: Texts
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Institution:
    """An institution of the directory of attributions.

    `counties` are vehicle codes; empty means the whole country. It exists in the directory from
    `valid_from` through `valid_to`; `successor_id` is who took its work over. `verified` says
    whether name and place in the structure were read in a source, `version` counts its changes.
    `addressee` is how a letter to one outside the ministry is addressed, in Romanian; it may hold
    `{place}` or `{county}` where there is one for each.
    """

    id: UUID
    code: str
    names: Texts
    kind: InstitutionKind
    parent_id: UUID | None
    counties: tuple[str, ...]
    accepts_petitions: bool
    valid_from: date
    verified: bool = False
    valid_to: date | None = None
    successor_id: UUID | None = None
    attributions: tuple[Attribution, ...] = ()
    aliases: tuple[Alias, ...] = ()
    contacts: tuple[Contact, ...] = ()
    addressee: str | None = None
    version: int = 1

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics it deals with, each once."""
        return tuple(dict.fromkeys(each.topic for each in self.attributions))

    @property
    def sort_key(self) -> str:
        """Its place in the list: the whole country's before the counties', then by Romanian name."""
        return text.sort_key(f"{1 if self.counties else 0} {self.names.ro}")

    def index(self) -> Index:
        """What a search finds it by; the seats of its counties too, for people name the town."""
        counties = [BY_CODE[code] for code in self.counties]
        return text.index(
            names=[
                (Language.RO, self.code),
                *self.names.said(),
                *((Language.RO, alias.name) for alias in self.aliases),
            ],
            calls=[word for each in self.attributions for word in each.keywords.usual()],
            keywords=[
                *((Language.RO, place) for county in counties for place in (county.name, county.seat)),
                *(word for each in self.attributions for word in each.keywords.said()),
            ],
            summary=[text for each in self.attributions for text in each.text.said()],
        )


@dataclass(frozen=True, slots=True)
class Filter:
    """Which institutions of the day `on` are wanted; `parent` is an id or a code."""

    on: date
    question: Question | None = None
    county: str | None = None
    topic: str | None = None
    parent: UUID | str | None = None
    accepts_petitions: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an official writes of an institution; parent and successor are named by their codes."""

    code: str
    names: Texts
    kind: InstitutionKind
    parent: str | None
    counties: tuple[str, ...]
    accepts_petitions: bool
    valid_from: date
    valid_to: date | None
    successor: str | None
    verified: bool
    attributions: tuple[Attribution, ...]
    aliases: tuple[Alias, ...]
    contacts: tuple[Contact, ...]
    addressee: str | None = None

    def institution(self, own_id: UUID, known: Mapping[UUID, Institution]) -> Institution:
        """The institution of this id; raises `InstitutionStructureWrong` for a code that is not known."""
        by_code = {each.code: each.id for each in known.values()} | {self.code: own_id}
        named = {"/parent": self.parent, "/successor": self.successor}
        unknown = [pointer for pointer, code in named.items() if code is not None and code not in by_code]
        if unknown:
            raise InstitutionStructureWrong(
                errors=[FieldError(pointer, "unknown_institution", UNKNOWN) for pointer in unknown]
            )
        return Institution(
            id=own_id,
            code=self.code,
            names=self.names,
            kind=self.kind,
            parent_id=by_code[self.parent] if self.parent else None,
            counties=self.counties,
            accepts_petitions=self.accepts_petitions,
            valid_from=self.valid_from,
            verified=self.verified,
            valid_to=self.valid_to,
            successor_id=by_code[self.successor] if self.successor else None,
            attributions=self.attributions,
            aliases=self.aliases,
            contacts=self.contacts,
            addressee=self.addressee,
        )


@dataclass(frozen=True, slots=True)
class Revision:
    """A version of an institution in its history; `changed_by` is `None` for reference data of a release."""

    institution_id: UUID
    version: int
    reason: str
    changed_at: datetime
    changed_by: UUID | None = None


def revised(wanted: Institution, known: Mapping[UUID, Institution], on: date) -> Institution:
    """The wanted content as the next version of what is known by its id, or as its first.

    A former official name is kept as an alias, which ends on the day before `on`: people go on looking
    for it. Raises `InstitutionStructureWrong`, `InstitutionHasParts`.
    """
    _check_structure(wanted, known)
    current = known.get(wanted.id)
    if current is None:
        return replace(wanted, version=1)
    former = Alias(current.names.ro, current.verified, valid_to=on - timedelta(days=1))
    is_renamed = current.names.ro != wanted.names.ro
    if is_renamed and all(alias.name != former.name for alias in wanted.aliases):
        wanted = replace(wanted, aliases=(*wanted.aliases, former))
    return replace(wanted, version=current.version + 1)


def _check_structure(wanted: Institution, known: Mapping[UUID, Institution]) -> None:
    errors = []
    if wanted.valid_to is not None and wanted.valid_to < wanted.valid_from:
        errors.append(FieldError("/valid_to", "before_first_day", BEFORE_FIRST_DAY))
    if not _leads_up(wanted, known):
        errors.append(FieldError("/parent", "circle", UNDER_ITSELF))
    if wanted.successor_id == wanted.id:
        errors.append(FieldError("/successor", "itself", ITS_OWN_SUCCESSOR))
    if errors:
        raise InstitutionStructureWrong(errors=errors)
    last = wanted.valid_to
    if last is not None and any(
        each.parent_id == wanted.id and (each.valid_to is None or each.valid_to > last)
        for each in known.values()
    ):
        raise InstitutionHasParts


def _leads_up(wanted: Institution, known: Mapping[UUID, Institution]) -> bool:
    """Whether going from parent to parent comes to an end without meeting the institution itself."""
    above = wanted.parent_id
    while above is not None and above != wanted.id:
        above = known[above].parent_id
    return above is None


def institution_id(code: str) -> UUID:
    """The id of an institution of the reference data: the same in every installation."""
    return uuid5(_NAMESPACE, f"institution:{code}")
