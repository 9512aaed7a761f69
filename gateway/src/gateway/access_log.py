"""One JSON line for each request, with the route's template: no id, no query, nothing personal."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

import orjson

_GATHERED: Final = 0.05
"""Seconds that lines wait for others, so that one write serves many."""


class AccessLog:
    """Gathers lines and writes them out; nothing waits for it."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._lines: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(  # the names are those of the line
        self,
        *,
        at: datetime,
        method: str,
        route: str,
        status: int,
        seconds: float,
        sent: int,
        client_id: str | None,
        request_id: str,
        trace_id: str,
    ) -> None:
        """Note a request that has ended; `sent` are the bytes of its answer's body."""
        line = {
            "event": "request",
            "level": "info",
            "timestamp": at.isoformat().replace("+00:00", "Z"),
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "bytes": sent,
            "client_id": client_id,
            "request_id": request_id,
            "trace_id": trace_id,
        }
        self._lines.append(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_GATHERED, self.flush)

    def flush(self) -> None:
        """Write what has gathered."""
        self._timer = None
        if self._lines:
            self._write(b"".join(self._lines))
            self._lines.clear()
