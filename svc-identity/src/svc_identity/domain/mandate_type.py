"""Which mandates there are, and the bounds that each type sets: for which services, for what, how long.

Dates are legal dates in Europe/Bucharest; `valid_to` is the last day.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from hub_core.clock import local_date
from hub_core.rules import Rules

from ..errors.mandates import MandateDates, MandateServices
from . import capacity
from .legal import MANDATE_TERM
from .scopes import FORMS_PREFILL


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
_AUTHENTIC: Final = _EVERY - {MandateType.DELEGATE, MandateType.INSTITUTION}
"""Who acts by law, or by a power in authentic form."""
DELEGABLE: Final[Mapping[str, frozenset[MandateType]]] = {
    "petitions:read": _EVERY,
    "petitions:write": _EVERY,
    "criminal-record:read": _AUTHENTIC,
    "criminal-record:write": _AUTHENTIC,
    "appointments:read": _EVERY,
    "appointments:write": _EVERY,
}
"""The services that may be used for another, by their scope, and the types that each one accepts.

An act that the law wants in authentic form needs a power in that form (Civil Code art. 1301): such a
service leaves DELEGATE out.
"""

_WITH_EVERY: Final = frozenset({FORMS_PREFILL})
"""No services of their own: what goes with any. A form is filled in with what the mandate itself shows."""


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


def carried(granted: Collection[str], mandated: Collection[str]) -> tuple[str, ...]:
    """Which of the scopes of a person's own token one under a mandate with these scopes carries."""
    services = frozenset(granted).intersection(mandated)
    with_them = _WITH_EVERY if services else frozenset()
    return tuple(scope for scope in granted if scope in services | with_them)


def bounded(of: MandateType, bounds: Bounds, now: datetime, legal: Rules) -> Bounds:
    """The bounds, in order; raises what is wrong with them first."""
    named = set(bounds.services)
    if not named <= allowed_scopes(of) or (of is MandateType.DELEGATE and not named):
        raise MandateServices
    if bounds.valid_from < local_date(now):
        raise MandateDates("/valid_from")
    last = bounds.valid_to
    if last is None and of in BY_WILL:
        years = legal.on(MANDATE_TERM, local_date(now)).whole
        last = capacity.birthday(bounds.valid_from, years, now, legal) - timedelta(days=1)
    if last is not None and last < bounds.valid_from:
        raise MandateDates("/valid_to")
    return replace(bounds, services=tuple(sorted(named)), valid_to=last)


def last_day_of_minor(birth_date: date, now: datetime, legal: Rules) -> date:
    """The last day of a parental mandate: the one before the principal comes of age."""
    return capacity.full_age(birth_date, now, legal) - timedelta(days=1)
