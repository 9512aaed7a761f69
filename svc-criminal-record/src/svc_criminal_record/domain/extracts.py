"""Extracts (*extras de pe cazierul judiciar*): what an institution is given, and on whose consent.

Without a consent in force nothing is looked up, so that no answer tells whether somebody is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core import cnp
from hub_core.cnp import InvalidCnp

from .certificates import Standing, standing_of
from .consents import Consent, ConsentState
from .holders import Person

BATCH_MOST: Final = 1000
"""People that one call may name."""


class ExtractState(StrEnum):
    """What came of one person of a batch.

    ISSUED: the sealed extract can be fetched. NO_CONSENT: none recorded, or revoked, or expired, at the
    moment of the decision. NEEDS_LOOK: the register does not answer without an officer. INVALID: what was
    given as CNP is none.
    """

    WAITING = "WAITING"
    ISSUED = "ISSUED"
    NO_CONSENT = "NO_CONSENT"
    NEEDS_LOOK = "NEEDS_LOOK"
    INVALID = "INVALID"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Subject:
    """Whom an institution asks about, in its own words."""

    cnp: str
    family_name: str
    given_name: str

    @property
    def number(self) -> str:
        """What a consent is found by (`Holder.number`)."""
        return f"CNP:{self.cnp}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One call of an institution's client; `finished_at` once every item is decided."""

    id: UUID
    institution_id: UUID
    client_id: str
    motive: str
    created_at: datetime
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Extract:
    """One item of a batch; `reference` is the institution's own."""

    id: UUID
    batch_id: UUID
    reference: str
    holder_key: bytes
    subject: Subject
    state: ExtractState = ExtractState.WAITING
    consent_id: UUID | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An item as its institution reads it; the last three are of the extract that was issued."""

    id: UUID
    reference: str
    state: ExtractState
    decided_at: datetime | None
    certificate_id: UUID | None
    valid_until: date | None
    revoked_at: datetime | None

    def standing(self, now: datetime) -> Standing | None:
        """How the extract stands; none where there is none."""
        return standing_of(self.valid_until, self.revoked_at, now) if self.valid_until else None


Counts = Mapping[ExtractState, int]
"""How many items of a batch stand where."""


def read(subject: Subject, today: date) -> tuple[Subject, ExtractState]:
    """Somebody as asked about: with a bare number and WAITING, or INVALID, which no register decides."""
    try:
        number = cnp.validate(subject.cnp, today).number
    except InvalidCnp:
        return subject, ExtractState.INVALID
    return replace(subject, cnp=number), ExtractState.WAITING


def holder_of(subject: Subject) -> Person | None:
    """Who is asked about, as a register can be asked; none where the number tells no date of birth."""
    born = cnp.parse(subject.cnp).birth_date
    if born is None:
        return None
    return Person(
        family_name=subject.family_name,
        given_name=subject.given_name,
        birth_date=born,
        cnp=subject.cnp,
        citizenship=None,
    )


def may_be_given(consent: Consent | None, now: datetime) -> bool:
    """Whether a consent is in force at this moment."""
    return consent is not None and consent.state(now) is ConsentState.IN_FORCE


def decide(extract: Extract, state: ExtractState, consent: Consent | None, now: datetime) -> Extract:
    """The item with what came of it; the consent it rests on stands with what was issued."""
    rests_on = consent.id if consent is not None and state is ExtractState.ISSUED else None
    return replace(extract, state=state, consent_id=rests_on, decided_at=now)
