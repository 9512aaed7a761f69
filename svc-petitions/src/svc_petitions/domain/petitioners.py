"""In whose name a petition is: an account, or a name with an address (OG 27/2002 art. 7). No I/O."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias
from uuid import UUID

from hub_core.rules import Rules
from hub_core.text import fold
from hub_terms.terms import birthday

from ..errors.entries import ParentNeeded

MINOR_ALONE_RULE: Final = "petition.minor-alone"
LEAP_DAY_RULE: Final = "capacity.birthday-of-leap-day"

MOST: Final = 200
"""Signatures that one entry takes; longer lists are kept on the paper."""


@dataclass(frozen=True, slots=True, repr=False)
class Organisation:
    """A legally constituted organisation, in whose name a petition may be made; `cui` is its number."""

    name: str
    cui: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Identity:
    """Who has no account: a name, and where they are reached. A CNP is never asked for.

    `represented_by` is the name of the parent or guardian through whom a minor signs.
    """

    family_name: str
    given_name: str
    organisation: Organisation | None = None
    address: str | None = None
    email: str | None = None
    phone: str | None = None
    represented_by: str | None = None

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


def refuse_child_alone(born_on: date, today: date, legal: Rules) -> None:
    """`ParentNeeded` for who is too young to make a petition alone.

    The right of petition belongs to everybody (Constitution art. 51); under the age at which minors act
    themselves, a parent or guardian makes it for them (Civil Code art. 41 and 43).
    """
    age = legal.on(MINOR_ALONE_RULE, today).whole
    if birthday(born_on, age, legal.on(LEAP_DAY_RULE, today).whole) > today:
        raise ParentNeeded(age)


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
