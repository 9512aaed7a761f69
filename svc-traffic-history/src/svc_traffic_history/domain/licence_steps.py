"""Licences that are taken away: annulled, or withdrawn, and given back. No I/O.

Why one was taken is not kept here: it may be a matter of health.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from ..errors.licence_steps import LicenceDayWrong, LicenceStands


class Step(StrEnum):
    """What happened to a licence."""

    WITHDRAWN = "WITHDRAWN"
    """Taken for as long as its holder may not drive."""
    ANNULLED = "ANNULLED"
    """By a court; who wants to drive again is examined anew."""
    GIVEN_BACK = "GIVEN_BACK"


_LATER: Final[Mapping[Step, int]] = {Step.WITHDRAWN: 0, Step.ANNULLED: 1, Step.GIVEN_BACK: 2}
"""What stands on one day stands in this order, whichever was recorded first."""
_FOLLOWS: Final[Mapping[Step | None, frozenset[Step]]] = {
    None: frozenset({Step.WITHDRAWN, Step.ANNULLED}),
    Step.WITHDRAWN: frozenset({Step.ANNULLED, Step.GIVEN_BACK}),
    Step.ANNULLED: frozenset({Step.GIVEN_BACK}),
    Step.GIVEN_BACK: frozenset({Step.WITHDRAWN, Step.ANNULLED}),
}


@dataclass(frozen=True, slots=True)
class LicenceStep:
    """A step with its legal date."""

    id: UUID
    step: Step
    on: date


def ordered(steps: Iterable[LicenceStep]) -> Sequence[LicenceStep]:
    """By legal date, and on one day as they follow: the order of no arrival."""
    return sorted(steps, key=_place)


def taken(steps: Collection[LicenceStep], on: date) -> LicenceStep | None:
    """By what the licence is away on a day; none where it is not."""
    step = max((each for each in steps if each.on <= on), key=_place, default=None)
    return None if step is None or step.step is Step.GIVEN_BACK else step


def follow(steps: Collection[LicenceStep], made: LicenceStep, today: date) -> None:
    """Whether a step can be recorded. `LicenceStands`, `LicenceDayWrong`."""
    before = max(steps, key=_place, default=None)
    stands = before.step if before else None
    if made.step not in _FOLLOWS[stands]:
        raise LicenceStands(stands or "VALID", sorted(_FOLLOWS[stands]))
    if made.on > today or (before is not None and _place(made) < _place(before)):
        raise LicenceDayWrong


def _place(step: LicenceStep) -> tuple[date, int, UUID]:
    return step.on, _LATER[step.step], step.id
