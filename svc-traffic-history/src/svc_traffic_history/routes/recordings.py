"""Officers see the recording of a report: HTTP and nothing else."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import Header, Path, Request
from fastapi.responses import StreamingResponse

from hub_service import policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Asking, Recordings, reviewing
from ..domain.videos import Container
from ..errors.driving_reports import DrivingReportNotFound
from ..errors.reviewing import RecordingMissing, RecordingRangeWrong
from ..errors.videos import VideosUnavailable
from ..operations import reviewing as operations
from ..operations import videos
from . import ranges

_TYPES: Final = {
    Container.MP4: "video/mp4",
    Container.MOV: "video/quicktime",
    Container.MKV: "video/x-matroska",
}
_SAID: Final = reviewing(DrivingReportNotFound, RecordingMissing, RecordingRangeWrong, VideosUnavailable)
_BYTES: Final = {
    media_type: {"schema": {"type": "string", "format": "binary", "maxLength": 2**31}}
    for media_type in _TYPES.values()
}
_HEADERS: Final = {
    "Accept-Ranges": {
        "description": "Ranges of bytes can be asked for.",
        "schema": {"type": "string", "const": "bytes", "maxLength": 5, "example": "bytes"},
    },
    "ETag": {
        "description": "Names the content: its SHA-256.",
        "schema": {
            "type": "string",
            "maxLength": 66,
            "pattern": '^"[0-9a-f]{64}"$',
            "example": '"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
        },
    },
}
_RANGE: Final = {
    "Content-Range": {
        "description": "Which bytes of how many these are (RFC 9110, 14.4).",
        "schema": {
            "type": "string",
            "maxLength": 60,
            "pattern": r"^bytes [0-9]+-[0-9]+/[0-9]+$",
            "example": "bytes 0-1048575/31457280",
        },
    }
}
_ANSWERS: Final[dict[int | str, Any]] = {
    200: {"description": "The whole recording", "content": _BYTES, "headers": _HEADERS},
    206: {"description": "A part of it", "content": _BYTES, "headers": _HEADERS | _RANGE},
}

router = Router(prefix="/traffic-history/v1/driving-report-files", tags=["driving report files"])


@router.get(
    "/{report_id}/video",
    summary="See the recording of a report",
    response_class=StreamingResponse,
    **_SAID | {"responses": _SAID["responses"] | _ANSWERS},
)
async def play_driving_report_video(
    report_id: Annotated[schemas.Id, Path(description="The report.")],
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    recordings: Recordings,
    session: Session,
    request: Request,
    now: Now,
    wanted: Annotated[
        str | None,
        Header(
            alias="Range",
            max_length=200,
            description="The bytes that are wanted (RFC 9110, 14.2); several ranges are answered whole.",
            examples=["bytes=0-1048575"],
            json_schema_extra={"pattern": "^[ -~]*$"},
        ),
    ] = None,
    if_range: Annotated[
        str | None,
        Header(
            alias="If-Range",
            max_length=200,
            description="The ETag of the parts that are had already.",
            examples=['"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"'],
            json_schema_extra={"pattern": "^[ -~]*$"},
        ),
    ] = None,
) -> StreamingResponse:
    """The original as it arrived, part by part. The reporter sees each time that it was seen, and why."""
    recording = await operations.play(session, means, official, report_id, stated, now)
    etag = f'"{recording.sha256.hex()}"'
    part = ranges.wanted(wanted, if_range, etag, recording.size)
    start, end = part or (0, recording.size)
    headers = {
        "accept-ranges": "bytes",
        "cache-control": "no-store",
        "content-disposition": "inline",
        "content-length": str(end - start),
        "etag": etag,
    }
    if part is not None:
        headers["content-range"] = f"bytes {start}-{end - 1}/{recording.size}"
    sessions = request.app.state.hub.database.sessions

    async def parts() -> AsyncIterator[bytes]:
        async with sessions() as own:
            async for each in videos.read(own, recordings, report_id, start, end):
                yield each

    stream = parts()
    first = await anext(stream)  # what is wrong is a problem before the answer begins

    async def shown() -> AsyncIterator[bytes]:
        yield first
        async for each in stream:
            yield each

    return StreamingResponse(
        shown(), 206 if part is not None else 200, headers, media_type=_TYPES[recording.container]
    )
