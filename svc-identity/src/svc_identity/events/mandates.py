"""What is told of mandates: ids, never a name, a number or a reason."""

from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, Field

from hub_events.envelope import Event

from ..domain.mandate import EndCause, Mandate
from ..domain.mandate_type import MandateType, PrincipalKind


class _OfMandate(BaseModel):
    """The ids that every event of a mandate carries."""

    mandate_id: UUID = Field(description="The mandate")
    type: MandateType = Field(description="By what the representative acts")
    principal_kind: PrincipalKind = Field(description="What the principal is")
    principal_id: UUID | None = Field(description="In whose name things are done, once that is known")
    representative_id: UUID | None = Field(description="The person who acts, once there is one")


class MandateRequested(_OfMandate, Event):
    """An official is to verify a mandate."""

    subject: ClassVar[str] = "hub.identity.mandate.requested.v1"
    key_field: ClassVar[str] = "mandate_id"

    @classmethod
    def of(cls, mandate: Mandate) -> Self:
        """The event of a mandate that waits from now on."""
        return cls(**_facts(mandate))


class MandateActivated(_OfMandate, Event):
    """A mandate is in force: its representative may act from its first day on."""

    subject: ClassVar[str] = "hub.identity.mandate.activated.v1"
    key_field: ClassVar[str] = "mandate_id"

    @classmethod
    def of(cls, mandate: Mandate) -> Self:
        """The event of a mandate that has just become active."""
        return cls(**_facts(mandate))


class MandateEnded(_OfMandate, Event):
    """A mandate has ended, or will never be in force."""

    subject: ClassVar[str] = "hub.identity.mandate.ended.v1"
    key_field: ClassVar[str] = "mandate_id"

    cause: EndCause | None = Field(description="Why")

    @classmethod
    def of(cls, mandate: Mandate) -> Self:
        """The event of a mandate that has just ended."""
        return cls(**_facts(mandate), cause=mandate.end_cause)


def _facts(mandate: Mandate) -> dict[str, Any]:
    return {
        "mandate_id": mandate.id,
        "type": mandate.type,
        "principal_kind": mandate.principal_kind,
        "principal_id": mandate.principal_id,
        "representative_id": mandate.representative_id,
        "version": mandate.version,
    }
