"""In whose name a petition is: an account, or a name with an address (OG 27/2002 art. 7). No I/O."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from hub_core.text import fold

MOST: Final = 200
"""Signatures that one entry takes; longer lists are kept on the paper."""


@dataclass(frozen=True, slots=True, repr=False)
class Organisation:
    """A legally constituted organisation, in whose name a petition may be made; `cui` is its number."""

    name: str
    cui: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Identity:
    """Who has no account: a name, and where they are reached. A CNP is never asked for."""

    family_name: str
    given_name: str
    organisation: Organisation | None = None
    address: str | None = None
    email: str | None = None
    phone: str | None = None

    @property
    def is_reachable(self) -> bool:
        """Whether an answer would get there."""
        return bool(self.address or self.email)

    @property
    def same(self) -> str:
        """What stays when the same one writes again: the organisation, else the name and one address."""
        if self.organisation:
            return f"cui:{self.organisation.cui}"
        name = " ".join(sorted(fold(f"{self.family_name} {self.given_name}").replace("-", " ").split()))
        reached = "".join(sign for sign in fold(self.address or self.email or "") if sign.isalnum())
        return f"name:{name}:{reached}"


@dataclass(frozen=True, slots=True)
class Account:
    """Who has an account in the hub."""

    person_id: UUID


Petitioner: TypeAlias = Account | Identity


@dataclass(frozen=True, slots=True, repr=False)
class Signature:
    """One of those who signed a petition; who has withdrawn is told apart by the instant."""

    ordinal: int
    petitioner: Petitioner
    signed_at: datetime
    withdrawn_at: datetime | None
