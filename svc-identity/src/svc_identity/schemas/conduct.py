"""Bodies about what applications in the sandbox are seen to do."""

from typing import Annotated, Self

from pydantic import Field

from hub_service import schemas

from ..domain.conduct import Behaviour, Seen


class BehaviourView(schemas.Resource):
    """One thing that an application does, or should not do, and whether it was seen."""

    behaviour: Annotated[
        Behaviour, Field(description="What requests have shown.", examples=["TOKEN_REFRESHED"])
    ]
    is_flaw: Annotated[bool, Field(description="True for what should never be seen.", examples=[False])]
    first_seen_at: Annotated[schemas.Instant | None, Field(description="Null when it was not seen.")]
    last_seen_at: Annotated[schemas.Instant | None, Field(description="Null when it was not seen.")]

    @classmethod
    def of(cls, seen: Seen) -> Self:
        """The view of a behaviour."""
        return cls(
            behaviour=seen.behaviour,
            is_flaw=seen.is_flaw,
            first_seen_at=seen.first_at,
            last_seen_at=seen.last_at,
        )
