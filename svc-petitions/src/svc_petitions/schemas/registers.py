"""Bodies of registers."""

from typing import Annotated, Self

from pydantic import Field

from hub_service import schemas

from ..domain.registers import Direction, Shown, StrikeReason

Digest = Annotated[
    str,
    Field(
        min_length=64,
        max_length=64,
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256, in hexadecimal.",
        examples=["5b2c1f0e9d8a7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a2f1e0d9c8b7a6f5e4d3c2b"],
    ),
]
Year = Annotated[
    int,
    Field(
        ge=2000,
        le=2999,
        description="The year of the register.",
        examples=[2026],
        json_schema_extra={"format": "int32"},
    ),
]
Number = Annotated[
    int,
    Field(
        ge=1,
        le=2**31 - 1,
        description="The number in the register.",
        examples=[123],
        json_schema_extra={"format": "int32"},
    ),
]
Why = Annotated[StrikeReason, Field(description="Why it is struck.", examples=["ENTERED_TWICE"])]


class StrikeEntry(schemas.Resource):
    """Strike a number; it stays in the register, and is not given again."""

    reason: Why


class StruckView(schemas.Resource):
    """Which line this one strikes, and why."""

    year: Year
    number: Number
    reason: Why


class EntryView(schemas.Resource):
    """A line of the register. It holds no name and no words: digests stand for them."""

    year: Year
    number: Number
    direction: Annotated[Direction, Field(description="In, out, or within.", examples=["IN"])]
    petition_id: Annotated[schemas.Id, Field(description="The petition it is of.")]
    entered_at: Annotated[schemas.Instant, Field(description="When it was entered.")]
    entered_by: Annotated[
        schemas.Id | None, Field(description="The official who entered it; null for what came in by itself.")
    ]
    subject_sha256: Digest
    correspondent_sha256: Digest
    strikes: Annotated[StruckView | None, Field(description="The line that this one strikes.")]
    struck_by: Annotated[
        str | None,
        Field(max_length=20, description="The number and year that struck it.", examples=["130/2026"]),
    ]
    entry_sha256: Digest

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """A line as officials see it."""
        entry = shown.entry
        strikes = entry.strikes
        return cls(
            year=entry.year,
            number=entry.number,
            direction=entry.direction,
            petition_id=entry.petition_id,
            entered_at=entry.entered_at,
            entered_by=entry.entered_by,
            subject_sha256=entry.subject_sha256.hex(),
            correspondent_sha256=entry.correspondent_sha256.hex(),
            strikes=strikes and StruckView(year=strikes.year, number=strikes.number, reason=strikes.reason),
            struck_by=shown.struck_by,
            entry_sha256=entry.entry_sha256.hex(),
        )
