"""Who changed what, as an official is shown it."""

from typing import Annotated, Any, Self

from pydantic import Field

from hub_service.schemas import Id, Instant, Resource

from ..domain.changes import Change, ChangeKind

_Facts = Annotated[
    dict[str, Any] | None,
    Field(
        description="What held; its members depend on the kind. Null where there was nothing.",
        max_length=20,
        examples=[{"day": "2027-01-25", "legal_basis": "Hotărârea Guvernului nr. 1/2027"}],
        json_schema_extra={"additionalProperties": True},
    ),
]


class ChangeView(Resource):
    """One change of when an office receives people."""

    kind: Annotated[ChangeKind, Field(description="What was changed.")]
    pool_id: Annotated[Id | None, Field(description="The counters; null: those of the whole office.")]
    before: _Facts
    after: _Facts
    person_id: Annotated[Id | None, Field(description="The official who did it.")]
    at: Annotated[Instant, Field(description="When.")]
    is_moving: Annotated[bool, Field(description="Whether people who had booked were moved by it.")]

    @classmethod
    def of(cls, change: Change) -> Self:
        """The view of a change."""
        return cls(
            kind=change.kind,
            pool_id=change.pool_id,
            before=dict(change.before) if change.before is not None else None,
            after=dict(change.after) if change.after is not None else None,
            person_id=change.person_id,
            at=change.at,
            is_moving=change.is_moving,
        )
