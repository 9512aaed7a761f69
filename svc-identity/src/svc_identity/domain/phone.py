"""A person's telephone number: theirs once a code that was sent to it has come back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, repr=False)
class HeldPhone:
    """An account's confirmed mobile number, E.164."""

    account_id: UUID
    number: str
    confirmed_at: datetime
