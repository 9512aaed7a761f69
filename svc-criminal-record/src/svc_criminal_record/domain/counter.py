"""Requests at a counter: who may come for whom, and with which documents (Law 290/2004).

An officer enters what was shown; originals go back to who brought them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from hub_core.cnp import Cnp
from hub_core.problem import FieldError
from hub_core.rules import Rules
from hub_terms.terms import birthday

from .holders import ROMANIAN, Holder, Organisation, Person
from .products import Product

_AGE: Final = "criminal-record.min-age"
_FULL_AGE: Final = "capacity.full-age"
_LEAP_DAY: Final = "capacity.birthday-of-leap-day"
RULES: Final = (_AGE, _FULL_AGE, _LEAP_DAY)
"""The legal numbers that a visit needs."""

SOMEBODY_ELSE: Final = "For this holder somebody else has to come."
NOT_NAMED: Final = "Who comes for another is named, and the holder is not named twice."
NO_REASONS: Final = "A request for a child says why it is made."
NO_IDENTITY: Final = "A valid identity document of who has come is needed."
NO_AUTHORITY: Final = "The document that lets this person act for the holder is missing."
NO_BIRTH_CERTIFICATE: Final = "The birth certificate of the child is missing."
NO_HOLDER_DOCUMENT: Final = "A person without a personal number is known by an identity document."
OVER: Final = "The document is no longer valid."
LATER: Final = "The document is of a day that has not come."
NOT_COVERED: Final = "The power that was shown is not for this motive."
OTHER_BIRTH: Final = "The date of birth is not the one in the personal number."
NOT_BORN: Final = "The date of birth lies in the future."
PERSONS_ONLY: Final = "This certificate is issued about persons only."
TEXTS: Final = (
    *(SOMEBODY_ELSE, NOT_NAMED, NO_REASONS, NO_IDENTITY, NO_AUTHORITY, NO_BIRTH_CERTIFICATE),
    *(NO_HOLDER_DOCUMENT, OVER, LATER, NOT_COVERED, OTHER_BIRTH, NOT_BORN, PERSONS_ONLY),
)


class Applicant(StrEnum):
    """Who has come to the counter."""

    HOLDER = "HOLDER"
    PARENT = "PARENT"
    GUARDIAN = "GUARDIAN"
    PROXY = "PROXY"
    LAWYER = "LAWYER"
    REPRESENTATIVE = "REPRESENTATIVE"


class PaperKind(StrEnum):
    """A document that is shown."""

    IDENTITY_CARD = "IDENTITY_CARD"
    PASSPORT = "PASSPORT"
    RESIDENCE_PERMIT = "RESIDENCE_PERMIT"
    EU_REGISTRATION = "EU_REGISTRATION"
    TRAVEL_DOCUMENT = "TRAVEL_DOCUMENT"
    BIRTH_CERTIFICATE = "BIRTH_CERTIFICATE"
    COURT_DECISION = "COURT_DECISION"
    POWER_OF_ATTORNEY = "POWER_OF_ATTORNEY"
    LAWYER_POWER = "LAWYER_POWER"
    REGISTRY_EXTRACT = "REGISTRY_EXTRACT"


IDENTITY: Final = frozenset(
    {
        *(PaperKind.IDENTITY_CARD, PaperKind.PASSPORT, PaperKind.RESIDENCE_PERMIT),
        *(PaperKind.EU_REGISTRATION, PaperKind.TRAVEL_DOCUMENT),
    }
)
"""What proves who somebody is."""
AUTHORITY: Final = {
    Applicant.PARENT: PaperKind.BIRTH_CERTIFICATE,
    Applicant.GUARDIAN: PaperKind.COURT_DECISION,
    Applicant.PROXY: PaperKind.POWER_OF_ATTORNEY,
    Applicant.LAWYER: PaperKind.LAWYER_POWER,
    Applicant.REPRESENTATIVE: PaperKind.REGISTRY_EXTRACT,
}
"""What lets somebody act for another."""
_BY_POWER: Final = frozenset({Applicant.PROXY, Applicant.LAWYER})
_FOR_CHILDREN: Final = _BY_POWER | {Applicant.PARENT, Applicant.GUARDIAN}
_FOR_MINORS: Final = _BY_POWER | {Applicant.HOLDER}
_FOR_ADULTS: Final = _BY_POWER | {Applicant.HOLDER, Applicant.GUARDIAN}
_FOR_ORGANISATIONS: Final = _BY_POWER | {Applicant.REPRESENTATIVE}


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Paper:
    """The facts of a document that was shown; `valid_until` is the last day, None where it has no end.

    `issued_by` is the authority, notary or court, `issued_in` the country (ISO 3166-1 alpha-2); `motive`
    is what a power is for, None for any.
    """

    kind: PaperKind
    number: str
    issued_by: str
    issued_on: date
    issued_in: str = ROMANIAN
    valid_until: date | None = None
    motive: str | None = None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Visitor:
    """Who has come for another."""

    family_name: str
    given_name: str
    cnp: str | None = None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Visit:
    """Who has come, with what, and why where reasons are asked for."""

    applicant: Applicant
    papers: tuple[Paper, ...]
    visitor: Visitor | None = None
    reasons: str = ""


def document_of(paper: Paper) -> str:
    """How a person without a CNP is known: country, kind and number of the document, written in one way."""
    return f"{paper.issued_in} {paper.kind} {''.join(paper.number.split()).upper()}"


def applicants(holder: Holder, legal: Rules, today: date) -> frozenset[Applicant]:
    """Who may ask: a parent for a young child, from then on nobody but the holder or who has power."""
    if isinstance(holder, Organisation):
        return _FOR_ORGANISATIONS
    if _is_child(holder, legal, today):
        return _FOR_CHILDREN
    return _FOR_ADULTS if _has_reached(holder, _FULL_AGE, legal, today) else _FOR_MINORS


def holder_flaws(product: Product, holder: Holder, paper: Paper | None, today: date) -> list[FieldError]:
    """What is wrong with the holder as entered, by JSON pointer; `paper` is what shows who that is."""
    if isinstance(holder, Organisation):
        wrong = product is Product.INTEGRITY
        return [FieldError("/product", "persons-only", PERSONS_ONLY)] if wrong else []
    found = []
    if holder.birth_date > today:
        found.append(FieldError("/person/birth_date", "future", NOT_BORN))
    if holder.cnp and Cnp(holder.cnp).birth_date not in (None, holder.birth_date):
        found.append(FieldError("/person/birth_date", "other-birth", OTHER_BIRTH))
    if holder.cnp is None and (paper is None or paper.kind not in IDENTITY):
        found.append(FieldError("/person/document", "identity", NO_HOLDER_DOCUMENT))
    return [*found, *_of_paper("/person/document", paper, "", today)] if paper else found


def visit_flaws(holder: Holder, motive: str, visit: Visit, legal: Rules, today: date) -> list[FieldError]:
    """What is wrong with who has come and what was shown."""
    is_child = isinstance(holder, Person) and _is_child(holder, legal, today)
    shown = {paper.kind for paper in visit.papers}
    found = []
    if visit.applicant not in applicants(holder, legal, today):
        found.append(FieldError("/visit/applicant", "applicant", SOMEBODY_ELSE))
    if (visit.applicant is Applicant.HOLDER) is not (visit.visitor is None):
        found.append(FieldError("/visit/visitor", "visitor", NOT_NAMED))
    if is_child and not visit.reasons:
        found.append(FieldError("/visit/reasons", "reasons", NO_REASONS))
    if shown.isdisjoint(IDENTITY):
        found.append(FieldError("/visit/documents", "identity", NO_IDENTITY))
    if visit.applicant in AUTHORITY and AUTHORITY[visit.applicant] not in shown:
        found.append(FieldError("/visit/documents", "authority", NO_AUTHORITY))
    if is_child and PaperKind.BIRTH_CERTIFICATE not in shown:
        found.append(FieldError("/visit/documents", "birth-certificate", NO_BIRTH_CERTIFICATE))
    for place, paper in enumerate(visit.papers):
        found += _of_paper(f"/visit/documents/{place}", paper, motive, today)
    return found


def _of_paper(pointer: str, paper: Paper, motive: str, today: date) -> Iterable[FieldError]:
    if paper.valid_until is not None and paper.valid_until < today:
        yield FieldError(f"{pointer}/valid_until", "over", OVER)
    if paper.issued_on > today:
        yield FieldError(f"{pointer}/issued_on", "later", LATER)
    if paper.motive not in (None, motive):
        yield FieldError(f"{pointer}/motive", "motive", NOT_COVERED)


def _is_child(holder: Person, legal: Rules, today: date) -> bool:
    return not _has_reached(holder, _AGE, legal, today)


def _has_reached(holder: Person, rule: str, legal: Rules, today: date) -> bool:
    shift = legal.on(_LEAP_DAY, today).whole
    return birthday(holder.birth_date, legal.on(rule, today).whole, shift) <= today
