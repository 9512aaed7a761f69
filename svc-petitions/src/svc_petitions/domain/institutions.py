"""Institutions: whom petitions are addressed to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ..errors.petitions import InstitutionAcceptsNoPetitions, InstitutionUnknown


@dataclass(frozen=True, slots=True)
class Institution:
    """What petitions know of an institution; `valid_to` is its last day, `names` go by language."""

    id: UUID
    code: str
    names: Mapping[str, str]
    accepts_petitions: bool
    valid_from: date
    valid_to: date | None
    version: int


def addressee(institution: Institution | None, on: date) -> Institution:
    """The institution, if a petition may be addressed to it on that day; else why not."""
    if institution is None:
        raise InstitutionUnknown
    is_open = institution.valid_from <= on and (institution.valid_to is None or on <= institution.valid_to)
    if not (is_open and institution.accepts_petitions):
        raise InstitutionAcceptsNoPetitions
    return institution
