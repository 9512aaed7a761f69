"""An organisation, as its register knows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class OrganisationSource(StrEnum):
    """Who says so."""

    TRADE_REGISTER = "TRADE_REGISTER"


@dataclass(frozen=True, slots=True)
class Organisation:
    """`cui` is the bare fiscal number, `trade_number` that of the trade register, where it has one."""

    id: UUID
    cui: str
    trade_number: str | None
    name: str
    source: OrganisationSource
    version: int
    checked_at: datetime
