"""What a file is that somebody says is a recording, as ffprobe reads it: in a process of its own, on a leash.

It may take so much memory and time, writes nothing, reaches no network, opens no other file, and knows
the two kinds of files and of pictures that are taken, and the sound that cameras write: the code that reads
other formats is never entered. Nothing of the file but numbers comes back.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import IO, Final

import structlog

from ..domain.videos import Container, Probed

_MEMORY_KB: Final = 1_048_576
_PROCESSOR_SECONDS: Final = 30
_SECONDS: Final = 60
_MOST_LINES: Final = 500_000
"""Of pictures and pieces of sound: five minutes at 240 pictures a second have a fifth of it."""
_LONGEST_LINE: Final = 4096
_LEASH: Final = f'ulimit -v {_MEMORY_KB}; ulimit -t {_PROCESSOR_SECONDS}; ulimit -f 0; exec "$@"'
_CODECS: Final = (
    *("h264", "hevc"),
    *("aac", "ac3", "alac", "amrnb", "amrwb", "eac3", "flac", "mp3", "mp3float", "opus", "vorbis"),
    *("adpcm_ima_wav", "pcm_alaw", "pcm_mulaw", "pcm_s16be", "pcm_s16le", "pcm_s24be", "pcm_s24le"),
    *("ass", "mov_text", "subrip", "text"),  # dash cameras write where and when as subtitles
)
_NOT_TAKEN: Final = b") not on whitelist"
_CUT_OFF: Final = (b"partial file", b"File ended prematurely")
_OTHER: Final = "other"
_ARGUMENTS: Final = (
    *("-hide_banner", "-v", "error"),
    *("-protocol_whitelist", "file", "-format_whitelist", "mov,matroska"),
    *("-codec_whitelist", ",".join(_CODECS)),
    *("-show_entries", "format=format_name,start_time,duration:format_tags=major_brand"),
    *("-show_entries", "stream=codec_type,codec_name,width,height:stream_disposition=attached_pic"),
    *("-show_entries", "packet=pts_time,dts_time,duration_time"),
    *("-of", "compact=escape=csv"),
)
_YEAR: Final = 3e7
"""Seconds. A longer time is made up, and no timedelta takes it."""
_QUICKTIME: Final = "qt  "

_log: Final = structlog.get_logger("probing")


class ProberAway(Exception):
    """There is no ffprobe here, or it cannot be started."""


class Prober:
    """Asks ffprobe (of Debian's package ffmpeg)."""

    def __init__(self, program: str = "ffprobe") -> None:
        self._program = program

    async def probe(self, file: IO[bytes]) -> Probed | None:
        """What an open file is; none for one that is no MP4, MOV or MKV, or breaks who reads it.

        The file needs no name: it is handed over open. Raises `ProberAway`.
        """
        program = shutil.which(self._program)
        if program is None:
            raise ProberAway
        number = file.fileno()
        try:
            process = await asyncio.create_subprocess_exec(
                *("/bin/sh", "-c", _LEASH, "sh", program, *_ARGUMENTS, f"/dev/fd/{number}"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=_LONGEST_LINE,
                pass_fds=(number,),
                cwd="/",
                env={},
            )
        except OSError as error:
            raise ProberAway from error
        try:
            async with asyncio.timeout(_SECONDS):
                reading, complaint = await asyncio.gather(_read(process), _complaint(process))
        except (TimeoutError, ValueError) as error:
            _log.warning("a file that cannot be probed", error=type(error).__name__)
            return None
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if _NOT_TAKEN in complaint and not reading.format:  # it goes no further
            return _UNKNOWN
        return reading.probed(cut_off=any(words in complaint for words in _CUT_OFF))


_UNKNOWN: Final = Probed(
    container=Container.MP4, codec=_OTHER, width=0, height=0, declared=None, lasts=timedelta()
)


@dataclass(slots=True)
class _Reading:
    """What has been read of ffprobe's lines so far."""

    format: dict[str, str] = field(default_factory=dict)
    picture: dict[str, str] = field(default_factory=dict)
    starts: float | None = None
    ends: float = 0.0

    def take(self, line: str) -> None:
        kind, *members = line.split("|")
        said = dict(member.split("=", 1) for member in members if "=" in member)
        if kind == "format":
            self.format = said
        elif kind == "packet":
            self._take_packet(said)
        elif (
            kind == "stream"
            and not self.picture
            and said.get("codec_type") == "video"
            and said.get("disposition:attached_pic") == "0"
        ):
            self.picture = said

    def _take_packet(self, said: dict[str, str]) -> None:
        shown = _number(said.get("pts_time")) or _number(said.get("dts_time"))
        if shown is None:
            return
        self.starts = shown if self.starts is None else min(self.starts, shown)
        self.ends = max(self.ends, shown + (_number(said.get("duration_time")) or 0.0))

    def probed(self, *, cut_off: bool) -> Probed | None:
        names = self.format.get("format_name", "")
        if not names:
            return None
        container = Container.MKV
        if "mp4" in names:
            is_quicktime = self.format.get("tag:major_brand") == _QUICKTIME
            container = Container.MOV if is_quicktime else Container.MP4
        declared = _number(self.format.get("duration"))
        return Probed(
            container=container,
            codec=self.picture.get("codec_name"),
            width=int(_number(self.picture.get("width")) or 0),
            height=int(_number(self.picture.get("height")) or 0),
            declared=None if declared is None else timedelta(seconds=declared),
            cut_off=cut_off,
            lasts=timedelta(seconds=max(0.0, self.ends - max(0.0, self.starts or 0.0))),
        )


async def _read(process: asyncio.subprocess.Process) -> _Reading:
    """What its lines say; `ValueError` when they are too many or too long."""
    reading = _Reading()
    async for line in _lines(process):
        reading.take(line)
    return reading


async def _complaint(process: asyncio.subprocess.Process) -> bytes:
    """Where it complains, the first and the last of it."""
    first = last = b""
    while process.stderr and (said := await process.stderr.read(_LONGEST_LINE)):
        first = first or said
        last = (last + said)[-_LONGEST_LINE:]
    return first + last


async def _lines(process: asyncio.subprocess.Process) -> AsyncIterator[str]:
    if process.stdout is None:
        raise ValueError("a process without output")
    count = 0
    async for line in process.stdout:
        count += 1
        if count > _MOST_LINES:
            raise ValueError("more lines than a recording has")
        yield line.decode("ascii", "replace").rstrip("\n")


def _number(said: str | None) -> float | None:
    try:
        number = float(said or "")
    except ValueError:
        return None
    return number if abs(number) < _YEAR else None
