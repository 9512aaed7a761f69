"""One JSON line for each request, with the route's template: no id, no query, nothing personal."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import orjson


class AccessLog:
    """Gathers the lines of one turn of the event loop, so that under load one write serves many."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._lines: list[bytes] = []

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
        if not self._lines:
            asyncio.get_running_loop().call_soon(self.flush)
        self._lines.append(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def flush(self) -> None:
        """Write what has gathered."""
        if self._lines:
            self._write(b"".join(self._lines))
            self._lines.clear()
