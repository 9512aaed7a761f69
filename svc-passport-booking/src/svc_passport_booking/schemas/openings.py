"""Openings of days, as a caller sends and sees them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from hub_service import schemas

from ..domain.openings import Kind, Opening, Plan, State

KindField = Annotated[
    Kind,
    Field(
        description="At a RANDOM_MINUTE of the window, or by DRAW among who joins within it.",
        examples=["RANDOM_MINUTE"],
    ),
]


class AnnounceOpening(schemas.Resource):
    """New days that the head of an office wants to open."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "pool_id": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70",
                    "kind": "RANDOM_MINUTE",
                    "days_from": "2027-02-22",
                    "days_to": "2027-02-26",
                    "window_from": "2026-11-30T07:00:00Z",
                    "window_to": "2026-11-30T10:00:00Z",
                }
            ]
        }
    )

    pool_id: Annotated[schemas.Id, Field(description="The counters whose days are opened.")]
    kind: KindField
    days_from: Annotated[schemas.LegalDate, Field(description="The first of the days.")]
    days_to: Annotated[schemas.LegalDate, Field(description="The last of the days.")]
    window_from: Annotated[schemas.Instant, Field(description="When the window begins.")]
    window_to: Annotated[schemas.Instant, Field(description="When it ends.")]

    def plan(self) -> Plan:
        """What was sent, as a value."""
        return Plan(self.pool_id, self.kind, self.days_from, self.days_to, self.window_from, self.window_to)


class OpeningView(schemas.Resource):
    """An opening of days. The minute, and what proves it, are told when it has come."""

    id: Annotated[schemas.Id, Field(description="The opening's identifier.")]
    office_id: Annotated[schemas.Id, Field(description="The office.")]
    pool_id: Annotated[schemas.Id, Field(description="The counters there.")]
    kind: KindField
    state: Annotated[
        State,
        Field(
            description="ANNOUNCED; DRAWN while who was drawn is asked; OPEN for everybody.",
            examples=["ANNOUNCED"],
        ),
    ]
    days_from: Annotated[schemas.LegalDate, Field(description="The first of the days.")]
    days_to: Annotated[schemas.LegalDate, Field(description="The last of the days.")]
    window_from: Annotated[schemas.Instant, Field(description="When the announced window begins.")]
    window_to: Annotated[schemas.Instant, Field(description="When it ends.")]
    announced_at: Annotated[schemas.Instant, Field(description="When it was announced.")]
    commitment: Annotated[
        str,
        Field(
            pattern=r"^[0-9a-f]{64}$",
            max_length=64,
            description="SHA-256 of the seed, published with the announcement.",
            examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
        ),
    ]
    seed: Annotated[
        str | None,
        Field(
            pattern=r"^[0-9a-f]{64}$",
            max_length=64,
            description="The seed, once it can be told: the minute, or the draw, follows from it.",
            examples=["60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"],
        ),
    ]
    opened_at: Annotated[schemas.Instant | None, Field(description="Since when anybody can book.")]

    @classmethod
    def of(cls, opening: Opening, now: datetime) -> Self:
        """The view of an opening, as it stands now."""
        is_revealed = opening.is_revealed(now)
        is_open = opening.kind is Kind.RANDOM_MINUTE and is_revealed
        return cls(
            id=opening.id,
            office_id=opening.office_id,
            pool_id=opening.pool_id,
            kind=opening.kind,
            state=State.OPEN if is_open else opening.state,
            days_from=opening.days_from,
            days_to=opening.days_to,
            window_from=opening.window_from,
            window_to=opening.window_to,
            announced_at=opening.announced_at,
            commitment=opening.commitment.hex(),
            seed=opening.seed.hex() if is_revealed else None,
            opened_at=opening.opens_at if is_open else opening.opened_at,
        )


class DrawnEntryView(schemas.Resource):
    """One who took part in a draw: an identifier that says nothing of them."""

    rank: Annotated[schemas.Int32, Field(ge=1, description="The place in the order.", examples=[1])]
    entry_id: Annotated[schemas.Id, Field(description="The entry; its people know it.")]

    @classmethod
    def of(cls, drawn: tuple[int, UUID]) -> Self:
        """The view of a place in the order."""
        return cls(rank=drawn[0], entry_id=drawn[1])
