"""Consents (Law 290/2004 art. 20(7)): who lets which institution ask for an extract, what for, until when."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.rules import Rules
from hub_terms.terms import end_months

from ..errors.consents import ConsentInstitutionUnknown, ConsentTermUnfit
from ..errors.requests import MotiveUnknown
from .institutions import Institution
from .motives import MOTIVES_RULE, OTHER

TERM_RULE: Final = "criminal-record.consent"
"""The longest time for which a consent may be given."""


class ConsentState(StrEnum):
    """How a consent stands; only one IN_FORCE lets an institution ask."""

    IN_FORCE = "IN_FORCE"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Consent:
    """One consent. `valid_until` is its last day; `revoked_at` is set too when a newer one took its place."""

    id: UUID
    person_id: UUID
    holder_key: bytes
    institution_id: UUID
    motive: str
    given_at: datetime
    valid_until: date
    revoked_at: datetime | None = None

    def state(self, now: datetime) -> ConsentState:
        """How it stands; its last day ends at midnight in Bucharest."""
        if self.revoked_at is not None:
            return ConsentState.REVOKED
        return ConsentState.IN_FORCE if local_date(now) <= self.valid_until else ConsentState.EXPIRED


def must_have_motive(legal: Rules, motive: str, on: date) -> None:
    """Raise `MotiveUnknown` for what is not in the day's list, and for a motive in somebody's own words."""
    if motive == OTHER or motive not in {one.code for one in legal.on(MOTIVES_RULE, on).options}:
        raise MotiveUnknown


def give(
    *,
    consent_id: UUID,
    person_id: UUID,
    holder_key: bytes,
    institution: Institution | None,
    motive: str,
    valid_until: date,
    legal: Rules,
    now: datetime,
) -> Consent:
    """A consent given now; raises `ConsentInstitutionUnknown`, `MotiveUnknown`, `ConsentTermUnfit`."""
    today = local_date(now)
    if institution is None or not institution.is_there(today):
        raise ConsentInstitutionUnknown
    must_have_motive(legal, motive, today)
    months = legal.on(TERM_RULE, today).whole
    if not today <= valid_until <= end_months(today, months):
        raise ConsentTermUnfit(months)
    return Consent(
        id=consent_id,
        person_id=person_id,
        holder_key=holder_key,
        institution_id=institution.id,
        motive=motive,
        given_at=now,
        valid_until=valid_until,
    )
