"""The receipt of a recording, as a sealed document."""

from datetime import datetime, timedelta
from typing import Any, Final

from hub_core.clock import BUCHAREST
from hub_documents.seal import Sealed

from ..domain.custody import Line
from ..domain.driving_reports import DrivingReport
from ..domain.videos import Facts, Video
from .press import Press

_TENTH: Final = timedelta(milliseconds=100)


async def make(
    press: Press, report: DrivingReport, video: Video, facts: Facts, line: Line, now: datetime
) -> Sealed:
    """The sealed PDF: what arrived and when, and the link of the chain of custody that vouches for it.

    It names nobody. Raises `TrafficSealAway`.
    """
    arrived_at = video.arrived_at or video.begun_at
    minutes, tenths = divmod(facts.duration // _TENTH, 600)
    data: dict[str, Any] = {
        "label": report.label,
        "arrived_at": arrived_at.astimezone(BUCHAREST).isoformat(timespec="seconds"),
        "sha256": facts.sha256.hex(),
        "size": f"{video.length:,}".replace(",", "."),
        "duration": f"{minutes} min {tenths // 10},{tenths % 10} s",
        "container": facts.container.value,
        "codec": facts.codec,
        "width": facts.width,
        "height": facts.height,
        "link": line.link.hex(),
    }
    return await press.sealed("receipt.typ", data, now)
