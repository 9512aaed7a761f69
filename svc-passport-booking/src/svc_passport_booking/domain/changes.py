"""Who changed when an office receives people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class ChangeKind(StrEnum):
    """What was changed."""

    WEEK = "WEEK"
    EXCEPTION = "EXCEPTION"
    BRIDGE_DAY = "BRIDGE_DAY"
    CLOSURE = "CLOSURE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of an office or of one of its pools; `before` and `after` are None where there was nothing.

    `person_id` is the official; `is_moving` says whether people who had booked were moved by it. `seq`
    counts all changes; it is 0 until it is stored.
    """

    office_id: UUID
    pool_id: UUID | None
    kind: ChangeKind
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    person_id: UUID | None
    at: datetime
    is_moving: bool
    seq: int = 0
