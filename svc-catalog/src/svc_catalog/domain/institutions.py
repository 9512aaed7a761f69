"""Institutions: who deals with what, where, and what it was called before."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from hub_core.county import BY_CODE
from hub_core.language import Language

from . import text
from .text import Index, Keywords, Question, Texts

_NAMESPACE: Final = UUID("6d5f1f0e-3c2a-5b84-9d0e-8a4b6f7c1e21")


class InstitutionKind(StrEnum):
    """What sort of body an institution is; from COUNTY_POLICE on, one for each county."""

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


def institution_id(code: str) -> UUID:
    """The id of an institution of the reference data: the same in every installation."""
    return uuid5(_NAMESPACE, f"institution:{code}")
