"""What is told of people. No number, no name: who needs those asks, and is logged."""

from typing import ClassVar, Self
from uuid import UUID

from hub_core.principal import Assurance
from hub_events.envelope import Event

from ..domain.account import Account
from ..domain.person import Person, Source


class PersonVerified(Event):
    """An account's person was found to be who they say: its level is higher from now on."""

    subject: ClassVar[str] = "hub.identity.person.verified.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID
    level: Assurance
    source: Source

    @classmethod
    def of(cls, account: Account, source: Source) -> Self:
        """The event of an account whose level was just raised."""
        return cls(person_id=account.id, level=account.assurance, source=source, version=account.version)


class PersonMerged(Event):
    """Somebody who was known before they had an account has one now: the old id means the new one."""

    subject: ClassVar[str] = "hub.identity.person.merged.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID
    formerly: UUID

    @classmethod
    def of(cls, person: Person, formerly: UUID) -> Self:
        """The event of a person who had another id until now."""
        return cls(person_id=person.id, formerly=formerly, version=person.version)


class PersonDied(Event):
    """The register says that a person has died: their account is closed."""

    subject: ClassVar[str] = "hub.identity.person.died.v1"
    key_field: ClassVar[str] = "person_id"

    person_id: UUID

    @classmethod
    def of(cls, person: Person) -> Self:
        """The event of a person whose death the register has just told."""
        return cls(person_id=person.id, version=person.version)
