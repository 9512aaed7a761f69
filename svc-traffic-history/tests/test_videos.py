"""What makes a file a recording: the rules without I/O, then real files looked at by a real ffprobe."""

import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from hub_core import ids
from hub_core.problem import Problem
from hub_core.rules import Rules
from hub_testing import programs
from svc_traffic_history.documents.probing import Prober, ProberAway
from svc_traffic_history.domain import videos
from svc_traffic_history.domain.driving_reports import State as ReportState
from svc_traffic_history.domain.videos import Container, Facts, Probed, State, Video
from svc_traffic_history.errors.driving_reports import DrivingReportStands, UploadTimeOver
from svc_traffic_history.errors.videos import (
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

from . import recordings
from .build_driving_reports import NOON, a_driving_report
from .recordings import H264, H265

TODAY = date(2026, 11, 23)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def a_video(**special: Any) -> Video:
    facts: dict[str, Any] = {
        "id": ids.new_id(),
        "report_id": ids.new_id(),
        "reporter_id": ids.new_id(),
        "report_state": ReportState.AWAITING_VIDEO,
        "upload_by": NOON + HOUR,
        "length": 100,
        "received": 40,
        "begun_at": NOON,
    }
    return Video(**(facts | special))


def probed(**special: Any) -> Probed:
    facts: dict[str, Any] = {
        "container": Container.MP4,
        "codec": "h264",
        "width": 1920,
        "height": 1080,
        "declared": timedelta(seconds=48),
        "lasts": timedelta(seconds=48),
    }
    return Probed(**(facts | special))


def judged(found: Probed | None, legal: Rules) -> Facts:
    return videos.judge(found, bytes(32), legal, TODAY)


def test_edge_56_the_upload_goes_on_in_the_60th_minute_and_not_in_the_61st() -> None:
    """Edge case 56: the upload breaks at 59 minutes."""
    video = a_video()
    videos.must_take(video, 40, 60, NOON + timedelta(minutes=59, seconds=59))
    for late in (NOON + HOUR, NOON + timedelta(minutes=61)):
        with pytest.raises(UploadTimeOver):
            videos.must_take(video, 40, 60, late)
        with pytest.raises(UploadTimeOver):
            videos.must_stand(video, late)


def test_what_is_whole_in_time_can_be_looked_at_later() -> None:
    whole = a_video(received=100, arrived_at=NOON + HOUR - SECOND)
    videos.must_take(whole, 100, 0, NOON + 2 * HOUR)
    videos.must_stand(replace(whole, state=State.CHECKED), NOON + 2 * HOUR)


@pytest.mark.parametrize(
    ("offset", "coming", "problem"),
    [(39, 10, UploadOffsetWrong), (41, 10, UploadOffsetWrong), (40, 61, UploadTooLong)],
)
def test_bytes_follow_what_has_arrived(offset: int, coming: int, problem: type[Problem]) -> None:
    with pytest.raises(problem):
        videos.must_take(a_video(), offset, coming, NOON)


def test_an_upload_that_was_ended_is_gone_and_one_that_was_too_late_is_over() -> None:
    ended = a_video(state=State.WITHDRAWN)
    with pytest.raises(VideoGone):
        videos.must_stand(ended, NOON)
    with pytest.raises(UploadTimeOver):
        videos.must_stand(ended, NOON + HOUR)
    with pytest.raises(VideoGone):
        videos.must_stand(a_video(state=State.CHECKED, deleted_at=NOON), NOON)


def test_a_recording_is_begun_while_the_report_waits_for_one() -> None:
    report = a_driving_report()
    videos.must_be_awaited(report, NOON)
    with pytest.raises(UploadTimeOver):
        videos.must_be_awaited(report, NOON + HOUR)
    with pytest.raises(UploadTimeOver):
        videos.must_be_awaited(replace(report, state=ReportState.CLOSED), NOON + HOUR)
    for state in (ReportState.CLOSED, ReportState.SUBMITTED, ReportState.SANCTIONED):
        with pytest.raises(DrivingReportStands):
            videos.must_be_awaited(replace(report, state=state), NOON)


def test_a_recording_has_at_most_the_megabytes_of_the_rule(legal: Rules) -> None:
    most = videos.most_bytes(legal, TODAY)
    assert most == 500 * 1_048_576
    videos.must_fit(most, legal, TODAY)
    with pytest.raises(VideoTooLarge):
        videos.must_fit(most + 1, legal, TODAY)


def test_a_recording_is_what_it_says(legal: Rules) -> None:
    facts = judged(probed(), legal)
    assert (facts.codec, facts.container, facts.duration) == ("H.264", Container.MP4, 48 * SECOND)
    assert judged(probed(codec="hevc", declared=None), legal).codec == "H.265"


@pytest.mark.parametrize(
    ("special", "problem"),
    [
        ({"codec": None}, VideoWithoutPicture),
        ({"codec": "other"}, VideoCodecUnknown),
        ({"width": 0}, VideoPictureSize),
        ({"height": 239}, VideoPictureSize),
        ({"width": 8193}, VideoPictureSize),
        ({"lasts": timedelta()}, VideoDamaged),
        ({"lasts": timedelta(seconds=40)}, VideoDamaged),
        ({"cut_off": True}, VideoDamaged),
        ({"lasts": timedelta(minutes=5, milliseconds=1), "declared": None}, VideoTooLong),
        ({"declared": timedelta(minutes=5, seconds=1), "lasts": timedelta(minutes=5)}, VideoTooLong),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, dict) else each.type,
)
def test_what_is_no_recording_says_why(special: Any, problem: type[Problem], legal: Rules) -> None:
    with pytest.raises(problem):
        judged(probed(**special), legal)


def test_sound_may_end_a_little_after_the_picture(legal: Rules) -> None:
    judged(probed(lasts=timedelta(seconds=47.2)), legal)
    judged(probed(declared=timedelta(minutes=5), lasts=timedelta(minutes=4, seconds=55)), legal)


def test_a_file_of_another_kind_is_no_video(legal: Rules) -> None:
    with pytest.raises(NotAVideo):
        judged(None, legal)


@pytest.mark.parametrize("refused", sorted(REFUSALS))
def test_a_refusal_can_be_told_again_with_its_numbers(refused: str, legal: Rules) -> None:
    again = videos.refusal(a_video(state=State.REFUSED, refused=refused), legal, TODAY)
    assert again
    assert again.detail.format_map(again.facts)


async def look_at(content: bytes) -> Probed | None:
    programs.path("ffprobe")
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return await Prober().probe(file)


@pytest.mark.parametrize(
    ("name", "how", "container", "codec"),
    [
        ("film.mp4", H264, Container.MP4, "h264"),
        ("film.mp4", (*H264, "-movflags", "+faststart"), Container.MP4, "h264"),
        ("film.mp4", (*H264, "-movflags", "frag_keyframe+empty_moov"), Container.MP4, "h264"),
        ("film.mov", H264, Container.MOV, "h264"),
        ("film.mkv", H264, Container.MKV, "h264"),
        ("film.mp4", H265, Container.MP4, "hevc"),
        ("film.mkv", H265, Container.MKV, "hevc"),
    ],
    ids=["mp4", "faststart", "fragmented", "mov", "mkv", "h265-mp4", "h265-mkv"],
)
async def test_what_cameras_write_is_a_recording(
    tmp_path: Path, name: str, how: tuple[str, ...], container: Container, codec: str, legal: Rules
) -> None:
    found = await look_at(recordings.film(tmp_path / name, *how))
    assert found
    assert (found.container, found.codec, found.width, found.height) == (container, codec, 480, 272)
    assert judged(found, legal).duration < timedelta(seconds=3)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("film.mp4", (*H264, "-movflags", "+faststart")),
        ("film.mp4", (*H264, "-movflags", "frag_keyframe+empty_moov", "-g", "10")),
        ("film.mkv", H264),
    ],
    ids=["faststart", "fragmented", "mkv"],
)
async def test_a_truncated_file_is_damaged(
    tmp_path: Path, name: str, how: tuple[str, ...], legal: Rules
) -> None:
    content = recordings.film(tmp_path / name, *how, seconds=6)
    with pytest.raises(VideoDamaged):
        judged(await look_at(content[: len(content) // 2]), legal)


async def test_a_file_without_its_index_is_no_video(tmp_path: Path, legal: Rules) -> None:
    content = recordings.film(tmp_path / "film.mp4", *H264)
    with pytest.raises(NotAVideo):
        judged(await look_at(content[: len(content) // 2]), legal)


async def test_a_film_with_other_pictures_and_one_without_any(tmp_path: Path, legal: Rules) -> None:
    with pytest.raises(VideoCodecUnknown):
        judged(await look_at(recordings.film(tmp_path / "film.mp4", "-c:v", "mpeg4")), legal)
    with pytest.raises(VideoWithoutPicture):
        judged(await look_at(recordings.film(tmp_path / "sound.mp4", size="")), legal)


async def test_a_zip_bomb_a_nested_file_and_words_are_no_video(tmp_path: Path, legal: Rules) -> None:
    for content in (
        recordings.zipped(tmp_path / "bomb.zip", 50_000_000),
        recordings.nested(20_000),
        b"#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"x",
    ):
        with pytest.raises((NotAVideo, VideoWithoutPicture)):
            judged(await look_at(content), legal)


async def test_a_file_that_says_it_lasts_for_ever_is_refused(tmp_path: Path, legal: Rules) -> None:
    content = bytearray(recordings.film(tmp_path / "film.mp4", *H264))
    header = content.index(b"mvhd")
    content[header + 20 : header + 24] = b"\x7f\xff\xff\xff"
    with pytest.raises((VideoDamaged, VideoTooLong)):
        judged(await look_at(bytes(content)), legal)


async def test_without_the_program_nothing_is_looked_at() -> None:
    with tempfile.TemporaryFile() as file, pytest.raises(ProberAway):
        await Prober("no-such-program").probe(file)
