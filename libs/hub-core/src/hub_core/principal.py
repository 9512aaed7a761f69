"""Who calls: what the internal token says, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Assurance(StrEnum):
    """Level of assurance of a sign-in (Regulation (EU) 910/2014, art. 8); ordered."""

    LOW = "low"
    SUBSTANTIAL = "substantial"
    HIGH = "high"

    def meets(self, needed: "Assurance") -> bool:
        """Whether a sign-in of this level may do what needs the other."""
        order = list(Assurance)
        return order.index(self) >= order.index(needed)


class Kind(StrEnum):
    """What stands behind a token."""

    PERSON = "person"
    CLIENT = "client"
    SERVICE = "service"


class Role(StrEnum):
    """What an official may do in their institution; each role has a granting act, a start and an end."""

    CLERK = "CLERK"
    REGISTRAR = "REGISTRAR"
    HANDLER = "HANDLER"
    HEAD = "HEAD"
    SIGNATORY = "SIGNATORY"
    CATALOG_EDITOR = "CATALOG_EDITOR"
    CATALOG_PUBLISHER = "CATALOG_PUBLISHER"
    TRAFFIC_OFFICER = "TRAFFIC_OFFICER"
    RECORDS_OFFICER = "RECORDS_OFFICER"
    ALERT_OPERATOR = "ALERT_OPERATOR"
    ALERT_APPROVER = "ALERT_APPROVER"
    AUDITOR = "AUDITOR"
    DPO = "DPO"
    ADMIN = "ADMIN"


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of an operation.

    `subject` is the person's id, the client's id or the service's name, by `kind`.
    `session_id` names the sign-in that the token came from; ending it ends the token.
    `roles` are those of an official at `institution_id`, and only when they sign in as such: a token
    of the same person as a citizen carries none. A client that stands for an institution of the catalog
    has its `institution_id`, and no roles.
    `mandate_id` is set when a person acts for another, whose id is then `on_behalf_of`.
    `recognised` names institutions that know the person at a higher level than the hub does.
    `is_sandbox` says that `client_id` is being tested: nothing that this caller does is in earnest.
    """

    kind: Kind
    subject: str
    assurance: Assurance
    scopes: frozenset[str]
    client_id: str
    session_id: str | None = None
    roles: frozenset[Role] = frozenset()
    institution_id: UUID | None = None
    mandate_id: UUID | None = None
    on_behalf_of: UUID | None = None
    recognised: Mapping[UUID, Assurance] = field(default_factory=dict)
    is_sandbox: bool = False

    def assurance_at(self, institution_id: UUID) -> Assurance:
        """The level of this sign-in in matters of one institution: its own approval counts there."""
        there = self.recognised.get(institution_id, self.assurance)
        return there if there.meets(self.assurance) else self.assurance

    @property
    def person_id(self) -> UUID:
        """The person's id; only a token of a person has one (`ValueError` otherwise)."""
        if self.kind is not Kind.PERSON:
            raise ValueError("this token stands for no person")
        return UUID(self.subject)
