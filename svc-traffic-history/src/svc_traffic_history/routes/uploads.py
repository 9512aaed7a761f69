"""The upload of a recording (tus 1.0.0): HTTP and nothing else."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Header, Path, Response
from fastapi.responses import JSONResponse

from hub_core.principal import Assurance
from hub_service import policy, schemas
from hub_service.arriving import Arriving
from hub_service.dependencies import Now, Session
from hub_service.problems import ContentTooLarge

from ..dependencies import REPORTS_WRITE, Instants, Recordings
from ..errors.driving_reports import DrivingReportNotFound, DrivingReportStands, UploadTimeOver
from ..errors.videos import (
    REFUSALS,
    UploadChecksumWrong,
    UploadHeaderWrong,
    UploadOffsetWrong,
    UploadTooLong,
    UploadTypeWrong,
    UploadVersionUnknown,
    VideoBeingChecked,
    VideoGone,
    VideoNotFound,
    VideosUnavailable,
    VideoTooLarge,
)
from ..operations import uploads as operations
from ..operations.uploads import Sent
from ..schemas import uploads as read
from ..schemas.videos import VideoView
from . import tus

_CREATION: Final = "/driving-reports/{driving_report_id}/video"
_UPLOAD: Final = "/videos/{video_id}"
PREFIX: Final = "/traffic-history/v1"
_MOST: Final = 2**30
UPLOADS: Final = dict.fromkeys((PREFIX + _CREATION, PREFIX + _UPLOAD), _MOST)
"""Where recordings are taken, with the bytes that a request may have; the law's number is a rule."""

router = APIRouter(prefix=PREFIX, tags=["videos"], route_class=tus.TusRoute, redirect_slashes=False)

_TAKING: Final = (
    *(UploadHeaderWrong, UploadTypeWrong, UploadVersionUnknown, UploadChecksumWrong, UploadTooLong),
    *(UploadTimeOver, DrivingReportStands, VideoBeingChecked, VideosUnavailable, ContentTooLarge),
    *REFUSALS.values(),
)


def _said(description: str, pattern: str, example: str, longest: int = 32) -> dict[str, Any]:
    """A header of an answer, for the contract."""
    shape = {"type": "string", "maxLength": longest, "pattern": pattern}
    return {"description": description, "schema": shape, "example": example}


_NUMBER: Final = r"^[0-9]{1,15}$"
_VERSION: Final = {"Tus-Resumable": _said("The version of the protocol.", r"^1\.0\.0$", "1.0.0")}
_OFFSET: Final = _VERSION | {
    "Upload-Offset": _said("How many bytes have arrived.", _NUMBER, "314572800"),
    "Upload-Expires": _said(
        "When all bytes have to be here (RFC 9110).", "^[ -~]+$", "Mon, 23 Nov 2026 11:00:00 GMT"
    ),
}
_CAPABLE: Final = _VERSION | {
    "Tus-Version": _said("The versions that are spoken.", r"^1\.0\.0$", "1.0.0"),
    "Tus-Extension": _said("The extensions that are spoken.", "^[a-z,-]+$", tus.EXTENSIONS, 128),
    "Tus-Max-Size": _said("How many bytes a recording may have.", _NUMBER, "524288000"),
    "Tus-Checksum-Algorithm": _said("What Upload-Checksum may name.", "^[a-z0-9,]+$", tus.ALGORITHMS),
}
_BYTES: Final = {
    "description": "The bytes of the recording, from Upload-Offset on.",
    "content": {tus.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary", "maxLength": _MOST}}},
}


def _protocol(
    status: int,
    description: str,
    headers: dict[str, Any],
    *raises: Any,
    body: bool = False,
) -> dict[str, Any]:
    """What an operation of the protocol says of itself."""
    said = policy.operation(REPORTS_WRITE, assurance=Assurance.SUBSTANTIAL, raises=raises)
    extra = said["openapi_extra"] | {"x-protocol": True}
    if body:
        extra["requestBody"] = _BYTES
    answer = {"description": description, "headers": headers}
    return {
        **said,
        "status_code": status,
        "response_class": Response,
        "responses": {status: answer, **said["responses"]},
        "openapi_extra": extra,
    }


def _capabilities() -> dict[str, Any]:
    said = policy.public(raises=(UploadVersionUnknown,))
    answer = {"description": "What of the protocol is spoken", "headers": _CAPABLE}
    return {
        **said,
        "status_code": 204,
        "response_class": Response,
        "responses": {204: answer, **said["responses"]},
        "openapi_extra": said["openapi_extra"] | {"x-protocol": True},
    }


def _header(alias: str, description: str, pattern: str, example: str, longest: int = 32) -> Any:
    shape = {"minLength": 1, "maxLength": longest, "pattern": pattern}
    return Header(alias=alias, description=description, examples=[example], json_schema_extra=shape)


ReportId = Annotated[schemas.Id, Path(description="The report.")]
VideoId = Annotated[schemas.Id, Path(description="The recording.")]
_SPOKEN: Final = _header("Tus-Resumable", "The version of the protocol.", r"^1\.0\.0$", "1.0.0")
Version = Annotated[str, _SPOKEN]
VersionIfSaid = Annotated[str | None, _SPOKEN]
Length = Annotated[str | None, _header("Upload-Length", "The bytes of the whole file.", _NUMBER, "314572800")]
Metadata = Annotated[
    str | None,
    _header(
        "Upload-Metadata",
        "`filename`, `filetype` and `sha256` (of the whole file, 64 hexadecimal digits), in base64.",
        "^[ -~]+$",
        "filetype dmlkZW8vbXA0",
        read.METADATA_MAX,
    ),
]
Offset = Annotated[str | None, _header("Upload-Offset", "From which byte on these are.", _NUMBER, "70000000")]
Checksum = Annotated[
    str | None,
    _header(
        "Upload-Checksum",
        "`sha256` or `sha1`, and the digest of these bytes in base64. Then all of them are kept, or none.",
        "^[a-z0-9]+ [A-Za-z0-9+/=]+$",
        "sha1 qUqP5cyxm6YcTAhz05Hph5gvu9M=",
        128,
    ),
]
Override = Annotated[
    Literal["PATCH", "DELETE"],
    Header(alias="X-HTTP-Method-Override", description="What the request is.", examples=["PATCH"]),
]
MediaType = Annotated[str | None, Header(alias="Content-Type", include_in_schema=False)]
ContentLength = Annotated[str | None, Header(alias="Content-Length", include_in_schema=False)]


@router.options(_CREATION, summary="Ask what of the upload protocol is spoken", **_capabilities())
async def get_upload_terms(driving_report_id: ReportId, session: Session, now: Now) -> Response:
    """Version, extensions, the largest size of a recording and how bytes can be checked (tus 1.0.0)."""
    del driving_report_id
    return _terms(await operations.most_bytes(session, now))


@router.options(_UPLOAD, summary="Ask the same of an upload", **_capabilities())
async def get_video_terms(video_id: VideoId, session: Session, now: Now) -> Response:
    """Version, extensions, the largest size of a recording and how bytes can be checked (tus 1.0.0)."""
    del video_id
    return _terms(await operations.most_bytes(session, now))


@router.post(
    _CREATION,
    summary="Begin to upload the recording of your report",
    **_protocol(
        201,
        "The upload has begun",
        _OFFSET | {"Location": {"$ref": "#/components/headers/Location"}},
        *(DrivingReportNotFound, VideoTooLarge, *_TAKING),
        body=True,
    ),
)
async def create_video(
    driving_report_id: ReportId,
    person: policy.Person,
    means: Recordings,
    session: Session,
    instants: Instants,
    body: Arriving,
    version: Version,
    length: Length = None,
    metadata: Metadata = None,
    checksum: Checksum = None,
    media_type: MediaType = None,
    content_length: ContentLength = None,
) -> Response:
    """Announce the file, then send its bytes to the address that Location names (tus 1.0.0, creation).

    Some of the bytes may come along at once. The upload has to be finished within the hour after the report
    was sent; whoever begins another one ends this one.
    """
    del version
    announced = read.announced(length, metadata)
    along = _sent("0", media_type, content_length, checksum, body) if body.is_coming else None
    video = await operations.begin(session, means, person.person_id, driving_report_id, announced, instants())
    if along:
        video = await operations.receive(session, means, person.person_id, video.id, along, instants)
    return Response(
        status_code=201, headers=read.standing(video) | {"location": f"{PREFIX}/videos/{video.id}"}
    )


@router.get(
    _UPLOAD,
    summary="Ask how far your recording has come",
    **_protocol(
        200,
        "How far it has come; HEAD gives the same headers",
        _OFFSET
        | {"Upload-Length": _said("The bytes of the whole file.", _NUMBER, "314572800")}
        | {"Upload-Metadata": _said("As you announced it.", "^[ -~]+$", "filetype dmlkZW8vbXA0", 2048)},
        *(VideoNotFound, VideoGone, UploadTimeOver, DrivingReportStands, VideoBeingChecked),
        *(VideosUnavailable, UploadVersionUnknown, *REFUSALS.values()),
    )
    | {"response_class": JSONResponse, "response_model": VideoView},
)
async def get_video(
    video_id: VideoId,
    person: policy.Person,
    means: Recordings,
    session: Session,
    instants: Instants,
    version: VersionIfSaid = None,
) -> Response:
    """How many bytes have arrived: go on from there. Of a refused recording, why it was refused."""
    del version
    video = await operations.look(session, means, person.person_id, video_id, instants)
    return JSONResponse(VideoView.of(video).model_dump(mode="json"), headers=read.whole(video))


@router.patch(
    _UPLOAD,
    summary="Send bytes of your recording",
    **_protocol(
        204,
        "They have arrived",
        _OFFSET,
        *(VideoNotFound, VideoGone, UploadOffsetWrong, *_TAKING),
        body=True,
    ),
)
async def append_video(
    video_id: VideoId,
    person: policy.Person,
    means: Recordings,
    session: Session,
    instants: Instants,
    body: Arriving,
    version: Version,
    offset: Offset = None,
    checksum: Checksum = None,
    media_type: MediaType = None,
    content_length: ContentLength = None,
) -> Response:
    """Send bytes from Upload-Offset on; with the last one the recording is checked before the answer.

    What a broken connection brought is kept, unless it came with a checksum. The recording has to be MP4,
    MOV or MKV with H.264 or H.265, whole, and the one that was announced; then the police have your report.
    """
    del version
    sent = _sent(offset, media_type, content_length, checksum, body)
    video = await operations.receive(session, means, person.person_id, video_id, sent, instants)
    return Response(status_code=204, headers=read.standing(video))


@router.post(
    _UPLOAD,
    summary="Send bytes, or end the upload, where only POST passes",
    **_protocol(
        204,
        "It is done as the header says",
        _VERSION,
        *(VideoNotFound, VideoGone, UploadOffsetWrong, *_TAKING),
        body=True,
    ),
)
async def override_video_method(
    video_id: VideoId,
    person: policy.Person,
    means: Recordings,
    session: Session,
    instants: Instants,
    body: Arriving,
    version: Version,
    override: Override,
    offset: Offset = None,
    checksum: Checksum = None,
    media_type: MediaType = None,
    content_length: ContentLength = None,
) -> Response:
    """What PATCH or DELETE would do, for surroundings that let neither through (tus 1.0.0, core)."""
    if override == "DELETE":
        return await end_upload(video_id, person, means, session, instants(), version)
    return await append_video(
        *(video_id, person, means, session, instants, body, version),
        *(offset, checksum, media_type, content_length),
    )


@router.delete(
    _UPLOAD,
    summary="End an upload",
    **_protocol(
        204,
        "It is ended, and its bytes are deleted",
        _VERSION,
        *(VideoNotFound, VideoGone, DrivingReportStands, UploadVersionUnknown, VideosUnavailable),
    ),
)
async def end_upload(
    video_id: VideoId,
    person: policy.Person,
    means: Recordings,
    session: Session,
    now: Now,
    version: Version,
) -> Response:
    """End an upload that is not whole; another can be begun while the hour runs."""
    del version
    await operations.withdraw(session, means, person.person_id, video_id, now)
    return Response(status_code=204)


def _terms(most: int) -> Response:
    headers = {
        "tus-version": tus.VERSION,
        "tus-extension": tus.EXTENSIONS,
        "tus-max-size": str(most),
        "tus-checksum-algorithm": tus.ALGORITHMS,
        "cache-control": "no-store",
    }
    return Response(status_code=204, headers=headers)


def _sent(
    offset: str | None,
    media_type: str | None,
    content_length: str | None,
    checksum: str | None,
    body: Arriving,
) -> Sent:
    if media_type != tus.MEDIA_TYPE:
        raise UploadTypeWrong
    length = read.number(content_length, "Content-Length") if content_length is not None else None
    return Sent(read.number(offset, "Upload-Offset"), length, body, read.checksum(checksum))
