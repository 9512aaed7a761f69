"""A mandate: one person acts for another person or an organisation, within its bounds, until it ends.

    DRAFT → PENDING_VERIFICATION → ACTIVE → EXPIRED | REVOKED
    DRAFT → ACTIVE, where nobody has to verify; PENDING_VERIFICATION → REFUSED
    DRAFT, PENDING_VERIFICATION → WITHDRAWN | EXPIRED

Dates are legal dates in Europe/Bucharest; `valid_to` is the last day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from hub_core.clock import BUCHAREST, local_date
from hub_core.rules import Rules

from ..errors.mandates import MandateState
from .mandate_type import (
    BY_EVIDENCE,
    BY_REGISTER,
    Bounds,
    MandateType,
    PrincipalKind,
    allowed_scopes,
    bounded,
)


class State(StrEnum):
    """Where a mandate stands; only an ACTIVE one opens anything."""

    DRAFT = "DRAFT"
    PENDING_VERIFICATION = "PENDING_VERIFICATION"
    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


class EndCause(StrEnum):
    """Why a mandate ended (Civil Code art. 2030), or never came to be."""

    TERM = "TERM"
    FULL_AGE = "FULL_AGE"
    DEATH_OF_PRINCIPAL = "DEATH_OF_PRINCIPAL"
    DEATH_OF_REPRESENTATIVE = "DEATH_OF_REPRESENTATIVE"
    LOSS_OF_CAPACITY = "LOSS_OF_CAPACITY"
    REGISTER = "REGISTER"
    FULFILLED = "FULFILLED"
    REVOKED_BY_PRINCIPAL = "REVOKED_BY_PRINCIPAL"
    RENOUNCED = "RENOUNCED"
    REVOKED_BY_OFFICIAL = "REVOKED_BY_OFFICIAL"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    NOT_ACCEPTED = "NOT_ACCEPTED"


OPEN: Final[Mapping[State, tuple[State, ...]]] = {
    State.DRAFT: (State.PENDING_VERIFICATION, State.ACTIVE, State.WITHDRAWN, State.EXPIRED),
    State.PENDING_VERIFICATION: (State.ACTIVE, State.REFUSED, State.WITHDRAWN, State.EXPIRED),
    State.ACTIVE: (State.EXPIRED, State.REVOKED),
    State.EXPIRED: (),
    State.REVOKED: (),
    State.REFUSED: (),
    State.WITHDRAWN: (),
}
"""The transitions that are open in each state."""

_CAUSE_STATE: Final[Mapping[EndCause, State]] = {
    EndCause.REVOKED_BY_PRINCIPAL: State.REVOKED,
    EndCause.RENOUNCED: State.REVOKED,
    EndCause.REVOKED_BY_OFFICIAL: State.REVOKED,
    EndCause.REFUSED: State.REFUSED,
    EndCause.WITHDRAWN: State.WITHDRAWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """One mandate.

    `principal_id` is the person, organisation or institution in whose name things are done; none
    while an official has yet to say who that is. `representative_id` is none until an offer was accepted.
    `services` are scopes; empty means all that the type allows. An empty `purpose` is any purpose.
    `institution_id` is whose officials verify it. `checked_at` is when the register was last asked.
    `version` grows with each change.
    """

    id: UUID
    type: MandateType
    principal_kind: PrincipalKind
    principal_id: UUID | None
    representative_id: UUID | None
    given_by: UUID | None
    services: tuple[str, ...]
    purpose: str
    valid_from: date
    valid_to: date | None
    evidence_ref: str
    institution_id: UUID | None
    state: State
    version: int
    created_at: datetime
    verified_by: UUID | None = None
    verified_at: datetime | None = None
    checked_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: UUID | None = None
    end_cause: EndCause | None = None
    reason: str = ""

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes that the representative's tokens may carry in the principal's name."""
        allowed = allowed_scopes(self.type)
        return allowed.intersection(self.services) if self.services else allowed

    @property
    def revoked_at(self) -> datetime | None:
        """When it was revoked, if it was."""
        return self.ended_at if self.state is State.REVOKED else None


def from_register(
    mandate_id: UUID,
    of: MandateType,
    principal_kind: PrincipalKind,
    principal_id: UUID,
    representative_id: UUID,
    last_day: date | None,
    now: datetime,
) -> Mandate:
    """A mandate that a register vouches for: ACTIVE at once."""
    if of not in BY_REGISTER:
        raise ValueError(f"no register says who is {of}")
    return Mandate(
        id=mandate_id,
        type=of,
        principal_kind=principal_kind,
        principal_id=principal_id,
        representative_id=representative_id,
        given_by=None,
        services=(),
        purpose="",
        valid_from=local_date(now),
        valid_to=last_day,
        evidence_ref="",
        institution_id=None,
        state=State.ACTIVE,
        version=1,
        created_at=now,
        verified_at=now,
        checked_at=now,
    )


def offer(
    mandate_id: UUID,
    of: MandateType,
    principal_kind: PrincipalKind,
    principal_id: UUID,
    given_by: UUID,
    bounds: Bounds,
    now: datetime,
    legal: Rules,
    *,
    evidence_ref: str = "",
    institution_id: UUID | None = None,
) -> Mandate:
    """What a principal, or who acts for one, gives: DRAFT until somebody accepts it.

    Without a last day it holds as long as Civil Code art. 2015 says. Raises `MandateServices`,
    `MandateDates`.
    """
    checked = bounded(of, bounds, now, legal)
    return Mandate(
        id=mandate_id,
        type=of,
        principal_kind=principal_kind,
        principal_id=principal_id,
        representative_id=None,
        given_by=given_by,
        services=checked.services,
        purpose=checked.purpose,
        valid_from=checked.valid_from,
        valid_to=checked.valid_to,
        evidence_ref=evidence_ref,
        institution_id=institution_id,
        state=State.DRAFT,
        version=1,
        created_at=now,
    )


def ask(
    mandate_id: UUID,
    of: MandateType,
    representative_id: UUID,
    bounds: Bounds,
    now: datetime,
    legal: Rules,
    *,
    evidence_ref: str,
    institution_id: UUID,
) -> Mandate:
    """What a representative asks for, with the act it comes from: an official verifies it.

    Who the principal is stands in the act; the official says it. Raises `MandateServices`, `MandateDates`.
    """
    if of not in BY_EVIDENCE:
        raise ValueError(f"{of} is not verified by an official")
    checked = bounded(of, bounds, now, legal)
    return Mandate(
        id=mandate_id,
        type=of,
        principal_kind=PrincipalKind.PERSON,
        principal_id=None,
        representative_id=representative_id,
        given_by=None,
        services=checked.services,
        purpose=checked.purpose,
        valid_from=checked.valid_from,
        valid_to=checked.valid_to,
        evidence_ref=evidence_ref,
        institution_id=institution_id,
        state=State.PENDING_VERIFICATION,
        version=1,
        created_at=now,
    )


def accept(mandate: Mandate, representative_id: UUID, now: datetime) -> Mandate:
    """The offer, accepted by the one who will act: ACTIVE, or an official verifies its act first."""
    if mandate.type in BY_EVIDENCE:
        return _move(mandate, State.PENDING_VERIFICATION, representative_id=representative_id)
    return _move(
        mandate,
        State.ACTIVE,
        representative_id=representative_id,
        verified_by=mandate.given_by,
        verified_at=now,
        checked_at=now,
    )


def verify(mandate: Mandate, principal_id: UUID, official_id: UUID, now: datetime) -> Mandate:
    """The mandate after an official has found its act in order, and whom it names."""
    return _move(
        mandate,
        State.ACTIVE,
        principal_id=principal_id,
        verified_by=official_id,
        verified_at=now,
        checked_at=now,
    )


def refuse(mandate: Mandate, official_id: UUID, reason: str, now: datetime) -> Mandate:
    """The mandate after an official has refused it."""
    return _move(
        mandate,
        State.REFUSED,
        verified_by=official_id,
        verified_at=now,
        ended_at=now,
        ended_by=official_id,
        end_cause=EndCause.REFUSED,
        reason=reason,
    )


def end(
    mandate: Mandate, cause: EndCause, now: datetime, *, by: UUID | None = None, reason: str = ""
) -> Mandate:
    """The mandate after its end; `MandateState` when it has ended before, or has never begun."""
    return _move(
        mandate,
        _CAUSE_STATE.get(cause, State.EXPIRED),
        ended_at=now,
        ended_by=by,
        end_cause=cause,
        reason=reason,
    )


def recheck(mandate: Mandate, now: datetime) -> Mandate:
    """The mandate after its register has confirmed it again."""
    return replace(mandate, checked_at=now, version=mandate.version + 1)


def _move(mandate: Mandate, to: State, **changed: Any) -> Mandate:
    if to not in OPEN[mandate.state]:
        raise MandateState(mandate.state, OPEN[mandate.state])
    return replace(mandate, state=to, version=mandate.version + 1, **changed)


def ends_at(mandate: Mandate) -> datetime | None:
    """The instant at which it ends by itself: 00:00 local time of the day after its last."""
    return midnight_after(mandate.valid_to) if mandate.valid_to else None


def midnight_after(last_day: date) -> datetime:
    """The instant, in UTC, at which a legal day has ended in Bucharest."""
    return datetime.combine(last_day + timedelta(days=1), time(), BUCHAREST).astimezone(UTC)
