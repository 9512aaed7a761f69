"""Who starts the hub reads what their machine lacks, and what does not work without it."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from hub_cli import greeting
from hub_cli.place import MAILBOX, NATS, OUTSIDE, POSTGRES, SMTP, Place
from hub_core.manifest import Manifest, Program

LOOKS = Program("ffprobe", package="ffmpeg", without="No recording can be checked.")
VIDEOS = Manifest(name="videos", package="svc_videos", factory="svc_videos:app", port=8199, programs=(LOOKS,))


@pytest.mark.parametrize("is_here", [True, False])
def test_a_program_that_is_missing_is_named_with_its_package_and_one_that_is_here_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_here: bool
) -> None:
    if is_here:
        (tmp_path / LOOKS.name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    said = io.StringIO()
    ports = dict.fromkeys((MAILBOX, NATS, OUTSIDE, POSTGRES, SMTP, "gateway"), 8080)
    greeting.show(Console(file=said, width=200), Place(tmp_path, ports), [VIDEOS], 5)
    assert (LOOKS.without in said.getvalue()) is not is_here
    assert ("ffmpeg" in said.getvalue()) is not is_here
