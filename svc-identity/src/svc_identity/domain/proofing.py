"""Whether somebody is who they say: names and birth date against the register, and nobody's own case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from hub_core.cnp import Cnp
from hub_core.text import fold

from .population import RegisteredPerson, Relative


class DocumentKind(StrEnum):
    """Which document was seen; its series and number are not kept (Law 190/2018, art. 4)."""

    IDENTITY_CARD = "IDENTITY_CARD"
    ELECTRONIC_IDENTITY_CARD = "ELECTRONIC_IDENTITY_CARD"
    PASSPORT = "PASSPORT"
    RESIDENCE_PERMIT = "RESIDENCE_PERMIT"


class Way(StrEnum):
    """How an identity was established."""

    COUNTER = "COUNTER"
    REGISTRATION = "REGISTRATION"


@dataclass(frozen=True, slots=True)
class Verification:
    """That somebody's identity was established: seen, by whom, when."""

    id: UUID
    account_id: UUID
    institution_id: UUID
    official_id: UUID
    way: Way
    document: DocumentKind
    verified_at: datetime


def fits(family_name: str, given_name: str, birth_date: date, registered: RegisteredPerson) -> bool:
    """Whether an account's names and the birth date on the document are those of a living person's entry.

    Diacritics, capitals, hyphens and the order of given names do not matter; an account may leave out
    some of the given names.
    """
    given = _parts(given_name)
    return (
        registered.died_on is None
        and registered.birth_date == birth_date
        and _parts(family_name) == _parts(registered.family_name)
        and bool(given)
        and set(given) <= set(_parts(registered.given_name))
    )


def is_own_case(official: Iterable[Cnp], subject: RegisteredPerson, relatives: Iterable[Relative]) -> bool:
    """Whether an official, by all numbers they ever had, is the subject or a relative of the subject."""
    own = frozenset(official)
    close = {subject.cnp, *subject.former, *(relative.cnp for relative in relatives)}
    return not own.isdisjoint(close)


def _parts(name: str) -> list[str]:
    return fold(name).replace("-", " ").split()
