"""Where an approval by one institution counts: there, or, by a decision, in the whole hub."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from hub_core import clock


@dataclass(frozen=True, slots=True)
class HubWide:
    """One row: what this institution approves is recognised in the whole hub, for people it matched.

    It holds from `valid_from` to the day before `valid_to`; `legal_basis` is the decision.
    """

    institution_id: UUID
    legal_basis: str
    valid_from: date
    valid_to: date | None = None


HUB_WIDE: Final[tuple[HubWide, ...]] = ()
"""No institution yet."""


def is_hub_wide(institution_id: UUID, at: datetime, rows: Collection[HubWide] = HUB_WIDE) -> bool:
    """Whether what an institution approves on the legal date of `at` counts everywhere."""
    on = clock.local_date(at)
    return any(
        row.institution_id == institution_id
        and row.valid_from <= on
        and (row.valid_to is None or on < row.valid_to)
        for row in rows
    )
