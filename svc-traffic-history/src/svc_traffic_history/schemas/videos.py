"""A recording and its chain of custody, as its reporter is shown them."""

from typing import Annotated, Final, Self

from pydantic import Field

from hub_service import schemas

from ..domain import custody
from ..domain.custody import Act, Line, Part
from ..domain.videos import Container, Facts, State, Video

_BYTES: Final = {"format": "int64"}
_HEX: Final = r"^[0-9a-f]{64}$"
_EXAMPLE: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

Bytes = Annotated[int, Field(ge=0, le=2**40, json_schema_extra=_BYTES | {"examples": [314572800]})]
Points = Annotated[int, Field(ge=1, le=32_767, json_schema_extra={"format": "int32", "examples": [1920]})]
Sha256 = Annotated[str, Field(min_length=64, max_length=64, pattern=_HEX, examples=[_EXAMPLE])]


class RecordingView(schemas.Resource):
    """What a recording was found to be."""

    sha256: Annotated[Sha256, Field(description="SHA-256 of the file, as it arrived.")]
    container: Annotated[Container, Field(description="The kind of file.")]
    codec: Annotated[
        str,
        Field(
            max_length=32,
            pattern=r"^[A-Z0-9.]+$",
            description="How its pictures are written.",
            examples=["H.264"],
        ),
    ]
    width: Annotated[Points, Field(description="Width of a picture, in points.")]
    height: Annotated[Points, Field(description="Height of a picture, in points.")]
    duration_ms: Annotated[
        int,
        Field(
            ge=0,
            le=2**31 - 1,
            description="How long it lasts, in milliseconds.",
            json_schema_extra={"format": "int32", "examples": [48_200]},
        ),
    ]

    @classmethod
    def of(cls, facts: Facts) -> Self:
        """The view of what was found."""
        return cls(
            sha256=facts.sha256.hex(),
            container=facts.container,
            codec=facts.codec,
            width=facts.width,
            height=facts.height,
            duration_ms=int(facts.duration.total_seconds() * 1000),
        )


class VideoView(schemas.Resource):
    """A recording of a report, and how far it has come."""

    id: Annotated[schemas.Id, Field(description="The recording.")]
    driving_report_id: Annotated[schemas.Id, Field(description="Its report.")]
    state: Annotated[State, Field(description="Whether it arrives, or was checked.")]
    length: Annotated[Bytes, Field(description="Its bytes, as announced.")]
    received: Annotated[Bytes, Field(description="How many of them have arrived.")]
    upload_by: Annotated[schemas.Instant, Field(description="When all of them have to be here.")]
    arrived_at: Annotated[
        schemas.Instant | None, Field(description="When the last one arrived; null until then.")
    ]
    recording: Annotated[
        RecordingView | None, Field(description="What it was found to be; null until it was checked.")
    ]

    @classmethod
    def of(cls, video: Video) -> Self:
        """The view of a recording."""
        return cls(
            id=video.id,
            driving_report_id=video.report_id,
            state=video.state,
            length=video.length,
            received=video.received,
            upload_by=video.upload_by,
            arrived_at=video.arrived_at,
            recording=RecordingView.of(video.facts) if video.facts else None,
        )


class CustodyLineView(schemas.Resource):
    """One line of the chain of custody of a recording."""

    line: Annotated[
        int,
        Field(
            ge=1,
            le=2**31 - 1,
            description="Its number, counted from 1.",
            json_schema_extra={"format": "int32", "examples": [2]},
        ),
    ]
    at: Annotated[schemas.Instant, Field(description="When it was done.")]
    act: Annotated[Act, Field(description="What was done with the recording.")]
    by: Annotated[Part, Field(description="In what part somebody did it; who it was is not told.")]
    text: Annotated[
        str,
        Field(
            max_length=1024,
            pattern=r"^\{[ -~]+\}$",
            description="The line as it is hashed; `who` commits to who acted, for whom and why.",
            examples=['{"act":"CHECKED","at":"2026-11-23T10:14:02.311804Z","by":"CLOCK","line":2}'],
        ),
    ]
    link: Annotated[
        Sha256,
        Field(description="SHA-256 over the link before (32 bytes; zeros at first) and `text`."),
    ]

    @classmethod
    def of(cls, line: Line) -> Self:
        """The view of a line."""
        entry = line.entry
        return cls(
            line=line.number,
            at=entry.at,
            act=entry.act,
            by=entry.actor.part,
            text=custody.told(line.number, entry),
            link=line.link.hex(),
        )
