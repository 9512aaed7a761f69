"""A recording: how it arrives, and what makes it one (OUG 195/2002 art. 109^1 and the order on it)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.problem import Problem
from hub_core.rules import Rules

from ..errors.driving_reports import DrivingReportStands, UploadTimeOver
from ..errors.videos import (
    REFUSALS,
    NotAVideo,
    UploadOffsetWrong,
    UploadTooLong,
    VideoCodecUnknown,
    VideoDamaged,
    VideoGone,
    VideoPictureSize,
    VideoTooLarge,
    VideoTooLong,
    VideoWithoutPicture,
)
from .driving_reports import DrivingReport, must_move
from .driving_reports import State as ReportState

SIZE_RULE: Final = "aggressive-driving.video-size"
LENGTH_RULE: Final = "aggressive-driving.video-length"
LEAST_SIDE_RULE: Final = "aggressive-driving.video-least-side"
MOST_SIDE_RULE: Final = "aggressive-driving.video-most-side"
RULES: Final = (SIZE_RULE, LENGTH_RULE, LEAST_SIDE_RULE, MOST_SIDE_RULE)

MEGABYTE: Final = 1_048_576
_CODECS: Final = {"h264": "H.264", "hevc": "H.265"}
_SHORT: Final = timedelta(seconds=1)
_SHORT_SHARE: Final = 0.02
"""By how much the last picture may end before the file says that it does: sound often ends later."""


class State(StrEnum):
    """How far a recording has come."""

    RECEIVING = "RECEIVING"
    """Its bytes arrive; or all have, and it is being checked."""
    CHECKED = "CHECKED"
    REFUSED = "REFUSED"
    """It was no recording; another can be uploaded while the hour runs."""
    WITHDRAWN = "WITHDRAWN"
    """The reporter ended the upload, began another, or was too late."""


class Container(StrEnum):
    """The kind of file."""

    MP4 = "MP4"
    MOV = "MOV"
    MKV = "MKV"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What a file says of itself, and what was found when it was read to its end.

    `codec` and the sides, in points, are of its pictures; none where it has none. `declared` is how long it
    says it lasts, `lasts` how long what is in it does; `cut_off` says that it ends in the midst.
    """

    container: Container
    codec: str | None
    width: int
    height: int
    declared: timedelta | None
    lasts: timedelta
    cut_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a recording that was checked; `codec` is as people write it."""

    sha256: bytes
    container: Container
    codec: str
    width: int
    height: int
    duration: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A recording: `length` are its bytes as announced, `received` those that have arrived.

    `metadata` is Upload-Metadata as it came. `refused` is the type of the problem for which it was refused.
    `reporter_id`, `upload_by` and `report_state` are its report's.
    """

    id: UUID
    report_id: UUID
    reporter_id: UUID
    report_state: ReportState
    upload_by: datetime
    length: int
    received: int = 0
    metadata: str = ""
    announced_sha256: bytes | None = None
    begun_at: datetime
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    state: State = State.RECEIVING
    refused: str | None = None
    facts: Facts | None = None
    deleted_at: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all bytes have arrived."""
        return self.received == self.length


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of a recording, as they lie in the store; `starts_at` is the first of them."""

    starts_at: int
    size: int
    name: str


def most_bytes(legal: Rules, on: date) -> int:
    """How many bytes a recording may have."""
    return legal.on(SIZE_RULE, on).whole * MEGABYTE


def must_be_awaited(report: DrivingReport, now: datetime) -> None:
    """Raise `UploadTimeOver` after the hour, `DrivingReportStands` where no recording is waited for."""
    if report.state in (ReportState.AWAITING_VIDEO, ReportState.CLOSED):
        _must_be_in_time(report.upload_by, now)
    must_move(report, ReportState.SUBMITTED)


def must_fit(length: int, legal: Rules, on: date) -> None:
    """Raise `VideoTooLarge`."""
    if length > most_bytes(legal, on):
        raise VideoTooLarge(megabytes=legal.on(SIZE_RULE, on).whole)


def must_take(video: Video, offset: int, coming: int, now: datetime) -> None:
    """Raise what stands against `coming` bytes from `offset` on.

    `VideoGone`, `UploadTimeOver`, `UploadOffsetWrong`, `UploadTooLong`.
    """
    must_stand(video, now)
    if offset != video.received:
        raise UploadOffsetWrong
    if offset + coming > video.length:
        raise UploadTooLong


def must_stand(video: Video, now: datetime) -> None:
    """Raise `VideoGone` for an upload that was ended, `UploadTimeOver` for one that came too late."""
    if video.state is State.WITHDRAWN and video.upload_by <= now:
        raise UploadTimeOver
    if video.state is State.WITHDRAWN or video.deleted_at is not None:
        raise VideoGone
    if video.state is State.RECEIVING and not video.is_whole:
        _must_be_in_time(video.upload_by, now)


def must_be_withdrawable(video: Video) -> None:
    """Raise `VideoGone` for an upload that was ended, `DrivingReportStands` once officers have it."""
    if video.state is State.CHECKED:
        raise DrivingReportStands(state=video.report_state.value)
    if video.state is State.WITHDRAWN:
        raise VideoGone


def must_be_in_time(video: Video, now: datetime) -> None:
    """Raise `UploadTimeOver`."""
    _must_be_in_time(video.upload_by, now)


def _must_be_in_time(upload_by: datetime, now: datetime) -> None:
    if now >= upload_by:
        raise UploadTimeOver


def refusal(video: Video, legal: Rules, on: date) -> Problem | None:
    """Why a recording was refused; none of one that was not."""
    if video.refused is None:
        return None
    least, most = (legal.on(rule, on).whole for rule in (LEAST_SIDE_RULE, MOST_SIDE_RULE))
    return REFUSALS[video.refused](minutes=legal.on(LENGTH_RULE, on).whole, least=least, most=most)


def judge(probed: Probed | None, sha256: bytes, legal: Rules, on: date) -> Facts:
    """What a recording is; none was probed of a file of no kind that is taken.

    Raises one of `errors.videos.REFUSALS`.
    """
    if probed is None:
        raise NotAVideo
    if probed.codec is None:
        raise VideoWithoutPicture
    if probed.codec not in _CODECS:
        raise VideoCodecUnknown
    least, most = (legal.on(rule, on).whole for rule in (LEAST_SIDE_RULE, MOST_SIDE_RULE))
    if not least <= min(probed.width, probed.height) <= max(probed.width, probed.height) <= most:
        raise VideoPictureSize(least=least, most=most)
    if probed.lasts <= timedelta() or probed.cut_off or _ends_early(probed):
        raise VideoDamaged
    duration = max(probed.lasts, probed.declared or probed.lasts)
    minutes = legal.on(LENGTH_RULE, on).whole
    if duration > timedelta(minutes=minutes):
        raise VideoTooLong(minutes=minutes)
    return Facts(
        sha256=sha256,
        container=probed.container,
        codec=_CODECS[probed.codec],
        width=probed.width,
        height=probed.height,
        duration=duration,
    )


def _ends_early(probed: Probed) -> bool:
    if probed.declared is None:
        return False
    return probed.declared - probed.lasts > max(_SHORT, probed.declared * _SHORT_SHARE)
