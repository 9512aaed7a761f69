"""Offences (contravenții) as the law has them on a day: article, class, fine points, points, suspension.

All of it stands in the catalog's rule tables. An offence has its class, its penalty points or its
suspension because its code stands in the list of that class, of those points, of that suspension.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

from hub_core.language import Language
from hub_core.rules import Option, Rules

from ..errors.offences import OffenceUnknown
from .grounds import Ground

OFFENCES_RULE: Final = "traffic.offences"
POINTS: Final = (2, 3, 4, 6)
"""The penalty points that the law knows (OUG 195/2002 art. 96 (3), art. 108)."""


class FineClass(StrEnum):
    """The class of a fine of natural persons (OUG 195/2002 art. 98 (4))."""

    FIRST = "I"
    SECOND = "II"
    THIRD = "III"
    FOURTH = "IV"

    @property
    def number(self) -> int:
        """1 to 4, as the rules name it."""
        return 1 + list(FineClass).index(self)


_SUSPENDING: Final = (Ground.CLASS_2, Ground.CLASS_3, Ground.SPEED_50, Ground.SPEED_70)
RULES: Final = (
    OFFENCES_RULE,
    *(f"traffic.class-{each.number}-{bound}" for each in FineClass for bound in ("least", "most")),
    *(f"traffic.offences-class-{each.number}" for each in FineClass),
    *(f"traffic.offences-{points}-points" for points in POINTS),
    *(f"traffic.offences-suspension-{ground.rule_part}" for ground in _SUSPENDING),
)
"""The rules that `of_day` and `find` read."""
SUSPENSION_RULES: Final = tuple(ground.days_rule for ground in _SUSPENDING)
"""For how many days offences suspend the right to drive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence:
    """An offence on a day; the fine is `least` to `most` fine points (puncte-amendă).

    `penalty_points` are none where the offence suspends the right to drive, and then `ground` says for
    how long; `points_article` is the one that gives the points.
    """

    code: str
    names: Mapping[Language, str]
    fine_class: FineClass
    article: Mapping[Language, str]
    least: int
    most: int
    penalty_points: int = 0
    points_article: Mapping[Language, str] | None = None
    ground: Ground | None = None


def of_day(legal: Rules, day: date) -> Sequence[Offence]:
    """The offences that the law knows on a day, in the order of the list; `NoRule`."""
    names = {option.code: option for option in legal.on(OFFENCES_RULE, day).options}
    classes = {
        code: (fine_class, option)
        for fine_class in FineClass
        for code, option in _listed(legal, f"traffic.offences-class-{fine_class.number}", day).items()
    }
    points = {
        code: (number, option)
        for number in POINTS
        for code, option in _listed(legal, f"traffic.offences-{number}-points", day).items()
    }
    grounds = {
        code: ground
        for ground in _SUSPENDING
        for code in _listed(legal, f"traffic.offences-suspension-{ground.rule_part}", day)
    }
    found = []
    for code, option in names.items():
        fine_class, article = classes[code]
        number, points_article = points.get(code, (0, None))
        found.append(
            Offence(
                code=code,
                names=option.texts,
                fine_class=fine_class,
                article=article.texts,
                least=legal.on(f"traffic.class-{fine_class.number}-least", day).whole,
                most=legal.on(f"traffic.class-{fine_class.number}-most", day).whole,
                penalty_points=number,
                points_article=points_article.texts if points_article else None,
                ground=grounds.get(code),
            )
        )
    return found


def find(legal: Rules, code: str, committed_on: date) -> Offence:
    """The offence with this code on the day it was committed; `OffenceUnknown`, `NoRule`."""
    known = _by_code(legal, committed_on).get(code)
    if known is None:
        raise OffenceUnknown(code=code, day=committed_on.isoformat())
    return known


@lru_cache(maxsize=1024)
def _by_code(legal: Rules, day: date) -> Mapping[str, Offence]:
    """Listed once for each day: many reports are of the same days."""
    return {offence.code: offence for offence in of_day(legal, day)}


def _listed(legal: Rules, rule: str, day: date) -> Mapping[str, Option]:
    return {option.code: option for option in legal.on(rule, day).options}
