"""A mandate: one person acts for another person or an organisation, within its bounds, until it ends.

    DRAFT → PENDING_VERIFICATION → ACTIVE → EXPIRED | REVOKED
    DRAFT → ACTIVE, where nobody has to verify; PENDING_VERIFICATION → REFUSED
    DRAFT, PENDING_VERIFICATION → WITHDRAWN | EXPIRED

Dates are legal dates in Europe/Bucharest; `valid_to` is the last day. Nothing waits for a job to end a
mandate: `obstacle` looks at the dates and at both people each time.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from hub_core.clock import BUCHAREST, local_date

from ..errors.mandates import MandateDates, MandateServices, MandateState, RepresentationByLaw
from . import capacity, rules
from .capacity import Party
from .rules import RuleId


class MandateType(StrEnum):
    """Who acts for whom, and by what. Nobody needs one to act in their own name."""

    PARENT = "PARENT"
    GUARDIAN = "GUARDIAN"
    NOTARIAL_PROXY = "NOTARIAL_PROXY"
    LAWYER = "LAWYER"
    LEGAL_REP = "LEGAL_REP"
    DELEGATE = "DELEGATE"
    INSTITUTION = "INSTITUTION"


class PrincipalKind(StrEnum):
    """What the principal is, the one in whose name things are done."""

    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"
    INSTITUTION = "INSTITUTION"


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


class Side(StrEnum):
    """On which side of a mandate somebody stands."""

    PRINCIPAL = "PRINCIPAL"
    REPRESENTATIVE = "REPRESENTATIVE"


class Wish(StrEnum):
    """What a side wants: dismiss or renounce, call it done, or take back what is not in force yet."""

    REVOKE = "REVOKE"
    FULFIL = "FULFIL"
    WITHDRAW = "WITHDRAW"


class Obstacle(StrEnum):
    """Why a mandate does not carry an act."""

    NOT_ACTIVE = "NOT_ACTIVE"
    NOT_YET = "NOT_YET"
    PAST = "PAST"
    ANOTHER_REPRESENTATIVE = "ANOTHER_REPRESENTATIVE"
    SAME_PERSON = "SAME_PERSON"
    SERVICE = "SERVICE"
    PURPOSE = "PURPOSE"
    PRINCIPAL_DEAD = "PRINCIPAL_DEAD"
    PRINCIPAL_OF_AGE = "PRINCIPAL_OF_AGE"
    REPRESENTATIVE_DEAD = "REPRESENTATIVE_DEAD"
    REPRESENTATIVE_WITHOUT_CAPACITY = "REPRESENTATIVE_WITHOUT_CAPACITY"
    REGISTER_SILENT = "REGISTER_SILENT"


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

BY_REGISTER: Final = frozenset({MandateType.PARENT, MandateType.LEGAL_REP})
"""A register says who these are: at once in force, asked again while they are used, nobody gives them."""
BY_EVIDENCE: Final = frozenset(
    {MandateType.GUARDIAN, MandateType.NOTARIAL_PROXY, MandateType.LAWYER, MandateType.INSTITUTION}
)
"""An official looks at the act that these come from."""
BY_WILL: Final = frozenset(
    {MandateType.DELEGATE, MandateType.NOTARIAL_PROXY, MandateType.LAWYER, MandateType.INSTITUTION}
)
"""Whom the principal chose, the principal may dismiss (Civil Code art. 2031); who acts by law goes on."""
OF_MINORS: Final = frozenset({MandateType.PARENT})
"""They end by themselves when the principal comes of age."""

_EVERY: Final = frozenset(MandateType)
DELEGABLE: Final[Mapping[str, frozenset[MandateType]]] = {
    "petitions:read": _EVERY,
    "petitions:write": _EVERY,
}
"""The services that may be used for another, by their scope, and the types that each one accepts.

An act that the law wants in authentic form needs a power in that form (Civil Code art. 1301): such a
service leaves DELEGATE out.
"""

_CAUSE_STATE: Final[Mapping[EndCause, State]] = {
    EndCause.REVOKED_BY_PRINCIPAL: State.REVOKED,
    EndCause.RENOUNCED: State.REVOKED,
    EndCause.REVOKED_BY_OFFICIAL: State.REVOKED,
    EndCause.REFUSED: State.REFUSED,
    EndCause.WITHDRAWN: State.WITHDRAWN,
}
_OBSTACLE_CAUSE: Final[Mapping[Obstacle, EndCause]] = {
    Obstacle.PAST: EndCause.TERM,
    Obstacle.PRINCIPAL_OF_AGE: EndCause.FULL_AGE,
    Obstacle.PRINCIPAL_DEAD: EndCause.DEATH_OF_PRINCIPAL,
    Obstacle.REPRESENTATIVE_DEAD: EndCause.DEATH_OF_REPRESENTATIVE,
    Obstacle.REPRESENTATIVE_WITHOUT_CAPACITY: EndCause.LOSS_OF_CAPACITY,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a mandate is for and how long: `services` empty means all, `valid_to` none means by law."""

    services: tuple[str, ...]
    purpose: str
    valid_from: date
    valid_to: date | None


def allowed_scopes(of: MandateType) -> frozenset[str]:
    """The scopes that mandates of a type may carry."""
    return frozenset(scope for scope, types in DELEGABLE.items() if of in types)


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
    *,
    evidence_ref: str = "",
    institution_id: UUID | None = None,
) -> Mandate:
    """What a principal, or who acts for one, gives: DRAFT until somebody accepts it.

    Without a last day it holds as long as Civil Code art. 2015 says. Raises `MandateServices`,
    `MandateDates`.
    """
    checked = _bounded(of, bounds, now)
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
    *,
    evidence_ref: str,
    institution_id: UUID,
) -> Mandate:
    """What a representative asks for, with the act it comes from: an official verifies it.

    Who the principal is stands in the act; the official says it. Raises `MandateServices`, `MandateDates`.
    """
    if of not in BY_EVIDENCE:
        raise ValueError(f"{of} is not verified by an official")
    checked = _bounded(of, bounds, now)
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


def cause_of_wish(mandate: Mandate, side: Side, wish: Wish) -> EndCause:
    """The cause of the end that a side wants; raises `MandateState`, `RepresentationByLaw`.

    Only one in force is revoked or fulfilled, only one that is not yet is withdrawn. Who acts by law is
    not dismissed by the one they act for, but may cease to use the mandate here.
    """
    if (wish is Wish.WITHDRAW) is (mandate.state is State.ACTIVE):
        raise MandateState(mandate.state, OPEN[mandate.state])
    if wish is Wish.WITHDRAW:
        return EndCause.WITHDRAWN
    if side is Side.REPRESENTATIVE:
        return EndCause.FULFILLED if wish is Wish.FULFIL else EndCause.RENOUNCED
    if mandate.type not in BY_WILL:
        raise RepresentationByLaw
    return EndCause.FULFILLED if wish is Wish.FULFIL else EndCause.REVOKED_BY_PRINCIPAL


def recheck(mandate: Mandate, now: datetime) -> Mandate:
    """The mandate after its register has confirmed it again."""
    return replace(mandate, checked_at=now, version=mandate.version + 1)


def _move(mandate: Mandate, to: State, **changed: Any) -> Mandate:
    if to not in OPEN[mandate.state]:
        raise MandateState(mandate.state, OPEN[mandate.state])
    return replace(mandate, state=to, version=mandate.version + 1, **changed)


def _bounded(of: MandateType, bounds: Bounds, now: datetime) -> Bounds:
    """The bounds, in order; raises what is wrong with them first."""
    named = set(bounds.services)
    if not named <= allowed_scopes(of) or (of is MandateType.DELEGATE and not named):
        raise MandateServices
    if bounds.valid_from < local_date(now):
        raise MandateDates("/valid_from")
    last = bounds.valid_to
    if last is None and of in BY_WILL:
        years = rules.value(RuleId.MANDATE_TERM, now)
        last = capacity.birthday(bounds.valid_from, years, now) - timedelta(days=1)
    if last is not None and last < bounds.valid_from:
        raise MandateDates("/valid_to")
    return replace(bounds, services=tuple(sorted(named)), valid_to=last)


def last_day_of_minor(birth_date: date, now: datetime) -> date:
    """The last day of a parental mandate: the one before the principal comes of age."""
    return capacity.full_age(birth_date, now) - timedelta(days=1)


def ends_at(mandate: Mandate) -> datetime | None:
    """The instant at which it ends by itself: 00:00 local time of the day after its last."""
    return midnight_after(mandate.valid_to) if mandate.valid_to else None


def midnight_after(last_day: date) -> datetime:
    """The instant, in UTC, at which a legal day has ended in Bucharest."""
    return datetime.combine(last_day + timedelta(days=1), time(), BUCHAREST).astimezone(UTC)


def needs_check(mandate: Mandate, now: datetime) -> bool:
    """Whether the registers have to be asked again before it is used.

    Their word counts for the legal day it was given on, and no longer than the rule table says: who was
    replaced yesterday is refused today.
    """
    if mandate.checked_at is None or local_date(mandate.checked_at) < local_date(now):
        return True
    return now - mandate.checked_at >= rules.duration(RuleId.MANDATE_CHECKED, now)


def obstacle(
    mandate: Mandate,
    principal: Party,
    representative: Party,
    now: datetime,
    *,
    person_id: UUID | None = None,
    service: str | None = None,
    purpose: str | None = None,
) -> Obstacle | None:
    """What stands against acting under a mandate now; none when nothing does.

    `person_id` is who acts, `service` the scope and `purpose` what for, where the service asks for one.
    """
    if mandate.state is not State.ACTIVE:
        return Obstacle.NOT_ACTIVE
    if person_id is not None and person_id != mandate.representative_id:
        return Obstacle.ANOTHER_REPRESENTATIVE
    if mandate.principal_id == mandate.representative_id:
        return Obstacle.SAME_PERSON
    return (
        _outside(mandate, service, purpose)
        or _of_time(mandate, now)
        or of_parties(mandate, principal, representative, now)
    )


def of_parties(mandate: Mandate, principal: Party, representative: Party, now: datetime) -> Obstacle | None:
    """What stands against it in one of the two people."""
    if principal.died_on is not None:
        return Obstacle.PRINCIPAL_DEAD
    if representative.died_on is not None:
        return Obstacle.REPRESENTATIVE_DEAD
    if (
        mandate.type in OF_MINORS
        and principal.birth_date is not None
        and capacity.is_of_age(principal.birth_date, now)
    ):
        return Obstacle.PRINCIPAL_OF_AGE
    if not capacity.has_full_capacity(representative, now):
        return Obstacle.REPRESENTATIVE_WITHOUT_CAPACITY
    return None


def cause_of(met: Obstacle) -> EndCause | None:
    """The cause of the end that an obstacle brings with it; none for one that may pass."""
    return _OBSTACLE_CAUSE.get(met)


def _of_time(mandate: Mandate, now: datetime) -> Obstacle | None:
    today = local_date(now)
    if today < mandate.valid_from:
        return Obstacle.NOT_YET
    if mandate.valid_to is not None and today > mandate.valid_to:
        return Obstacle.PAST
    last_word = rules.duration(RuleId.MANDATE_LAST_WORD, now)
    if mandate.checked_at is None or now - mandate.checked_at >= last_word:
        return Obstacle.REGISTER_SILENT
    return None


def _outside(mandate: Mandate, service: str | None, purpose: str | None) -> Obstacle | None:
    if service is not None and service not in mandate.scopes:
        return Obstacle.SERVICE
    if purpose is not None and mandate.purpose and _same(purpose) != _same(mandate.purpose):
        return Obstacle.PURPOSE
    return None


def _same(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def narrow(mandate: Mandate, asked: Iterable[str]) -> frozenset[str]:
    """Those of the scopes asked for that may be used in the principal's name."""
    return mandate.scopes.intersection(asked)
