"""The guards of a mandate: what stands against acting under it, and against the end that a side wants.

Nothing waits for a job to end a mandate: `obstacle` looks at the dates and at both people each time.
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.rules import Rules

from ..errors.mandates import MandateState, RepresentationByLaw
from . import capacity, rules
from .capacity import Party
from .mandate import OPEN, EndCause, Mandate, State
from .mandate_type import BY_WILL, OF_MINORS
from .rules import RuleId


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


_OBSTACLE_CAUSE: Final[Mapping[Obstacle, EndCause]] = {
    Obstacle.PAST: EndCause.TERM,
    Obstacle.PRINCIPAL_OF_AGE: EndCause.FULL_AGE,
    Obstacle.PRINCIPAL_DEAD: EndCause.DEATH_OF_PRINCIPAL,
    Obstacle.REPRESENTATIVE_DEAD: EndCause.DEATH_OF_REPRESENTATIVE,
    Obstacle.REPRESENTATIVE_WITHOUT_CAPACITY: EndCause.LOSS_OF_CAPACITY,
}


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
    legal: Rules,
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
        or of_parties(mandate, principal, representative, now, legal)
    )


def of_parties(
    mandate: Mandate, principal: Party, representative: Party, now: datetime, legal: Rules
) -> Obstacle | None:
    """What stands against it in one of the two people."""
    if principal.died_on is not None:
        return Obstacle.PRINCIPAL_DEAD
    if representative.died_on is not None:
        return Obstacle.REPRESENTATIVE_DEAD
    if (
        mandate.type in OF_MINORS
        and principal.birth_date is not None
        and capacity.is_of_age(principal.birth_date, now, legal)
    ):
        return Obstacle.PRINCIPAL_OF_AGE
    if not capacity.has_full_capacity(representative, now, legal):
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
